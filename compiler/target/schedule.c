/* schedule.c - walks the schedule of an entry point: the code behind every function of a compiled model.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A schedule is data (runtime/abi.h): runs of kernels, whose operands lie at affine offsets in arenas, inputs and outputs,
 * and counted loops. Compiled as support.c is, and carried inside dlc; it calls nothing but the kernels and the services of
 * the call. Errors, the profile hook, threads and the search for numbers that are not finite are here and nowhere else.
 */
#include "runtime/abi.h"

#define HIDDEN __attribute__((visibility("hidden")))

/* Below this predicted time, in microseconds, waking other threads does not pay: where the machine is busy, it costs tens
 * of them. */
static const double worth_splitting = 30;
/* What one thread is predicted to do in a microsecond: operations, bytes. */
static const double flops_a_microsecond = 80e3, bytes_a_microsecond = 30e3;
/* FTZ, DAZ, all exceptions masked, to nearest: the same bits in any program. */
static const unsigned float_environment = 0x9fc0;

static inline unsigned enter_environment(void) {
  unsigned theirs;
  __asm__ volatile("stmxcsr %0" : "=m"(theirs)::"memory");
  __asm__ volatile("ldmxcsr %0" ::"m"(float_environment) : "memory");
  return theirs;
}
static inline void leave_environment(unsigned theirs) { __asm__ volatile("ldmxcsr %0" ::"m"(theirs) : "memory"); }

/* Parts that belong to one thread, on a cache line of their own: from `next` on, they wait. */
struct range {
  int64_t next, end;
  char rest[48];
};
#define MOST_RANGES 64

/* One run of a kernel, as the threads see it. Each thread has a range of the parts: the same ones of kernel after kernel, so
 * that it finds in its own caches what it wrote. */
struct run {
  dlc_kernel_function function;
  void *const *buffers;
  const int64_t *extents;
  char *scratch;
  uint64_t scratch_bytes; /* of one thread */
  int64_t ranges;
  struct range range[MOST_RANGES];
};

/* Half of what waits in a range: parts that follow each other have the copies in common that they make, and small pieces in the
 * end let all threads end together. */
