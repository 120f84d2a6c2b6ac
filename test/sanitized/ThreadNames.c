/* ThreadNames.c - what clang's instrumented code calls and g++'s runtime of the thread sanitizer has under other names.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The runtime watches memset and its like themselves. */
#include <string.h>

void *__tsan_memset(void *to, int value, size_t bytes) { return memset(to, value, bytes); }
void *__tsan_memcpy(void *to, const void *from, size_t bytes) { return memcpy(to, from, bytes); }
void *__tsan_memmove(void *to, const void *from, size_t bytes) { return memmove(to, from, bytes); }
