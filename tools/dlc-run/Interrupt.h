// Interrupt.h - Ctrl-C, taken as a wish to stop after the current step.
// SPDX-License-Identifier: Apache-2.0
//
// The first SIGINT, SIGTERM or SIGHUP, or a write to a pipe that nobody reads any more, raises a flag that the
// training loop reads. A second Ctrl-C ends the process at once; the others may come twice by themselves (a
// terminal that closes sends SIGHUP, and so does its shell).
#ifndef DLC_RUN_INTERRUPT_H
#define DLC_RUN_INTERRUPT_H

namespace dlc::run {

/// From now on the first signal raises the flag. SIGHUP stays ignored where it is (nohup).
void catchInterrupts();

/// 0 until a signal came.
const volatile int *interrupted();

/// The exit code of a run that a signal ended.
inline constexpr int interruptedExitCode = 130;

} // namespace dlc::run

#endif // DLC_RUN_INTERRUPT_H
