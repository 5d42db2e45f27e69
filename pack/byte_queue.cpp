// SPDX-License-Identifier: Apache-2.0
#include "pack/byte_queue.hpp"

namespace aiops::pack {
namespace {

constexpr std::size_t kMostBlocks = 4;

}  // namespace

bool ByteQueue::put(std::span<const std::byte> bytes) {
  if (bytes.empty()) return true;  // an empty block means the end
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return blocks_.size() < kMostBlocks || abandoned_; });
  if (abandoned_) return false;
  blocks_.emplace_back(bytes.begin(), bytes.end());
  changed_.notify_all();
  return true;
}

void ByteQueue::finish() {
  const std::lock_guard lock(mutex_);
  finished_ = true;
  changed_.notify_all();
}

void ByteQueue::fail(std::exception_ptr failure) {
  const std::lock_guard lock(mutex_);
  failure_ = std::move(failure);
  finished_ = true;
  changed_.notify_all();
}

std::vector<std::byte> ByteQueue::get() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !blocks_.empty() || finished_; });
  if (failure_) std::rethrow_exception(failure_);
  if (blocks_.empty()) return {};
  auto block = std::move(blocks_.front());
  blocks_.pop_front();
  changed_.notify_all();
  return block;
}

void ByteQueue::abandon() {
  const std::lock_guard lock(mutex_);
  abandoned_ = true;
  changed_.notify_all();
}

}  // namespace aiops::pack
