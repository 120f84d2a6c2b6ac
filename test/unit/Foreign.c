/* Foreign.c - a shared library that is no model; loading it kills the process, so that a test sees that it is not.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>

__attribute__((constructor)) static void onLoad(void) { abort(); }
__attribute__((visibility("default"))) int someFunction(void) { return 1; }
