/* abi.h - the contract between a compiled model and whatever runs it.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A compiled model is a shared (or static) library with one exported function, `dlc_model_query`
 * (in a static library: `NAME_dlc_model_query`, NAME being the model's). It returns a read-only
 * description: every stored tensor, every entry point, and how much memory each kind needs. An entry
 * point is called with one struct that points at inputs, outputs and the five arenas.
 *
 * Plain C, no dependency. Structures that a caller fills start with their own size, so that either side
 * may be older than the other. All strings are UTF-8 and live as long as the library is loaded.
 */
#ifndef DLC_ABI_H
#define DLC_ABI_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DLC_MAGIC 0x6c646f4du /* "Modl" in little-endian bytes */
/* 2: schedules are data; 3: tensors lie densely at the extent of a call; 4: schedules have constants; 5: steps that
 * accumulate; 6: weights may be packed; 7: open sizes beside the batch; 8: operands step from port to port */
#define DLC_ABI_VERSION 8u
#define DLC_QUERY_SYMBOL "dlc_model_query"
#define DLC_ALIGNMENT 64u /* of every arena, in bytes */
#define DLC_MAX_RANK 8u
#define DLC_MAX_LOOPS 8u /* of a schedule, in each other */

/* What is open until a call: the batch, which is number 0, and sizes that the model declares. A call has an extent for each.
 * Sizes, numbers of elements and distances are numbers, multiplied by a product of extents: 4 bits for each extent, those of
 * number 0 the lowest, say how often it is a factor (0x21: the batch, and twice number 1). */
#define DLC_MAX_EXTENTS 8u
typedef uint32_t dlc_factors;

typedef enum dlc_dtype {
  DLC_F32 = 1,
  DLC_F64 = 2,
  DLC_I32 = 3,
  DLC_I64 = 4,
  DLC_UI8 = 5,
  DLC_I1 = 6 /* one byte an element, 0 or 1 */
} dlc_dtype;

/* The five kinds of memory. Each is one arena whose layout the descriptor gives. */
typedef enum dlc_arena {
  DLC_PARAMS = 0,   /* weights: read-only in inference, may be shared by any number of calls */
  DLC_BUFFERS = 1,  /* running statistics: saved with the weights, written by training */
  DLC_TRAINING = 2, /* optimizer slots */
  DLC_SESSION = 3,  /* one per stream of calls: caches, recurrent state */
  DLC_WORKSPACE = 4 /* one per call in flight, undefined between calls: buffers, and scratch memory of threads */
} dlc_arena;
#define DLC_ARENA_COUNT 5

typedef enum dlc_tensor_kind {
  DLC_PARAMETER = 0,
  DLC_BUFFER = 1,
  DLC_SLOT = 2, /* an optimizer's, for one parameter */
  DLC_SESSION_STATE = 3
} dlc_tensor_kind;

/* How a tensor is filled from a seed. `values` as noted; fan_in and fan_out stand in dlc_tensor.
 * The stream of random numbers is named by the tensor; element i (logical, row-major) is draw i. */
typedef enum dlc_init {
  DLC_INIT_ZEROS = 0,
  DLC_INIT_ONES = 1,
  DLC_INIT_CONSTANT = 2,        /* values[0] */
  DLC_INIT_NORMAL = 3,          /* mean 0, standard deviation values[0] */
  DLC_INIT_UNIFORM = 4,         /* values[0] <= x < values[1] */
  DLC_INIT_KAIMING_UNIFORM = 5, /* PyTorch's, a = sqrt(values[0]): bound sqrt(6/((1+values[0])*fan_in)) */
  DLC_INIT_FAN_IN_UNIFORM = 6,  /* bound 1/sqrt(fan_in) */
  DLC_INIT_XAVIER_UNIFORM = 7,  /* bound sqrt(6/(fan_in+fan_out)) */
  DLC_INIT_XAVIER_NORMAL = 8,   /* standard deviation sqrt(2/(fan_in+fan_out)) */
  DLC_INIT_KAIMING_NORMAL = 9   /* standard deviation sqrt(2/fan_in) */
} dlc_init;

