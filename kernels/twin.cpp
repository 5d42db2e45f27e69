// SPDX-License-Identifier: Apache-2.0
#include "kernels/twin.hpp"

namespace aiops::kernels {

namespace {

Arena memory_of(Backend& backend, std::uint64_t floats, Twin::Of of, const Arena& here) {
  switch (of) {
    case Twin::Of::parameters:
      return backend.parameter_memory(floats);
    case Twin::Of::frozen:
      return backend.frozen_memory(floats, here);
    case Twin::Of::state:
      break;
  }
  return backend.memory(floats);
}

}  // namespace

Twin::Twin(Backend& backend, std::uint64_t floats, Of of)
    : backend_(&backend),
      here_(backend.is_host() ? Arena() : backend.host_memory(floats)),
      there_(memory_of(backend, floats, of, here_)) {}

void Twin::for_host() {
  if (backend_ == nullptr || backend_->is_host() || there_.size() == 0) return;
  const bool only_reads = backend_->is_taking_snapshot();
  if (!only_reads) backend_->await_snapshot();
  const std::uint64_t updates = backend_->updates_of(there_.data());
  if (updates != seen_updates_) {
    backend_->download(there_, here_);
    host_may_have_written_ = false;
  }
  seen_updates_ = updates;
  if (!only_reads) host_may_have_written_ = true;
}

void Twin::for_operators() {
  if (backend_ == nullptr || backend_->is_host() || there_.size() == 0) return;
  // An update after the host looked is the newer side.
  if (host_may_have_written_ && backend_->updates_of(there_.data()) == seen_updates_)
    backend_->upload(here_, there_);
  host_may_have_written_ = false;
}

}  // namespace aiops::kernels
