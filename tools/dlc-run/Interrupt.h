// Interrupt.h - Ctrl-C, taken as a wish to stop after the current step.
// SPDX-License-Identifier: Apache-2.0
//
// The first SIGINT, SIGTERM or SIGHUP raises a flag that loops read; so does, where that is wanted, a write to a pipe that
// nobody reads any more. A second Ctrl-C ends the process at once; the others may come twice by themselves (a
// terminal that closes sends SIGHUP, and so does its shell).
#ifndef DLC_RUN_INTERRUPT_H
#define DLC_RUN_INTERRUPT_H

namespace dlc::run {

/// From now on the first signal raises the flag. SIGHUP stays ignored where it is (nohup).
void catchInterrupts();
/// The same for a pipe that is closed: what is trained shall not be lost. Otherwise it ends the process, as it does others
/// (`| head`).
void catchClosedPipes();

/// 0 until a signal came.
const volatile int *interrupted();

/// The exit code of a run that a signal ended.
inline constexpr int interruptedExitCode = 130;

} // namespace dlc::run

#endif // DLC_RUN_INTERRUPT_H
