/* rows.h - tables of a library in the form that its file has where their rows repeat.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Layers that are alike have rows that are alike: of each, the file has those of the first layer, and what is another in the
 * next. `dlc_write_rows` (rows.c) writes all of them out when the library is asked for its description.
 */
#ifndef DLC_COMPILER_TARGET_ROWS_H
#define DLC_COMPILER_TARGET_ROWS_H
#include <stdint.h>

/* A number that is another in each round: a word, or one in the text that a word points at, as the 3 of "h.3.weight". */
typedef struct dlc_row_change {
  uint32_t word;
  uint32_t digits; /* 0: the word itself; or 1 + where the number begins in the text */
  int64_t by;      /* so much more each round */
} dlc_row_change;

/* Rows of a table that stand there so many times, one round after the other. */
typedef struct dlc_rows {
  uint64_t *to;
  const uint64_t *first; /* the words of the first round: numbers and pointers */
  const dlc_row_change *changes;
  uint32_t word_count, change_count;
  uint64_t rounds;
} dlc_rows;

#endif /* DLC_COMPILER_TARGET_ROWS_H */
