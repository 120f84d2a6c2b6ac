/* SmallModel.c - a model written by hand, for tests of dlc-run that need no compiler.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Softmax regression from images of 2 x 2 pixels to 3 classes, trained by SGD with momentum:
 *   predict(image) -> probability, loss(image, label) -> loss, accuracy, and the train step `step` with
 *   step.gradients. Compile with -DREAL=double for the f64 variant, with -DFACTOR=1.01 for one whose gradient
 *   of the weight is wrong, with -DNAN_AT=n for one whose loss is NaN from step n on, with -DLOSSES=a,b,c for one
 *   whose function loss returns these, one a call, and the last for ever, with -DINFINITE_AT=n for one whose accuracy is
 *   infinite at step n.
 */
#include "runtime/abi.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef REAL
#define REAL float
#endif
#ifndef FACTOR
#define FACTOR 1.0
#endif
#ifndef NAN_AT
#define NAN_AT 1000000000
#endif
#ifndef INFINITE_AT
#define INFINITE_AT 1000000000
#endif
#define TYPE (sizeof(REAL) == 8 ? DLC_F64 : DLC_F32)

enum { PIXELS = 4, CLASSES = 3, CAPACITY = 8 };

/* Both arenas: the weight, then the bias, each from a multiple of 64 bytes on. */
enum { BIAS_OFFSET = 128, ARENA_BYTES = 192 };
static REAL *weightOf(void *arena) { return (REAL *)arena; }
static REAL *biasOf(void *arena) { return (REAL *)((char *)arena + BIAS_OFFSET); }

static void probabilities(const void *params, const REAL *image, REAL *out) {
  const REAL *w = (const REAL *)params, *b = (const REAL *)((const char *)params + BIAS_OFFSET);
  REAL most = -INFINITY, sum = 0;
  for (int c = 0; c < CLASSES; ++c) {
    out[c] = b[c];
    for (int p = 0; p < PIXELS; ++p)
      out[c] += w[c * PIXELS + p] * image[p];
    most = out[c] > most ? out[c] : most;
  }
  for (int c = 0; c < CLASSES; ++c)
    sum += out[c] = (REAL)exp(out[c] - most);
  for (int c = 0; c < CLASSES; ++c)
    out[c] /= sum;
}

static int32_t refuse(dlc_call *call, int32_t code, const char *op, int64_t row, int64_t value, int64_t limit) {
  call->error.code = code;
  call->error.op = op;
  call->error.row = row;
  call->error.value = value;
  call->error.limit = limit;
  return code;
}

static int32_t checkCall(dlc_call *call, const int32_t *labels) {
  if (call->extents[0] < 1 || call->extents[0] > CAPACITY)
    return refuse(call, DLC_BAD_EXTENT, NULL, -1, call->extents[0], CAPACITY);
  for (int64_t row = 0; labels && row < call->extents[0]; ++row)
    if (labels[row] < 0 || labels[row] >= CLASSES)
      return refuse(call, DLC_BAD_INDEX, "small.mlir:7:10: cross_entropy", row, labels[row], CLASSES);
  return DLC_OK;
}

/* Loss and accuracy; gradients too if `gw` is not NULL. */
static void lossOf(dlc_call *call, REAL *loss, REAL *accuracy, REAL *gw, REAL *gb) {
  const REAL *image = (const REAL *)call->inputs[0];
  const int32_t *label = (const int32_t *)call->inputs[1];
  REAL sum = 0, right = 0, n = (REAL)call->extents[0], p[CLASSES];
  if (gw) {
    memset(gw, 0, sizeof(REAL) * CLASSES * PIXELS);
    memset(gb, 0, sizeof(REAL) * CLASSES);
  }
  for (int64_t row = 0; row < call->extents[0]; ++row) {
    probabilities(call->arenas[DLC_PARAMS], image + row * PIXELS, p);
    int best = 0;
    for (int c = 1; c < CLASSES; ++c)
      best = p[c] > p[best] ? c : best;
    right += best == label[row];
    sum -= (REAL)log(p[label[row]]);
    for (int c = 0; gw && c < CLASSES; ++c) {
      REAL g = (p[c] - (c == label[row])) / n;
      gb[c] += g;
      for (int k = 0; k < PIXELS; ++k)
        gw[c * PIXELS + k] += (REAL)FACTOR * g * image[row * PIXELS + k];
    }
  }
  *loss = call->step >= NAN_AT ? (REAL)NAN : sum / n;
  *accuracy = call->step == INFINITE_AT ? (REAL)INFINITY : right / n;
}

