/* predict.c - inference in C through abi.h alone: no runtime library, nothing but the compiled model.
 * SPDX-License-Identifier: Apache-2.0
 *
 *   dlc mnist.mlir -o mnist.so
 *   cc -I. examples/c/predict.c -ldl -o predict
 *   ./predict ./mnist.so weights.safetensors t10k-images-idx3-ubyte [COUNT]
 *
 * Reads weights as safetensors (with a reader that is just enough for files of this project), images as plain IDX,
 * and prints the most probable digit of the first COUNT images.
 */
#include "runtime/abi.h"

#include <dlfcn.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void die(const char *what, const char *which) {
  fprintf(stderr, "error: %s %s\n", what, which);
  exit(1);
}

static unsigned char *read_file(const char *path, size_t *size) {
  FILE *file = fopen(path, "rb");
  if (!file || fseek(file, 0, SEEK_END))
    die("cannot read", path);
  long length = ftell(file);
  unsigned char *bytes = malloc((size_t)length + 1);
  rewind(file);
  if (length < 0 || !bytes || fread(bytes, 1, (size_t)length, file) != (size_t)length)
    die("cannot read", path);
  bytes[length] = 0;
  fclose(file);
  *size = (size_t)length;
  return bytes;
}

static void *arena(uint64_t bytes) {
  /* aligned_alloc wants a multiple of the alignment; compiled code wants memory even where nothing is stored */
  size_t size = (size_t)(bytes / DLC_ALIGNMENT + 1) * DLC_ALIGNMENT;
  void *memory = aligned_alloc(DLC_ALIGNMENT, size);
  if (!memory)
    die("no memory for", "an arena");
  return memset(memory, 0, size);
}

/* Where the file has a tensor's elements: dense, in the order of its logical shape. */
static const unsigned char *find_weights(const unsigned char *file, size_t size, const char *name, uint64_t bytes) {
  uint64_t header = 0, first = 0, last = 0;
  char key[512];
  for (int i = 7; size >= 8 && i >= 0; --i)
    header = header << 8 | file[i];
  if (size < 8 || header > size - 8)
    die("this is not a safetensors file", "");
  snprintf(key, sizeof key, "\"%s\":{\"dtype\":\"F32\"", name);
  const char *text = (const char *)file + 8, *at = strstr(text, key);
  const char *offsets = at ? strstr(at, "\"data_offsets\":[") : NULL;
  if (!offsets || sscanf(offsets, "\"data_offsets\":[%" SCNu64 ",%" SCNu64, &first, &last) != 2 || first > last ||
      last - first != bytes || last > size - 8 - header)
    die("the weights do not have, as f32 of the model's shape,", name);
  return file + 8 + header + first;
}

/* Element (i, j, ...) of the logical tensor goes to where the model stores it. */
static void place(const dlc_tensor *t, float *memory, const unsigned char *from) {
  int64_t index[DLC_MAX_RANK] = {0};
  for (;;) {
    int64_t at = 0;
    for (uint32_t axis = 0; axis < t->rank; ++axis)
      at += index[axis] * t->strides[axis];
    memcpy(memory + at, from, sizeof(float)); /* the file's floats may be unaligned */
    from += sizeof(float);
    uint32_t axis = t->rank;
    while (axis > 0 && ++index[axis - 1] == t->shape[axis - 1])
      index[--axis] = 0;
    if (axis == 0)
      return;
  }
}

int main(int argc, char **argv) {
  if (argc < 4) {
    fprintf(stderr, "usage: %s MODEL.so WEIGHTS.safetensors IMAGES.idx [COUNT]\n", argv[0]);
    return 1;
  }
  void *library = dlopen(argv[1], RTLD_NOW);
  dlc_query query = library ? (dlc_query)dlsym(library, DLC_QUERY_SYMBOL) : NULL;
  if (!query)
    die("not a compiled model:", argv[1]);
  const dlc_model *model = query(DLC_ABI_VERSION);
  if (!model || model->magic != DLC_MAGIC || model->abi_version != DLC_ABI_VERSION)
    die("the model speaks another version of the interface:", argv[1]);

  const dlc_entry *predict = NULL;
  for (uint32_t i = 0; i < model->entry_count; ++i)
    if (!strcmp(model->entries[i].name, "predict"))
      predict = &model->entries[i];
  if (!predict || predict->input_count != 1 || predict->inputs[0].dtype != DLC_F32 || predict->outputs[0].rank != 2)
    die("the model has no entry point of images,", "predict");

  dlc_call call = {.struct_size = sizeof call};
  for (int i = 0; i < DLC_ARENA_COUNT; ++i)
    call.arenas[i] = arena(model->arena_bytes[i]);
  size_t size;
  unsigned char *weights = read_file(argv[2], &size);
  for (uint32_t i = 0; i < model->tensor_count; ++i) {
    const dlc_tensor *t = &model->tensors[i];
    uint64_t bytes = sizeof(float);
    if (t->kind != DLC_PARAMETER && t->kind != DLC_BUFFER)
      continue;
    for (uint32_t axis = 0; axis < t->rank; ++axis)
      bytes *= (uint64_t)t->shape[axis];
    if (t->dtype != DLC_F32)
      die("not of type f32:", t->name);
    const unsigned char *from = find_weights(weights, size, t->name, bytes);
    if (bytes)
      place(t, (float *)((char *)call.arenas[t->arena] + t->offset), from);
  }
  free(weights);

  size_t pixels = 1, classes = (size_t)predict->outputs[0].shape[1];
  for (uint32_t axis = 1; axis < predict->inputs[0].rank; ++axis)
    pixels *= (size_t)predict->inputs[0].shape[axis];
  unsigned char *images = read_file(argv[3], &size);
  size_t wanted = argc > 4 ? (size_t)atoi(argv[4]) : 1;
  if (size < 16 || images[2] != 8 || images[3] != 3)
    die("not a plain IDX file of images:", argv[3]);
  if (wanted > (size - 16) / pixels)
    wanted = (size - 16) / pixels;

  float *image = arena((uint64_t)predict->extents[0].capacity * pixels * sizeof(float));
  float *probability = arena((uint64_t)predict->extents[0].capacity * classes * sizeof(float));
  const void *inputs[] = {image};
  void *outputs[] = {probability};
  call.inputs = inputs;
  call.outputs = outputs;
  call.step = 1;
  for (size_t done = 0; done < wanted; done += (size_t)call.extents[0]) {
    call.extents[0] =
        wanted - done < (size_t)predict->extents[0].capacity ? (int64_t)(wanted - done) : predict->extents[0].capacity;
    for (size_t i = 0; i < (size_t)call.extents[0] * pixels; ++i)
      image[i] = (float)images[16 + done * pixels + i] / 255;
    if (predict->function(&call) != DLC_OK)
      die("the call failed:", call.error.op ? call.error.op : "no op is to blame");
    for (int64_t row = 0; row < call.extents[0]; ++row) {
      size_t best = 0;
      for (size_t digit = 1; digit < classes; ++digit)
        if (probability[(size_t)row * classes + digit] > probability[(size_t)row * classes + best])
          best = digit;
      printf("image %zu: %zu (%.1f %%)\n", done + (size_t)row, best, 100 * probability[(size_t)row * classes + best]);
    }
  }
  for (int i = 0; i < DLC_ARENA_COUNT; ++i)
    free(call.arenas[i]);
  free(image);
  free(probability);
  free(images);
  return 0;
}
