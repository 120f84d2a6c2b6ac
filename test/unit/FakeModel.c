/* FakeModel.c - a compiled model written by hand, for the runtime's tests.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Implements abi.h as dlc's output does, small enough to be checked by eye: y = x w + b with w stored transposed and
 * padded, a train step (SGD with momentum), a look-up with a bounds check, session state, and entries that report
 * what they were called with. Built as a library to be opened and, with FAKE_STATIC, linked into the tests.
 * FAKE_OTHER makes another model of the same kind, for files that do not fit.
 */
#include "FakeModel.h"

#include <math.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

int64_t fake_extents[64];
int fake_calls;
static void note(int64_t extent) {
  int at = __atomic_fetch_add(&fake_calls, 1, __ATOMIC_RELAXED); /* calls may run at once */
  __atomic_store_n(&fake_extents[at % 64], extent, __ATOMIC_RELAXED);
}

/* Arenas. params: w at 0 (logical [3, 2], element (i, j) at i + 4 j), b at 64, table [10, 2] at 128; buffers: running
 * [2] at 0; training: w.m at 0 (dense), b.m at 64; session: h [2] at 0; workspace: 256 bytes. */
typedef struct {
  float w[16], b[16], table[20];
} params;
typedef struct {
  float w[16], b[16];
} slots;

static int32_t fail(dlc_call *c, int32_t code, const char *op, int64_t row, int64_t value, int64_t limit) {
  c->error.code = code;
  c->error.op = op;
  c->error.row = row;
  c->error.value = value;
  c->error.limit = limit;
  return code;
}

static int32_t predict(dlc_call *c) {
  const float *x = c->inputs[0];
  float *y = c->outputs[0];
  const params *p = c->arenas[DLC_PARAMS];
  note(c->extents[0]);
  if (c->services && c->services->profile)
    c->services->profile(c->services->profile_context, 1, 1);
  for (int64_t r = 0; r < c->extents[0]; ++r)
    for (int j = 0; j < 2; ++j) {
      float sum = p->b[j];
      for (int i = 0; i < 3; ++i)
        sum += x[r * 3 + i] * p->w[i + 4 * j];
      y[r * 2 + j] = sum;
    }
  if (c->services && c->services->profile)
    c->services->profile(c->services->profile_context, 1, 0);
  return DLC_OK;
}

/* The batch is the inner axis: x [3, batch], y [2, batch], dense for the rows of the call. */
static int32_t predict_columns(dlc_call *c) {
  const float *x = c->inputs[0];
  float *y = c->outputs[0];
  const params *p = c->arenas[DLC_PARAMS];
  note(c->extents[0]);
  for (int64_t r = 0; r < c->extents[0]; ++r)
    for (int j = 0; j < 2; ++j) {
      float sum = p->b[j];
      for (int i = 0; i < 3; ++i)
        sum += x[i * c->extents[0] + r] * p->w[i + 4 * j];
      y[j * c->extents[0] + r] = sum;
    }
  return DLC_OK;
}

/* Mean over the rows: they depend on each other. */
static int32_t mean(dlc_call *c) {
  const float *x = c->inputs[0];
  float sum = 0;
  for (int64_t r = 0; r < c->extents[0] * 3; ++r)
    sum += x[r];
  *(float *)c->outputs[0] = sum / (float)(c->extents[0] * 3);
  return DLC_OK;
}

/* gradient of the mean over rows of sum_j (y - t)^2 / 2; returns the loss */
static float gradients_of(dlc_call *c, float *gw, float *gb) {
  const float *x = c->inputs[0], *t = c->inputs[1];
  const params *p = c->arenas[DLC_PARAMS];
  float loss = 0;
  memset(gw, 0, 6 * sizeof(float));
  memset(gb, 0, 2 * sizeof(float));
  for (int64_t r = 0; r < c->extents[0]; ++r)
    for (int j = 0; j < 2; ++j) {
      float e = p->b[j] - t[r * 2 + j];
      for (int i = 0; i < 3; ++i)
        e += x[r * 3 + i] * p->w[i + 4 * j];
      loss += e * e / 2;
      gb[j] += e / (float)c->extents[0];
      for (int i = 0; i < 3; ++i)
        gw[i * 2 + j] += x[r * 3 + i] * e / (float)c->extents[0];
    }
  return loss / (float)c->extents[0];
}