static int32_t predict(dlc_call *call) {
  int32_t status = checkCall(call, NULL);
  for (int64_t row = 0; status == DLC_OK && row < call->extents[0]; ++row)
    probabilities(call->arenas[DLC_PARAMS], (const REAL *)call->inputs[0] + row * PIXELS,
                  (REAL *)call->outputs[0] + row * CLASSES);
  return status;
}

static int32_t loss(dlc_call *call) {
  const char *pause = getenv("SMALL_MODEL_PAUSE"); /* seconds that a call takes */
  if (pause)
    sleep((unsigned)atoi(pause));
  int32_t status = checkCall(call, (const int32_t *)call->inputs[1]);
  if (status == DLC_OK)
    lossOf(call, (REAL *)call->outputs[0], (REAL *)call->outputs[1], NULL, NULL);
#ifdef LOSSES
  static const REAL losses[] = {LOSSES};
  static size_t calls = 0;
  enum { LAST = sizeof losses / sizeof *losses - 1 };
  *(REAL *)call->outputs[0] = losses[calls < LAST ? calls++ : LAST];
#endif
  return status;
}

static int32_t gradients(dlc_call *call) {
  int32_t status = checkCall(call, (const int32_t *)call->inputs[1]);
  if (status == DLC_OK)
    lossOf(call, (REAL *)call->outputs[0], (REAL *)call->outputs[1], (REAL *)call->outputs[2],
           (REAL *)call->outputs[3]);
  return status;
}

static void profile(const dlc_call *call, int32_t begin) {
  if (call->services && call->services->profile)
    call->services->profile(call->services->profile_context, 0, begin);
}

static int32_t step(dlc_call *call) {
  int32_t status = checkCall(call, (const int32_t *)call->inputs[1]);
  if (status != DLC_OK)
    return status;
  REAL gw[CLASSES * PIXELS], gb[CLASSES];
  profile(call, 1);
  lossOf(call, (REAL *)call->outputs[0], (REAL *)call->outputs[1], gw, gb);
  profile(call, 0);
  if ((call->flags & DLC_TRAP_NOT_FINITE) && isnan(*(REAL *)call->outputs[0]))
    return refuse(call, DLC_NOT_FINITE, "small.mlir:7:10: cross_entropy", 0, 0, 0);
  REAL lr = (REAL)(call->scalars ? call->scalars[0] : 0.5);
  REAL momentum = (REAL)(call->scalars ? call->scalars[1] : 0.9);
  for (int i = 0; i < CLASSES * PIXELS; ++i) {
    REAL *m = weightOf(call->arenas[DLC_TRAINING]) + i;
    weightOf(call->arenas[DLC_PARAMS])[i] -= lr * (*m = momentum * *m + gw[i]);
  }
  for (int i = 0; i < CLASSES; ++i) {
    REAL *m = biasOf(call->arenas[DLC_TRAINING]) + i;
    biasOf(call->arenas[DLC_PARAMS])[i] -= lr * (*m = momentum * *m + gb[i]);
  }
  return DLC_OK;
}

static const int64_t weightShape[] = {CLASSES, PIXELS}, weightStrides[] = {PIXELS, 1};
static const int64_t biasShape[] = {CLASSES}, biasStrides[] = {1};
static const int64_t imageShape[] = {CAPACITY, PIXELS}, labelShape[] = {CAPACITY};
static const int64_t answerShape[] = {CAPACITY, CLASSES};
static const int64_t imageSizes[] = {1, PIXELS}, answerSizes[] = {1, CLASSES};
static const dlc_factors batch[] = {1, 0}, fixed[] = {0, 0};
#define BATCH \
  1, 0, (const dlc_extent[]) { \
    { \
      "batch", CAPACITY \
    } \
  }