static int take(struct range *range, int64_t *from, int64_t *to) {
  *from = __atomic_load_n(&range->next, __ATOMIC_RELAXED);
  do {
    if (*from >= range->end)
      return 0;
    *to = *from + (range->end - *from + 1) / 2;
  } while (!__atomic_compare_exchange_n(&range->next, from, *to, 1, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
  return 1;
}
/* Unit i is a thread's whole share: it has the scratch memory of number i, and takes pieces of its own range, and then of those
 * that others have not come to. */
static void run_worker(void *context, int64_t first, int64_t last) {
  struct run *run = context;
  unsigned theirs = enter_environment();
  for (int64_t unit = first; unit < last; ++unit)
    for (int64_t i = 0, from, to; i < run->ranges; ++i)
      while (take(&run->range[(unit + i) % run->ranges], &from, &to))
        run->function(run->buffers, run->extents, run->scratch + unit * run->scratch_bytes, from, to);
  leave_environment(theirs);
}
static void share(struct run *run, const dlc_services *services, int64_t threads, int64_t parts) {
  run->ranges = threads < MOST_RANGES ? threads : MOST_RANGES;
  for (int64_t i = 0; i < run->ranges; ++i) {
    run->range[i].next = parts * i / run->ranges;
    run->range[i].end = parts * (i + 1) / run->ranges;
  }
  services->parallel_for(services->pool, run_worker, run, threads, 1);
}

struct walk {
  const dlc_model *model;
  const dlc_entry *entry;
  dlc_call *call;
  int64_t extents[DLC_MAX_EXTENTS]; /* that kernels see */
  void **buffers;                   /* of the run at hand */
  char *scratch;
  uint64_t scratch_threads;     /* so many threads have scratch memory */
  int64_t index[DLC_MAX_LOOPS]; /* of the loops around, outermost first */
  uint32_t depth;
};

static int32_t fail(dlc_call *call, int32_t code, const char *op, int64_t row, int64_t value, int64_t limit) {
  call->error.code = code;
  call->error.op = op;
  call->error.row = row;
  call->error.value = value;
  call->error.limit = limit;
  return code;
}

static const dlc_kernel *kernel_of(const dlc_model *model, uint32_t number) {
  return (const dlc_kernel *)((const char *)model->kernels + (uint64_t)model->kernel_size * number);
}

static int64_t times(int64_t count, dlc_factors factors, const int64_t *extents) {
  for (; factors; factors >>= 4, ++extents)
    for (uint32_t i = factors & 15; i; --i)
      count *= *extents;
  return count;
}

/* Equal parts of a batch that are done one after the other, in the outermost loop. */
static int64_t parts_of(const dlc_entry *entry) { return entry->parts > 1 ? entry->parts : 1; }

static void *place(const struct walk *walk, const dlc_operand *operand) {
  int64_t offset = operand->offset, index = operand->index;
  if (operand->moves) {
    const dlc_move *moves = walk->entry->moves + operand->moves;
    offset += times(moves[-1].bytes, moves[-1].factors, walk->extents);
    for (uint32_t loop = 0; loop < walk->depth; ++loop) {
      offset += times(moves[loop].bytes * walk->index[loop], moves[loop].factors, walk->extents);
      index += moves[loop].ports * walk->index[loop];
    }
  }
  char *base = operand->base < DLC_ARENA_COUNT     ? walk->call->arenas[operand->base]
               : operand->base == DLC_IN_INPUT     ? (char *)walk->call->inputs[index]
               : operand->base == DLC_IN_CONSTANTS ? (char *)walk->entry->constants
                                                   : walk->call->outputs[index];
  return base + offset;
}

/* The place of the first of these that is NaN or infinite; -1. */
static int64_t first_not_finite(const void *values, uint32_t dtype, int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    int bad = dtype == DLC_F64 ? (~((const uint64_t *)values)[i] & 0x7ff0000000000000) == 0
                               : (~((const uint32_t *)values)[i] & 0x7f800000) == 0;
    if (bad)
      return i;
  }
  return -1;
}

/* The row of the whole batch that `row` of what a kernel reads or writes is, where a step works through parts of it: the
 * outermost loop's rounds are the parts, and each has as many rows as the operand. */
static int64_t row_of_batch(const struct walk *walk, const dlc_kernel_operand *operand, int64_t row,
                            int64_t row_elements) {
  if (row < 0 || !walk->depth || parts_of(walk->entry) == 1 || !(operand->factors & 15))
    return row;
  return row + walk->index[0] * (times(operand->elements, operand->factors, walk->extents) / row_elements);
}

/* What a kernel reads may lie within what it writes: it fills the border around. Then the kernel before it that wrote this part is
 * to blame for a bad value; where there are several parts, this kernel. */
static const dlc_kernel *writer_of(const struct walk *walk, const dlc_step *step, uint32_t result) {
  const dlc_kernel *kernel = kernel_of(walk->model, step->kernel);
  const char *first = walk->buffers[result], *part = 0;
  uint32_t parts = 0;
  for (uint32_t i = 0; i < kernel->operand_count; ++i) {
    const char *start = walk->buffers[i];
    int lies_apart = !kernel->operands[i].elements; /* other numbers stand between its own */
    if (lies_apart && !(kernel->operands[i].flags & DLC_WRITTEN) && start >= first &&
        start < first + kernel->operands[result].bytes)
      part = start, ++parts;
  }
  for (const dlc_step *run = step; parts == 1 && run-- != walk->entry->steps && run->kind == DLC_RUN;) {
    const dlc_kernel *before = kernel_of(walk->model, run->kernel);
    for (uint32_t i = 0; i < before->operand_count; ++i)
      if (before->operands[i].flags & DLC_WRITTEN && place(walk, walk->entry->operands + run->operand + i) == part)
        return before;
  }
  return kernel;
}

/* With DLC_TRAP_NOT_FINITE: what the kernel wrote is looked through; the first bad value goes into the call's error. */
static int32_t look_for_not_finite(const struct walk *walk, const dlc_step *step) {
  const dlc_kernel *kernel = kernel_of(walk->model, step->kernel);
  for (uint32_t i = 0; i < kernel->operand_count; ++i) {
    const dlc_kernel_operand *operand = &kernel->operands[i];
    if (!(operand->flags & DLC_WRITTEN) || (operand->dtype != DLC_F32 && operand->dtype != DLC_F64))
      continue;
    int64_t at =
        first_not_finite(walk->buffers[i], operand->dtype, times(operand->elements, operand->factors, walk->extents));
    if (at >= 0) {
      int64_t size = times(operand->row_elements, operand->row_factors, walk->extents),
              row = size ? row_of_batch(walk, operand, at / size, size) : -1;
      return fail(walk->call, DLC_NOT_FINITE, writer_of(walk, step, i)->place, row, at, -1);
    }
  }
  return DLC_OK;
}

/* Whether the run is long enough to be shared with other threads. What is predicted is for a full call: less rows are less
 * work, and so is less of another size that the parts are many by. */
static int pays(const struct walk *walk, const dlc_kernel *kernel, const dlc_step *step) {
  double extent = (double)walk->extents[0], capacity = 1;
  for (uint32_t i = 0; i < walk->entry->extent_count; ++i) {
    int64_t most = walk->entry->extents[i].capacity;
    if (most && i == 0)
      capacity = (double)(most / parts_of(walk->entry));
    for (uint32_t times = i ? step->factors >> 4 * i & 15 : 0; times; --times) {
      extent *= (double)walk->extents[i];
      capacity *= (double)most;
    }
  }
  double flops = kernel->flops / flops_a_microsecond, bytes = kernel->bytes / bytes_a_microsecond;
  double most = flops > bytes ? flops : bytes;
  return most * extent >= worth_splitting * capacity;
}

static int32_t run_kernel(struct walk *walk, const dlc_step *step) {
  dlc_call *call = walk->call;
  const dlc_kernel *kernel = kernel_of(walk->model, step->kernel);
  const dlc_operand *operands = walk->entry->operands + step->operand;
  for (uint32_t i = 0; i < kernel->operand_count; ++i)
    walk->buffers[i] = place(walk, &operands[i]);
  int64_t units = times(step->count, step->factors, walk->extents), parts = (units + step->unit - 1) / step->unit;
  struct run run;
  run.function = kernel->function;
  run.buffers = walk->buffers;
  run.extents = walk->extents;
  run.scratch = walk->scratch;
  run.scratch_bytes = kernel->scratch_bytes;
  int64_t *report = walk->buffers[kernel->operand_count - 1];
  if (step->check)
    report[0] = -1;
  const dlc_services *services = call->services;
  if (services && services->profile)
    services->profile(services->profile_context, step->kernel, 1);
  uint64_t threads = services ? services->threads : 1;
  if (run.scratch_bytes && threads > walk->scratch_threads)
    threads = walk->scratch_threads;
  if (threads > 1 && parts > 1 && !step->check && pays(walk, kernel, step)) {
    share(&run, services, (int64_t)threads, parts);
  } else {
    run.function(run.buffers, run.extents, run.scratch, 0, parts);
  }
  if (services && services->profile)
    services->profile(services->profile_context, step->kernel, 0);
  if (step->check) {
    const dlc_check *check = &walk->entry->checks[step->check - 1];
    if (report[0] < 0)
      return DLC_OK;
    int64_t size = times(check->row_size, check->row_factors, walk->extents), row = size ? report[0] / size : -1;
    if (size)
      row = row_of_batch(walk, kernel->operands, row, size);
    return fail(call, DLC_BAD_INDEX, check->op, row, report[1], check->limit);
  }
  return call->flags & DLC_TRAP_NOT_FINITE ? look_for_not_finite(walk, step) : DLC_OK;
}

static int32_t run_steps(struct walk *walk) {
  const dlc_step *first = walk->entry->steps, *step = first, *starts[DLC_MAX_LOOPS];
  int64_t rounds[DLC_MAX_LOOPS];
  for (; step != first + walk->entry->step_count; ++step) {
    if (step->kind == DLC_LOOP) {
      rounds[walk->depth] = times(step->count, step->factors, walk->extents);
      if (rounds[walk->depth] <= 0) { /* on behind its end */
        step = first + step->operand;
        continue;
      }
      starts[walk->depth] = step;
      walk->index[walk->depth] = step->unit < 0 ? rounds[walk->depth] - 1 : 0;
      ++walk->depth;
    } else if (step->kind == DLC_END_LOOP) {
      uint32_t loop = walk->depth - 1;
      int64_t index = walk->index[loop] += starts[loop]->unit;
      if (index >= 0 && index < rounds[loop])
        step = starts[loop];
      else
        walk->depth = loop;
    } else {
      int32_t code = run_kernel(walk, step);
      if (code != DLC_OK)
        return code;
    }
  }
  return DLC_OK;
}

/* What the call sets is where kernels find it: at the start of the workspace. */
static void write_numbers(const dlc_entry *entry, const dlc_call *call, char *workspace) {
  int64_t *numbers = (int64_t *)workspace;
  double *reals = (double *)workspace + DLC_FIRST_SCALAR;
  numbers[0] = (int64_t)call->seed;
  numbers[1] = call->step;
  numbers[2] = call->row;
  reals[-1] = (double)call->step;
  for (uint32_t i = 0; i < entry->scalar_count; ++i)
    reals[i] = call->scalars ? call->scalars[i] : entry->scalars[i].value;
}

HIDDEN int32_t dlc_run_schedule(const dlc_model *model, const dlc_entry *entry, dlc_call *call) {
  if (call->struct_size < sizeof(dlc_call))
    return DLC_BAD_STRUCT;
  call->error.code = DLC_OK;
  struct walk walk = {.model = model, .entry = entry, .call = call};
  for (uint32_t i = 0; i < entry->extent_count; ++i) {
    const dlc_extent *size = &entry->extents[i];
    int64_t extent = call->extents[i], parts = i ? 1 : parts_of(entry);
    if (size->capacity && (extent < 1 || extent > size->capacity || extent % parts))
      return fail(call, DLC_BAD_EXTENT, size->name, -1, extent, size->capacity);
    walk.extents[i] = size->capacity ? extent / parts : 1;
  }
  for (int32_t i = 0; i < DLC_ARENA_COUNT; ++i)
    if ((entry->arenas >> i & 1) && !call->arenas[i])
      return fail(call, DLC_MISSING_ARENA, 0, -1, i, -1);
  char *workspace = call->arenas[DLC_WORKSPACE];
  walk.buffers = (void **)(workspace + (DLC_FIRST_SCALAR + entry->scalar_count) * sizeof(double));
  walk.scratch = workspace + entry->workspace_bytes - entry->scratch_bytes;
  walk.scratch_threads = 1;
  if (entry->scratch_bytes && call->workspace_bytes > entry->workspace_bytes)
    walk.scratch_threads += (call->workspace_bytes - entry->workspace_bytes) / entry->scratch_bytes;
  unsigned theirs = enter_environment();
  if (workspace)
    write_numbers(entry, call, workspace);
  int32_t code = run_steps(&walk);
  leave_environment(theirs);
  return code;
}