typedef struct dlc_tensor {
  const char *name; /* "fc1.weight"; a slot: "fc1.weight.m" */
  uint32_t dtype;
  uint32_t kind;  /* dlc_tensor_kind */
  uint32_t arena; /* dlc_arena */
  uint32_t rank;
  const int64_t *shape;   /* logical, as in files */
  const int64_t *strides; /* in elements, of the logical axes; dlc_place_of says where an element lies */
  uint64_t offset;        /* in bytes, from the start of the arena */
  uint64_t bytes;         /* occupied from offset on, padding included */
  uint32_t init;          /* dlc_init */
  uint32_t reserved;
  double values[2]; /* of the initialiser */
  int64_t fan_in, fan_out;
  const char *parameter; /* a slot: the parameter's name; else NULL */
  const char *slot;      /* a slot: its name in the optimizer, "m"; else NULL */
  const char *group;     /* a parameter or slot: its training group; NULL if none */
  /* 0; or the tensor is packed: place i of axis `split_axis` lies in block i / split, split_stride elements from one block to
   * the next, and in it at i % split times the axis's own stride. The axis is a multiple of `split` long. */
  int64_t split, split_stride;
  uint32_t split_axis, reserved2;
} dlc_tensor;

/* Where the element with this index, one number for each axis, lies in its tensor: in elements from its start. */
static inline int64_t dlc_place_of(const dlc_tensor *t, const int64_t *index) {
  int64_t place = 0;
  for (uint32_t axis = 0; axis < t->rank; ++axis)
    if (t->split && axis == t->split_axis)
      place += index[axis] / t->split * t->split_stride + index[axis] % t->split * t->strides[axis];
    else
      place += index[axis] * t->strides[axis];
  return place;
}

/* How the single numbers of several calls make the one of all their rows. */
typedef enum dlc_combine {
  DLC_COMBINE_UNKNOWN = 0, /* no such number; or not known, as where means of different things were added */
  DLC_COMBINE_ROWS = 1,    /* a mean over rows: each call weighs as much as its extent */
  DLC_COMBINE_COUNT = 2,   /* a mean over what another output counts: each call weighs as much as that says */
  DLC_COMBINE_SUM = 3      /* they are added */
} dlc_combine;

/* An input or output of an entry point: dense, row-major, in the caller's memory. */
typedef struct dlc_port {
  const char *name;
  uint32_t dtype;
  uint32_t rank;
  const int64_t *shape; /* at full capacity */
  const int64_t *sizes; /* for each axis its size, to be multiplied by `factors` of it */
  const dlc_factors *factors;
  uint32_t combine; /* dlc_combine, of an output */
  uint32_t count;   /* DLC_COMBINE_COUNT: the output that counts, by its place among the outputs */
} dlc_port;

/* A size that is open until a call. */
typedef struct dlc_extent {
  const char *name; /* "batch", "time" */
  int64_t capacity; /* the largest extent; 0 where the entry point does not depend on it */
} dlc_extent;

typedef enum dlc_limits {
  DLC_FROM_LOW = 1 << 0,  /* value >= low */
  DLC_ABOVE_LOW = 1 << 1, /* value > low */
  DLC_TO_HIGH = 1 << 2,   /* value <= high */
  DLC_BELOW_HIGH = 1 << 3 /* value < high */
} dlc_limits;

/* A number that a call may set: hyper-parameters. */
typedef struct dlc_scalar {
  const char *name; /* "lr", or "<group>.lr" for one group alone */
  double value;     /* the default */
  double low, high; /* what it may be: NaN never; the rest as `limits` says */
  uint32_t limits;  /* dlc_limits */
  uint32_t reserved;
} dlc_scalar;