static void update(dlc_call *c, const float *gw, const float *gb) {
  params *p = c->arenas[DLC_PARAMS];
  slots *s = c->arenas[DLC_TRAINING];
  float lr = (float)c->scalars[0], momentum = (float)c->scalars[1], bias_lr = (float)c->scalars[2];
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 2; ++j) {
      s->w[i * 2 + j] = momentum * s->w[i * 2 + j] + gw[i * 2 + j];
      p->w[i + 4 * j] -= lr * s->w[i * 2 + j];
    }
  for (int j = 0; j < 2; ++j) {
    s->b[j] = momentum * s->b[j] + gb[j];
    p->b[j] -= bias_lr * s->b[j];
  }
}

static int32_t train_step(dlc_call *c) {
  float gw[6], gb[2];
  note(c->extents[0]);
  if (!c->arenas[DLC_TRAINING])
    return fail(c, DLC_MISSING_ARENA, NULL, -1, DLC_TRAINING, 0);
  float loss = gradients_of(c, gw, gb);
  if ((c->flags & DLC_TRAP_NOT_FINITE) && !isfinite(loss))
    return fail(c, DLC_NOT_FINITE, "fake.mlir:9:5: mse_loss", -1, 0, 0);
  update(c, gw, gb);
  ((float *)c->arenas[DLC_BUFFERS])[0] += 1;
  *(float *)c->outputs[0] = loss;
  return DLC_OK;
}

static int32_t gradients(dlc_call *c) {
  *(float *)c->outputs[0] = gradients_of(c, c->outputs[1], c->outputs[2]);
  return DLC_OK;
}

static int32_t apply(dlc_call *c) {
  update(c, c->inputs[0], c->inputs[1]);
  return DLC_OK;
}

static int32_t lookup(dlc_call *c) {
  const int32_t *token = c->inputs[0];
  const params *p = c->arenas[DLC_PARAMS];
  for (int64_t r = 0; r < c->extents[0]; ++r)
    if (token[r] < 0 || token[r] >= 10)
      return fail(c, DLC_BAD_INDEX, "fake.mlir:7:3: gather", r, token[r], 10);
  for (int64_t r = 0; r < c->extents[0]; ++r)
    memcpy((float *)c->outputs[0] + 2 * r, p->table + 2 * token[r], 2 * sizeof(float));
  return DLC_OK;
}

static int32_t accumulate(dlc_call *c) {
  const float *x = c->inputs[0];
  float *h = c->arenas[DLC_SESSION];
  for (int j = 0; j < 2; ++j)
    ((float *)c->outputs[0])[j] = h[j] += x[j];
  return DLC_OK;
}

/* Says what it was called with. */
static int32_t probe(dlc_call *c) {
  int64_t *out = c->outputs[0];
  out[0] = (int64_t)c->seed;
  out[1] = c->step;
  out[2] = c->row;
  out[3] = c->extents[0];
  out[4] = (int64_t)c->services->threads;
  out[5] = (uintptr_t)c->arenas[DLC_WORKSPACE] % DLC_ALIGNMENT;
  double *scalars = c->outputs[1];
  scalars[0] = c->scalars[0];
  scalars[1] = c->scalars[1];
  return DLC_OK;
}

typedef struct {
  float *out;
  const float *x;
} wide_context;
static void wide_body(void *context, int64_t first, int64_t last) {
  wide_context *w = context;
  for (int64_t i = first; i < last; ++i)
    w->out[i] = sqrtf((float)i) * w->x[0];
}
static int32_t wide(dlc_call *c) {
  wide_context w = {c->outputs[0], c->inputs[0]};
  if (c->services && c->services->threads > 1)
    c->services->parallel_for(c->services->pool, wide_body, &w, 4096, 64);
  else
    wide_body(&w, 0, 4096);
  return DLC_OK;
}

static const int64_t s3x2[] = {3, 2}, s2[] = {2}, s10x2[] = {10, 2}, s6[] = {6}, s4096[] = {4096};
static const int64_t stride_w[] = {1, 4}, dense3x2[] = {2, 1}, dense1[] = {1};
static const int64_t rows_x3[] = {1, 3}, rows_x2[] = {1, 2}, s3_rows[] = {3, 1}, s2_rows[] = {2, 1},
                     two_rows[] = {2, 1};
static const dlc_factors batch_first[] = {1, 0}, batch_last[] = {0, 1}, no_batch[] = {0, 0};

