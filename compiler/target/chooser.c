/* chooser.c - which of several targets' code the processor runs.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Linked into libraries that are compiled for several targets. The processor is asked (cpuid), and the system (xgetbv: does it
 * save the wide registers), once when the library is opened.
 */
#include <cpuid.h>

static int all(unsigned word, const unsigned char *bits, int count) {
  for (int i = 0; i < count; ++i)
    if (!(word >> bits[i] & 1))
      return 0;
  return 1;
}

/* Of x86-64's levels: 4, 3, or 0 for what is below. */
__attribute__((visibility("hidden"))) int dlc_processor_level(void) {
  static const unsigned char ofLeaf1C[] = {12, 22, 27, 28, 29}; /* fma movbe osxsave avx f16c */
  static const unsigned char ofLeaf7B[] = {3, 5, 8};            /* bmi avx2 bmi2 */
  static const unsigned char wide[] = {16, 17, 28, 30, 31};     /* avx512 f dq cd bw vl */
  unsigned a, b, c, d, saved, high;
  if (!__get_cpuid(1, &a, &b, &c, &d) || !all(c, ofLeaf1C, sizeof ofLeaf1C))
    return 0;
  __asm__ volatile("xgetbv" : "=a"(saved), "=d"(high) : "c"(0));
  if ((saved & 0x06) != 0x06 || !__get_cpuid(0x80000001, &a, &b, &c, &d) || !(c >> 5 & 1)) /* lzcnt */
    return 0;
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || !all(b, ofLeaf7B, sizeof ofLeaf7B))
    return 0;
  return (saved & 0xE6) == 0xE6 && all(b, wide, sizeof wide) ? 4 : 3;
}
