// SPDX-License-Identifier: Apache-2.0
// Numbers that the host and the operators of a backend both read and write, each on its side: what
// files hold and training changes. On the CPU the two sides are one; on a device they are two
// memories, and what changed on one is copied when the other asks.
#pragma once

#include "kernels/backend.hpp"

namespace aiops::kernels {

class Twin {
 public:
  enum class Of { parameters, frozen, state };  // frozen: parameters that no operator changes

  // Zeros.
  Twin(Backend& backend, std::uint64_t floats, Of of);
  Twin() = default;

  // Where each side has them; who reads or writes asks for his side first, below.
  const Arena& here() const { return backend_ == nullptr || backend_->is_host() ? there_ : here_; }
  const Arena& there() const { return there_; }

  // The host's side is current, and may be written until operators work on theirs. In a snapshot
  // (Backend::snapshot) it will be, and is only read.
  void for_host();
  // The operators' side is current.
  void for_operators();

 private:
  Backend* backend_ = nullptr;
  Arena here_, there_;
  std::uint64_t seen_updates_ = 0;  // of those, the host has the results
  bool host_may_have_written_ = false;
};

}  // namespace aiops::kernels