typedef enum dlc_entry_kind {
  DLC_FUNCTION = 0,
  DLC_TRAIN = 1,     /* loss, gradients, clipping, update */
  DLC_GRADIENTS = 2, /* loss, metrics and gradients as outputs "gradient.<parameter>" */
  DLC_APPLY = 3,     /* gradients as inputs "gradient.<parameter>"; clipping and update */
  DLC_SESSION_CALL = 4
} dlc_entry_kind;

typedef enum dlc_entry_flags {
  DLC_ROWS_INDEPENDENT = 1 << 0, /* a row of the outputs depends on that row of the inputs alone, and single
                                   numbers say how those of parts combine */
  DLC_WRITES_PARAMS = 1 << 1,
  DLC_WRITES_BUFFERS = 1 << 2,
  DLC_WRITES_TRAINING = 1 << 3,
  DLC_USES_RANDOM = 1 << 4, /* reads seed, step and row of the call */
  DLC_USES_STEP = 1 << 5,
  DLC_WRITES_SESSION = 1 << 7
} dlc_entry_flags;

typedef enum dlc_status {
  DLC_OK = 0,
  DLC_BAD_INDEX = 1,     /* a label or token out of range: row, value, limit */
  DLC_NOT_FINITE = 2,    /* with DLC_TRAP_NOT_FINITE: the first value that is NaN or infinite */
  DLC_BAD_EXTENT = 3,    /* an extent below 1 or above the capacity: value, limit; `op` is the name of the size */
  DLC_BAD_STRUCT = 4,    /* the call's struct_size is not one that this library knows */
  DLC_MISSING_ARENA = 5, /* a NULL where memory is needed: value is the dlc_arena */
  DLC_BUSY = 6           /* of the runtime alone: another thread is calling the same session */
} dlc_status;

typedef struct dlc_error {
  int32_t code; /* dlc_status */
  uint32_t reserved;
  const char
      *op; /* "mnist.mlir:17:10: cross_entropy", or the name of an open size; NULL if nothing of the kind is to blame */
  int64_t row;   /* along the batch; flat index / row size where there are more axes; -1 if unknown */
  int64_t value; /* what was found */
  int64_t limit; /* what it must be below */
} dlc_error;

/* Units [first, last) of a piece of work. They may run at once, in any order. */
typedef void (*dlc_body)(void *context, int64_t first, int64_t last);

typedef struct dlc_services {
  uint32_t struct_size;
  uint32_t threads; /* how many run a body at once, the caller included; 1: parallel_for is never called */
  void *pool;
  /* Runs body over [0, count), cut into parts of at least `grain` units, and returns when all are done. */
  void (*parallel_for)(void *pool, dlc_body body, void *context, int64_t count, int64_t grain);
  /* NULL, or called before (begin = 1) and after (begin = 0) each kernel. */
  void (*profile)(void *profile_context, uint32_t kernel, int32_t begin);
  void *profile_context;
} dlc_services;

typedef enum dlc_call_flags { DLC_TRAP_NOT_FINITE = 1 << 0 } dlc_call_flags;

typedef struct dlc_call {
  uint32_t struct_size; /* sizeof(dlc_call) */
  uint32_t flags;       /* dlc_call_flags */
  const void *const *inputs;
  void *const *outputs;
  void *arenas[DLC_ARENA_COUNT];
  const double *scalars;            /* all of the entry point's, in order; NULL: the defaults */
  int64_t extents[DLC_MAX_EXTENTS]; /* of this call: its rows, then the other open sizes; 1 to the capacity of each */
  uint64_t seed;                    /* of all random streams */
  int64_t step;                     /* 1 at the first update */
  int64_t row;                      /* index of the first row within an accumulated batch */
  const dlc_services *services;     /* NULL: one thread */
  dlc_error error;                  /* filled where the result is not DLC_OK */
  /* Of the workspace. 0, or the entry's own workspace_bytes: scratch memory for one thread, so that kernels that need
   * some run on one. Each scratch_bytes more: one thread more. */
  uint64_t workspace_bytes;
} dlc_call;

