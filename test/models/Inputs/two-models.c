/* two-models.c - two models linked into one program, which loads no library and uses the C ABI alone.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "first.h"
#include "second.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *arena(uint64_t bytes) {
  size_t size = (size_t)(bytes / DLC_ALIGNMENT + 1) * DLC_ALIGNMENT;
  return memset(aligned_alloc(DLC_ALIGNMENT, size), 0, size);
}

/* All parameters are `value`, all inputs 1. */
static int call(const dlc_model *model, const char *name, float value, float *result) {
  const dlc_entry *entry = NULL;
  for (uint32_t i = 0; i < model->entry_count; ++i)
    if (!strcmp(model->entries[i].name, name))
      entry = &model->entries[i];
  if (!entry)
    return -1;
  float ones[] = {1, 1, 1, 1, 1, 1};
  const void *inputs[] = {ones};
  void *outputs[] = {result};
  dlc_call c = {.struct_size = sizeof c, .inputs = inputs, .outputs = outputs, .extents = {2}, .step = 1};
  for (int i = 0; i < DLC_ARENA_COUNT; ++i)
    c.arenas[i] = arena(model->arena_bytes[i]);
  for (uint32_t i = 0; i < model->tensor_count; ++i) {
    const dlc_tensor *t = &model->tensors[i];
    for (uint64_t k = 0; k < t->bytes / sizeof(float); ++k)
      ((float *)((char *)c.arenas[t->arena] + t->offset))[k] = value;
  }
  int status = entry->function(&c);
  for (int i = 0; i < DLC_ARENA_COUNT; ++i)
    free(c.arenas[i]);
  return status;
}

int main(void) {
  const dlc_model *first = first_dlc_model_query(DLC_ABI_VERSION), *second = second_dlc_model_query(DLC_ABI_VERSION);
  float y[8] = {0}, z[8] = {0};
  if (!first || !second || first_dlc_model_query(DLC_ABI_VERSION + 1))
    return 1;
  int a = call(first, first_predict_NAME, 2, y), b = call(second, second_predict_NAME, 3, z);
  printf("%s: status %d, %g %g %g %g\n", first->name, a, y[0], y[1], y[2], y[3]);
  printf("%s: status %d, %g %g\n", second->name, b, z[0], z[1]);

  /* The constants are the places in the descriptor. */
  const dlc_entry *loss = NULL;
  for (uint32_t i = 0; i < first->entry_count; ++i)
    if (!strcmp(first->entries[i].name, first_loss_NAME))
      loss = &first->entries[i];
  if (!loss || loss->input_count != first_loss_input_count || loss->output_count != first_loss_output_count)
    return 1;
  printf("%s %s %s %s\n", loss->inputs[first_loss_input_x].name, loss->inputs[first_loss_input_wanted].name,
         loss->outputs[first_loss_output_loss].name, loss->outputs[first_loss_output_largest].name);
  const dlc_entry *step = NULL;
  for (uint32_t i = 0; i < first->entry_count; ++i)
    if (!strcmp(first->entries[i].name, first_step_gradients_NAME))
      step = &first->entries[i];
  printf("%s\n", step ? step->outputs[first_step_gradients_output_gradient_fc_weight].name : "none");
  return a || b;
}
