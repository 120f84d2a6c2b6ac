/* rows.c - writes out the tables that a library has in a shorter form (rows.h).
 * SPDX-License-Identifier: Apache-2.0
 *
 * Compiled as support.c is, and carried inside dlc; part of those libraries that have such tables.
 */
#include "compiler/target/rows.h"

/* Writes a text whose number at `digits` is so much larger; returns what follows its end. */
static char *write_text(char *to, const char *text, uint32_t digits, uint64_t more) {
  const char *rest = text + digits;
  uint64_t number = 0;
  for (; *rest >= '0' && *rest <= '9'; ++rest)
    number = 10 * number + (uint64_t)(*rest - '0');
  number += more;
  while (digits--)
    *to++ = *text++;
  uint64_t unit = 1;
  while (number / unit >= 10)
    unit *= 10;
  for (; unit; unit /= 10)
    *to++ = (char)('0' + number / unit % 10);
  while ((*to++ = *rest++))
    ;
  return to;
}

/* The first of those that call at once writes, the others wait. `texts`: memory for all texts that change. `state`: 0 before,
 * 1 meanwhile, 2 when all is written. */
__attribute__((visibility("hidden"))) void dlc_write_rows(const dlc_rows *rows, uint64_t count, char *texts,
                                                          uint32_t *state) {
  enum { UNTOUCHED, BEGUN, WRITTEN };
  uint32_t found = UNTOUCHED;
  if (!__atomic_compare_exchange_n(state, &found, BEGUN, 0, __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE)) {
    while (__atomic_load_n(state, __ATOMIC_ACQUIRE) != WRITTEN)
      __builtin_ia32_pause();
    return;
  }
  for (const dlc_rows *each = rows; each != rows + count; ++each)
    for (uint64_t round = 0, *to = each->to; round < each->rounds; ++round, to += each->word_count) {
      for (uint32_t i = 0; i < each->word_count; ++i)
        to[i] = each->first[i];
      for (uint32_t i = 0; i < each->change_count; ++i) {
        const dlc_row_change *change = &each->changes[i];
        uint64_t *word = &to[change->word], more = round * (uint64_t)change->by;
        if (!change->digits) {
          *word += more;
          continue;
        }
        const char *text = (const char *)*word;
        *word = (uint64_t)texts;
        texts = write_text(texts, text, change->digits - 1, more);
      }
    }
  __atomic_store_n(state, WRITTEN, __ATOMIC_RELEASE);
}