#ifdef FAKE_OTHER
#define NAME "other"
#define HASH 0x1111111111111111u
static const int64_t shape_b[] = {3};
#define B_NAME "bias"
#else
#define NAME "fake"
#define HASH 0xfedcba9876543210u
#define shape_b s2
#define B_NAME "b"
#endif

static const dlc_tensor tensors[] = {
    {"w",
     DLC_F32,
     DLC_PARAMETER,
     DLC_PARAMS,
     2,
     s3x2,
     stride_w,
     0,
     64,
     DLC_INIT_KAIMING_UNIFORM,
     0,
     {5, 0},
     3,
     2,
     NULL,
     NULL,
     "weights"},
    {B_NAME,
     DLC_F32,
     DLC_PARAMETER,
     DLC_PARAMS,
     1,
     shape_b,
     dense1,
     64,
     64,
     DLC_INIT_ZEROS,
     0,
     {0, 0},
     0,
     0,
     NULL,
     NULL,
     "bias"},
    {"table",
     DLC_F32,
     DLC_PARAMETER,
     DLC_PARAMS,
     2,
     s10x2,
     dense3x2,
     128,
     80,
     DLC_INIT_NORMAL,
     0,
     {1, 0},
     0,
     0,
     NULL,
     NULL,
     NULL},
    {"running",
     DLC_F32,
     DLC_BUFFER,
     DLC_BUFFERS,
     1,
     s2,
     dense1,
     0,
     64,
     DLC_INIT_ONES,
     0,
     {0, 0},
     0,
     0,
     NULL,
     NULL,
     NULL},
    {"w.m",
     DLC_F32,
     DLC_SLOT,
     DLC_TRAINING,
     2,
     s3x2,
     dense3x2,
     0,
     64,
     DLC_INIT_ZEROS,
     0,
     {0, 0},
     0,
     0,
     "w",
     "m",
     "weights"},
#ifndef FAKE_OTHER
    {"b.m", DLC_F32, DLC_SLOT, DLC_TRAINING, 1, s2, dense1, 64, 64, DLC_INIT_ZEROS, 0, {0, 0}, 0, 0, "b", "m", "bias"},
    {"h",
     DLC_F32,
     DLC_SESSION_STATE,
     DLC_SESSION,
     1,
     s2,
     dense1,
     0,
     64,
     DLC_INIT_ZEROS,
     0,
     {0, 0},
     0,
     0,
     NULL,
     NULL,
     NULL},
#endif
};

#define X(n) \
  static const int64_t s##n##x3[] = {n, 3}, s##n##x2[] = {n, 2}; \
  static const dlc_port x##n[] = {{"x", DLC_F32, 2, s##n##x3, rows_x3, batch_first, 0, 0}}; \
  static const dlc_port y##n[] = {{"y", DLC_F32, 2, s##n##x2, rows_x2, batch_first, 0, 0}};
X(2) X(4) static const int64_t s8x3[] = {8, 3};
static const dlc_port x8[] = {{"x", DLC_F32, 2, s8x3, rows_x3, batch_first, 0, 0}};
static const int64_t s3x4[] = {3, 4}, s2x4[] = {2, 4}, s4[] = {4}, s8x1[] = {8, 1};
static const dlc_port xc[] = {{"x", DLC_F32, 2, s3x4, s3_rows, batch_last, 0, 0}},
                      yc[] = {{"y", DLC_F32, 2, s2x4, s2_rows, batch_last, 0, 0}};
static const dlc_port xt[] = {{"x", DLC_F32, 2, s4x3, rows_x3, batch_first, 0, 0},
                              {"t", DLC_F32, 2, s4x2, rows_x2, batch_first, 0, 0}};
static const dlc_port loss[] = {{"loss", DLC_F32, 0, NULL, NULL, NULL, 0, 0}};
static const dlc_port gradient[] = {{"loss", DLC_F32, 0, NULL, NULL, NULL, 0, 0},
                                    {"gradient.w", DLC_F32, 2, s3x2, s3x2, no_batch, 0, 0},
                                    {"gradient.b", DLC_F32, 1, s2, s2, no_batch, 0, 0}};
static const dlc_port token[] = {{"token", DLC_I32, 1, s4, rows_x3, batch_first, 0, 0}};
static const dlc_port row2[] = {{"row", DLC_F32, 2, s4x2, rows_x2, batch_first, 0, 0}};
static const dlc_port step_in[] = {{"x", DLC_F32, 1, s2, s2, no_batch, 0, 0}},
                      step_out[] = {{"h", DLC_F32, 1, s2, s2, no_batch, 0, 0}};
