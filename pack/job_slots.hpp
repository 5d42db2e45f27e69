// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace aiops::pack {

// The jobs of one command that have nothing to do. Whoever moves a large blob may take them for
// more parts of it; so the connections of a command are never more than its --jobs.
class JobSlots : public std::enable_shared_from_this<JobSlots> {
 public:
  // A job taken; given back at the end of the scope.
  class Lease {
   public:
    explicit Lease(std::shared_ptr<JobSlots> slots) : slots_(std::move(slots)) {}
    Lease(Lease&&) = default;
    Lease& operator=(Lease&& other) noexcept {
      std::swap(slots_, other.slots_);
      return *this;
    }
    ~Lease() {
      if (slots_) slots_->release();
    }

   private:
    std::shared_ptr<JobSlots> slots_;
  };

  explicit JobSlots(std::size_t idle) : idle_(idle) {}

  void release() {
    const std::lock_guard lock(mutex_);
    ++idle_;
  }
  std::optional<Lease> try_take() {
    const std::lock_guard lock(mutex_);
    if (idle_ == 0) return std::nullopt;
    --idle_;
    return Lease(shared_from_this());
  }

 private:
  std::mutex mutex_;
  std::size_t idle_;
};

}  // namespace aiops::pack