typedef int32_t (*dlc_function)(dlc_call *call);

/* Kernels and schedules. A library runs its own (`dlc_entry.function`); they stand here so that others can check, show,
 * profile or walk them. */

/* Parts [first, last) of a kernel. Parts may run at once, in any order. `buffers`: its operands; `extents`: those of the
 * call; `scratch`: memory for this thread alone, aligned to DLC_ALIGNMENT, where the kernel needs some. */
typedef void (*dlc_kernel_function)(void *const *buffers, const int64_t *extents, void *scratch, int64_t first,
                                    int64_t last);

typedef enum dlc_operand_flags { DLC_WRITTEN = 1 << 0 } dlc_operand_flags;

/* What a kernel expects of one operand. */
typedef struct dlc_kernel_operand {
  uint64_t bytes;       /* at full capacity */
  uint32_t flags;       /* dlc_operand_flags */
  uint32_t dtype;       /* dlc_dtype */
  int64_t elements;     /* to be multiplied by `factors` */
  int64_t row_elements; /* how many of them make a row of the batch; 0 where rows do not lie one after the other */
  dlc_factors factors, row_factors;
} dlc_kernel_operand;

/* A fused group of ops, compiled and run as one; the profile hook knows it by its place in the model's table. */
typedef struct dlc_kernel {
  const char *name;
  const char *source;  /* places in the model file, separated by ' ' */
  double flops, bytes; /* of one run at full capacity, as predicted */
  const char *place;   /* the first place, and the name: what an error is reported with */
  dlc_kernel_function function;
  const dlc_kernel_operand *operands;
  uint32_t operand_count, reserved;
  uint64_t scratch_bytes; /* for each thread that runs it */
} dlc_kernel;

/* Where an operand of a run counts from: an arena, one of the call's inputs or outputs, or the entry point's constants, which
 * no kernel writes. */
#define DLC_IN_INPUT DLC_ARENA_COUNT
#define DLC_IN_OUTPUT (DLC_ARENA_COUNT + 1)
#define DLC_IN_CONSTANTS (DLC_ARENA_COUNT + 2)

/* A distance: in bytes, to be multiplied by `factors`, and in inputs or outputs. */
typedef struct dlc_move {
  int64_t bytes;
  dlc_factors factors;
  int32_t ports; /* 0 in `first`, and where the base is no input or output */
} dlc_move;

/* One operand of one run: base + offset + first + the sum over the loops around of step * index of the loop. Where the base is an
 * input or output, it is number `index` + the sum over the loops around of ports * index of the loop. */
typedef struct dlc_operand {
  uint32_t base;  /* dlc_arena, DLC_IN_INPUT, DLC_IN_OUTPUT or DLC_IN_CONSTANTS */
  uint32_t index; /* which input or output, in the first round of all loops */
  int64_t offset; /* in bytes */
  uint32_t moves; /* 0: none; or 1 + the place in moves of `first`, which those of the loops follow, outermost first */
  uint32_t reserved;
} dlc_operand;

typedef enum dlc_step_kind {
  DLC_RUN = 0,     /* a run of a kernel */
  DLC_LOOP = 1,    /* what follows runs `count` times */
  DLC_END_LOOP = 2 /* to here */
} dlc_step_kind;

