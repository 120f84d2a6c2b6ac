// Interrupt.cpp - Ctrl-C, taken as a wish to stop after the current step.
// SPDX-License-Identifier: Apache-2.0
//
// See Interrupt.h. The handler does nothing that a signal handler may not.
#include "tools/dlc-run/Interrupt.h"

#include <csignal>
#include <unistd.h>

namespace dlc::run {

static volatile int flag = 0;

static void onSignal(int signal) {
  if (flag && signal == SIGINT)
    ::_exit(interruptedExitCode);
  flag = 1;
}

static void watch(int signal) {
  struct sigaction action = {};
  action.sa_handler = onSignal;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  ::sigaction(signal, &action, nullptr);
}

void catchInterrupts() {
  watch(SIGINT);
  watch(SIGTERM);
  struct sigaction before;
  if (::sigaction(SIGHUP, nullptr, &before) == 0 && before.sa_handler != SIG_IGN)
    watch(SIGHUP);
}

void catchClosedPipes() { watch(SIGPIPE); }

const volatile int *interrupted() { return &flag; }

} // namespace dlc::run