static const dlc_port probe_in[] = {{"rows", DLC_F32, 2, s8x1, two_rows, batch_first, 0, 0}};
static const dlc_port probe_out[] = {{"numbers", DLC_I64, 1, s6, s6, no_batch, 0, 0},
                                     {"scalars", DLC_F64, 1, s2, s2, no_batch, 0, 0}};
static const dlc_port wide_in[] = {{"factor", DLC_F32, 0, NULL, NULL, NULL, 0, 0}};
static const dlc_port wide_out[] = {{"out", DLC_F32, 1, s4096, s4096, no_batch, 0, 0}};
static const dlc_scalar scalars[] = {{"lr", 0.1}, {"momentum", 0.5}, {"bias.lr", 0.1}};

/* The number of open sizes, and that of rows at most. */
#define BATCH(n) \
  1, 0, (const dlc_extent[]) { \
    { \
      "batch", n \
    } \
  }
#define P (1u << DLC_PARAMS)
#define T (1u << DLC_TRAINING)
#define PREDICT(n) {"predict", DLC_FUNCTION, DLC_ROWS_INDEPENDENT, 1, 1, 0, P, BATCH(n), 64, x##n, y##n, NULL, predict}
static const dlc_entry entries[] = {
    PREDICT(4),
    PREDICT(2),
    {"columns", DLC_FUNCTION, DLC_ROWS_INDEPENDENT, 1, 1, 0, P, BATCH(4), 64, xc, yc, NULL, predict_columns},
    {"mean", DLC_FUNCTION, 0, 1, 1, 0, 0, BATCH(8), 64, x8, loss, NULL, mean},
    {"train_step", DLC_TRAIN, DLC_WRITES_PARAMS | DLC_WRITES_TRAINING | DLC_WRITES_BUFFERS, 2, 1, 3,
     P | T | 1u << DLC_BUFFERS, BATCH(4), 128, xt, loss, scalars, train_step},
    {"t.gradients", DLC_GRADIENTS, 0, 2, 3, 0, P, BATCH(4), 128, xt, gradient, NULL, gradients},
    {"t.apply", DLC_APPLY, DLC_WRITES_PARAMS | DLC_WRITES_TRAINING, 2, 0, 3, P | T, BATCH(0), 128, gradient + 1, NULL,
     scalars, apply},
    {"lookup", DLC_FUNCTION, DLC_ROWS_INDEPENDENT, 1, 1, 0, P, BATCH(4), 0, token, row2, NULL, lookup},
    {"accumulate", DLC_SESSION_CALL, 0, 1, 1, 0, 1u << DLC_SESSION, BATCH(0), 0, step_in, step_out, NULL, accumulate},
    {"probe", DLC_FUNCTION, 0, 1, 2, 2, 0, BATCH(4), 0, probe_in, probe_out, scalars, probe},
    {"probe0", DLC_FUNCTION, 0, 0, 2, 2, 0, BATCH(4), 0, NULL, probe_out, scalars, probe},
    {"wide", DLC_FUNCTION, 0, 1, 1, 0, 0, BATCH(0), 0, wide_in, wide_out, NULL, wide},
};

static const dlc_kernel kernels[] = {{"first", "fake.mlir:1:1", 10, 20}, {"second", "fake.mlir:2:1", 48, 96}};

static const dlc_model model = {DLC_MAGIC,
                                DLC_ABI_VERSION,
                                sizeof(dlc_model),
                                sizeof(dlc_tensor),
                                sizeof(dlc_port),
                                sizeof(dlc_scalar),
                                sizeof(dlc_entry),
                                sizeof(dlc_kernel),
                                NAME,
                                "by hand",
                                "1",
                                "x86-64-v3",
                                "sse2",
                                HASH,
                                COUNT(tensors),
                                COUNT(entries),
                                COUNT(kernels),
                                0,
                                tensors,
                                entries,
                                kernels,
                                {sizeof(params), 64, sizeof(slots), 64, 256}};

#ifdef FAKE_STATIC
const dlc_model *fake_dlc_model_query(uint32_t version) {
#else
__attribute__((visibility("default"))) const dlc_model *dlc_model_query(uint32_t version) {
#endif
  return version == DLC_ABI_VERSION ? &model : NULL;
}
