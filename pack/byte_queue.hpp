// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <mutex>
#include <span>
#include <vector>

namespace aiops::pack {

// Bytes from a thread that pushes to a thread that pulls, a few blocks at most in between.
class ByteQueue {
 public:
  // Waits while full. Returns false once the reader has gone: nobody wants more.
  bool put(std::span<const std::byte> bytes);
  void finish();                          // no more bytes
  void fail(std::exception_ptr failure);  // get() throws it
  // The next block, empty at the end.
  std::vector<std::byte> get();
  void abandon();  // the reader goes

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::vector<std::byte>> blocks_;
  bool finished_ = false;
  bool abandoned_ = false;
  std::exception_ptr failure_;
};

}  // namespace aiops::pack
