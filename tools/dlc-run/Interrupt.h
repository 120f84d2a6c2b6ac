// Interrupt.h - Ctrl-C, taken as a wish to stop after the current step.
// SPDX-License-Identifier: Apache-2.0
//
// The first SIGINT or SIGTERM raises a flag that the training loop reads; the second ends the process at
// once.
#ifndef DLC_RUN_INTERRUPT_H
#define DLC_RUN_INTERRUPT_H

namespace dlc::run {

/// From now on the first signal raises the flag.
void catchInterrupts();

/// 0 until a signal came.
const volatile int *interrupted();

/// The exit code of a run that a signal ended.
inline constexpr int interruptedExitCode = 130;

} // namespace dlc::run

#endif // DLC_RUN_INTERRUPT_H