#define TENSOR(NAME, KIND, ARENA, RANK, SHAPE, STRIDES, OFFSET, BYTES, INIT, PARAMETER, SLOT) \
  {NAME, TYPE, KIND,   ARENA,  RANK,    SHAPE,     STRIDES, OFFSET, BYTES, \
   INIT, 0,    {0, 0}, PIXELS, CLASSES, PARAMETER, SLOT,    "all"}
static const dlc_tensor tensors[] = {
    TENSOR("fc.weight", DLC_PARAMETER, DLC_PARAMS, 2, weightShape, weightStrides, 0, 128, DLC_INIT_FAN_IN_UNIFORM, NULL,
           NULL),
    TENSOR("fc.bias", DLC_PARAMETER, DLC_PARAMS, 1, biasShape, biasStrides, BIAS_OFFSET, 64, DLC_INIT_ZEROS, NULL,
           NULL),
    TENSOR("fc.weight.m", DLC_SLOT, DLC_TRAINING, 2, weightShape, weightStrides, 0, 128, DLC_INIT_ZEROS, "fc.weight",
           "m"),
    TENSOR("fc.bias.m", DLC_SLOT, DLC_TRAINING, 1, biasShape, biasStrides, BIAS_OFFSET, 64, DLC_INIT_ZEROS, "fc.bias",
           "m"),
};

static const dlc_port inputs[] = {{"image", TYPE, 2, imageShape, imageSizes, batch},
                                  {"label", DLC_I32, 1, labelShape, imageSizes, batch}};
static const dlc_port probability[] = {{"probability", TYPE, 2, answerShape, answerSizes, batch}};
static const dlc_port outputs[] = {{"loss", TYPE, 0, NULL, NULL, NULL},
                                   {"accuracy", TYPE, 0, NULL, NULL, NULL},
                                   {"gradient.fc.weight", TYPE, 2, weightShape, weightShape, fixed},
                                   {"gradient.fc.bias", TYPE, 1, biasShape, biasShape, fixed}};
static const dlc_scalar scalars[] = {{"lr", 0.5}, {"momentum", 0.9}};
enum { PARAMS = 1 << DLC_PARAMS, TRAINING = 1 << DLC_TRAINING };

static const dlc_entry entries[] = {
    {"predict", DLC_FUNCTION, DLC_ROWS_INDEPENDENT, 1, 1, 0, PARAMS, BATCH, 0, inputs, probability, NULL, predict},
    {"loss", DLC_FUNCTION, 0, 2, 2, 0, PARAMS, BATCH, 0, inputs, outputs, NULL, loss},
    {"step", DLC_TRAIN, DLC_WRITES_PARAMS | DLC_WRITES_TRAINING | DLC_USES_STEP, 2, 2, 2, PARAMS | TRAINING, BATCH, 0,
     inputs, outputs, scalars, step},
    {"step.gradients", DLC_GRADIENTS, 0, 2, 4, 0, PARAMS, BATCH, 0, inputs, outputs, NULL, gradients},
};
static const dlc_kernel kernels[] = {{"regression", "small.mlir:3:10 small.mlir:7:10", 192, 320}};

static const dlc_model model = {DLC_MAGIC,
                                DLC_ABI_VERSION,
                                sizeof(dlc_model),
                                sizeof(dlc_tensor),
                                sizeof(dlc_port),
                                sizeof(dlc_scalar),
                                sizeof(dlc_entry),
                                sizeof(dlc_kernel),
                                "small",
                                "a person",
                                "1",
                                "x86-64-v3",
                                "",
                                0x5eed,
                                4,
                                4,
                                1,
                                0,
                                tensors,
                                entries,
                                kernels,
                                {ARENA_BYTES, 0, ARENA_BYTES, 0, 0}};

__attribute__((visibility("default"))) const dlc_model *dlc_model_query(uint32_t version) {
  return version == DLC_ABI_VERSION ? &model : NULL;
}
