/* support.c - memcpy and the like for compiled models, so that they need no libc.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Compiled with -ffreestanding -fno-builtin into one object that dlc carries inside itself. LLVM may call these four
 * at any time, whatever it is told about the library. */
#include <stddef.h>
#define HIDDEN __attribute__((visibility("hidden")))
HIDDEN void *memcpy(void *restrict d, const void *restrict s, size_t n) {
  void *r = d;
  __asm__ volatile("rep movsb" : "+D"(d), "+S"(s), "+c"(n)::"memory");
  return r;
}
HIDDEN void *memset(void *d, int c, size_t n) {
  void *r = d;
  __asm__ volatile("rep stosb" : "+D"(d), "+c"(n) : "a"(c) : "memory");
  return r;
}
HIDDEN void *memmove(void *d, const void *s, size_t n) {
  char *a = d;
  const char *b = s;
  if ((size_t)(a - b) >= n)
    return memcpy(d, s, n);
  while (n--)
    a[n] = b[n];
  return d;
}
HIDDEN int memcmp(const void *x, const void *y, size_t n) {
  const unsigned char *a = x, *b = y;
  for (size_t i = 0; i < n; ++i)
    if (a[i] != b[i])
      return a[i] - b[i];
  return 0;
}
