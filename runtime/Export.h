// Export.h - what the runtime library exports.
// SPDX-License-Identifier: Apache-2.0
//
// The library is built with hidden visibility; DLC_API marks what programs may use.
#ifndef DLC_RUNTIME_EXPORT_H
#define DLC_RUNTIME_EXPORT_H

#if defined(__GNUC__)
#define DLC_API __attribute__((visibility("default")))
#else
#define DLC_API
#endif

#endif // DLC_RUNTIME_EXPORT_H