/* One step of a schedule. */
typedef struct dlc_step {
  uint32_t kind;       /* dlc_step_kind */
  uint32_t kernel;     /* DLC_RUN: its number */
  uint32_t operand;    /* DLC_RUN: its first operand, the others follow; DLC_LOOP: the place of its DLC_END_LOOP */
  dlc_factors factors; /* of `count` */
  int64_t count;       /* DLC_RUN: units of work; DLC_LOOP: rounds. To be multiplied by `factors` */
  int64_t
      unit; /* DLC_RUN: so many units make a part, the last may have fewer; DLC_LOOP: 1, or -1 where it runs back, from
                       the last round to the first */
  /* DLC_RUN: 0, or 1 + the number of the check that it is: the kernel's last operand is its report, two i64: the place
   * of what is out of range or -1, and its value */
  uint32_t check;
  uint32_t reserved;
} dlc_step;

typedef struct dlc_check {
  const char *op;   /* "mnist.mlir:17:10: cross_entropy" */
  int64_t limit;    /* what an index must be below */
  int64_t row_size; /* elements a row, to be multiplied by `row_factors`; 0 where rows do not lie one after the other */
  dlc_factors row_factors;
  uint32_t reserved;
} dlc_check;

/* Where a workspace holds the scalars of a call, in numbers of 8 bytes from its start: before them seed, step and row (i64)
 * and the step (f64); behind them the operands of the run at hand, which the code of the library writes. */
#define DLC_FIRST_SCALAR 4

typedef struct dlc_entry {
  const char *name;
  uint32_t kind;  /* dlc_entry_kind */
  uint32_t flags; /* dlc_entry_flags */
  uint32_t input_count, output_count, scalar_count;
  uint32_t arenas; /* bit i: needs arena i */
  uint32_t extent_count, reserved;
  const dlc_extent *extents; /* all open sizes of the model, in one order in all its entry points */
  uint64_t workspace_bytes;  /* for a call on one thread; the last scratch_bytes of it are scratch memory */
  const dlc_port *inputs, *outputs;
  const dlc_scalar *scalars;
  dlc_function function;
  uint64_t scratch_bytes; /* more workspace for each further thread of a call: rows and panels that kernels keep */
  /* What `function` runs; none where a library was written by hand. */
  const dlc_step *steps;
  const dlc_operand *operands;
  const dlc_move *moves;
  const dlc_check *checks;
  uint32_t step_count, operand_count, move_count, check_count;
  const int64_t *constants; /* numbers in which kernels differ that are equal otherwise */
  uint64_t constant_count;
  int64_t parts; /* above 1: the rows of a call are a multiple of it, and that part of them is the extent of kernels */
} dlc_entry;

typedef struct dlc_model {
  uint32_t magic; /* DLC_MAGIC */
  uint32_t abi_version;
  uint32_t struct_size;                                                  /* sizeof(dlc_model) */
  uint32_t tensor_size, port_size, scalar_size, entry_size, kernel_size; /* sizeof each */
  const char *name;
  const char *producer;     /* "dlc 0.1.0" */
  const char *language;     /* version of the model language: "1" */
  const char *target;       /* "x86-64-v3" or "x86-64-v4" */
  const char *cpu_features; /* required, separated by ',': "avx2,fma" */
  uint64_t hash;            /* of parameters and slots (names, shapes, types): a checkpoint fits or does not */
  uint32_t tensor_count, entry_count, kernel_count, reserved;
  const dlc_tensor *tensors;
  const dlc_entry *entries;              /* one name may stand here several times, with different capacities */
  const dlc_kernel *kernels;             /* all entry points', by number */
  uint64_t arena_bytes[DLC_ARENA_COUNT]; /* the workspace's is the largest of all entry points */
} dlc_model;

/* Any number of threads may call it at once; all get the same. The first call may write tables out that the file has in a shorter
 * form, into memory of the library's own: nobody else writes there, then or later.
 * `abi_version`: the caller's DLC_ABI_VERSION. NULL if the library cannot serve it, or if the loader does not know packed
 * relocations (DT_RELR; glibc does since 2.36) and has left the pointers in its tables as they are in the file. */
typedef const dlc_model *(*dlc_query)(uint32_t abi_version);

#ifdef __cplusplus
}
#endif
#endif /* DLC_ABI_H */
