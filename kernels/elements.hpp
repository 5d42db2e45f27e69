// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace aiops::kernels {

// A pointer to numbers whose type is known at run time: fp32, or bf16 on devices. Counts elements.
class Elements {
 public:
  Elements() = default;
  Elements(void* first, std::int64_t bytes_each)
      : first_(static_cast<unsigned char*>(first)), bytes_(bytes_each) {}

  Elements operator+(std::int64_t count) const { return {first_ + count * bytes_, bytes_}; }
  operator void*() const { return first_; }
  std::int64_t bytes_each() const { return bytes_; }

 private:
  unsigned char* first_ = nullptr;
  std::int64_t bytes_ = sizeof(float);
};

}  // namespace aiops::kernels
