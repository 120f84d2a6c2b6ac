// Loader.cpp - rows made ahead of time, on threads of their own.
// SPDX-License-Identifier: Apache-2.0
//
// See Loader.h.
#include "tools/dlc-run/Loader.h"

#include <algorithm>
#include <csignal>
#include <cstring>
#include <system_error>
#include <utility>

namespace dlc::run {

Loader::Loader(Make make, size_t rowBytes, size_t slots, unsigned threads)
    : make_(std::move(make)), rowBytes_(rowBytes), slots_(std::max<size_t>(slots, 1)), threadCount_(threads) {}

Loader::~Loader() {
  {
    std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wanted_.notify_all();
  for (std::thread &thread : threads_)
    thread.join();
}

void Loader::startThreads() {
  if (!threads_.empty())
    return;
  // A signal is for the main thread, which waits for none of ours for long.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  try {
    while (threads_.size() < threadCount_)
      threads_.emplace_back([this] { work(); });
  } catch (const std::system_error &) { // as many as there are; without any, `copy` makes the rows
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void Loader::expect(std::span<const uint32_t> rows) {
  startThreads();
  std::unique_lock lock(mutex_);
  plan_.clear();
  begun_ = taken_ = 0;
  made_.wait(lock, [&] { return working_ == 0; });
  for (Slot &slot : slots_) {
    slot.ready = false;
    slot.problem = nullptr;
  }
  if (!threads_.empty())
    plan_.assign(rows.begin(), rows.end());
  lock.unlock();
  wanted_.notify_all();
}

void Loader::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    wanted_.wait(lock, [&] { return ending_ || (begun_ < plan_.size() && begun_ < taken_ + slots_.size()); });
    if (ending_)
      return;
    uint32_t row = plan_[begun_];
    Slot &slot = slots_[begun_++ % slots_.size()];
    ++working_;
    lock.unlock();
    std::exception_ptr problem;
    try {
      slot.bytes.resize(rowBytes_);
      make_(row, slot.bytes.data());
    } catch (...) {
      problem = std::current_exception();
    }
    lock.lock();
    slot.problem = std::move(problem);
    slot.ready = true;
    --working_;
    made_.notify_all();
  }
}

void Loader::copy(uint32_t row, std::byte *to) {
  std::unique_lock lock(mutex_);
  if (taken_ == plan_.size() || plan_[taken_] != row) {
    lock.unlock();
    return make_(row, to);
  }
  Slot &slot = slots_[taken_ % slots_.size()];
  made_.wait(lock, [&] { return slot.ready; });
  // The slot is no thread's before it counts as taken.
  std::exception_ptr problem = std::exchange(slot.problem, nullptr);
  if (!problem)
    std::memcpy(to, slot.bytes.data(), rowBytes_);
  slot.ready = false;
  ++taken_;
  lock.unlock();
  wanted_.notify_all();
  if (problem)
    std::rethrow_exception(problem);
}

} // namespace dlc::run
