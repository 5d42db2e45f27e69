// SPDX-License-Identifier: Apache-2.0
// NVML, which comes with the driver: the driver's own version, clocks, energy, and free memory
// without a context of CUDA. Toolkits made of Python wheels lack its header, so what is used of it
// is declared here (NVML API Reference).
#pragma once

#include "kernels/cuda/plugin/library.hpp"

#include <cstdint>

namespace aiops::kernels::cuda {

struct Nvml {
  using Device = void*;
  enum Clock : unsigned { graphics = 0, sm = 1, memory = 2 };

  explicit Nvml(std::string_view dirs);  // throws Error{no_gpu} when it does not start either
  const std::string& path() const { return library_.path(); }
  std::string version() const;
  std::string driver_version() const;
  // 0 when it does not say. `pci` is "0000:01:00.0".
  int clock_now(const char* pci, Clock clock) const;  // megahertz
  std::uint64_t free_memory(const char* pci) const;
  // AIOPS_NOT_TOLD when it does not say.
  std::uint64_t energy_mj(const char* pci) const;
  std::uint64_t throttle_reasons(const char* pci) const;

 private:
  using Text = int(char*, unsigned);
  using ClockOf = int(Device, unsigned, unsigned*);
  using Number = int(Device, unsigned long long*);
  std::uint64_t number(Number* of, const char* pci) const;
  struct Memory {  // nvmlMemory_t
    unsigned long long total, free, used;
  };

  Library library_;
  int (*start_)() = nullptr;
  Text* version_ = nullptr;
  Text* driver_version_ = nullptr;
  int (*find_)(const char*, Device*) = nullptr;
  ClockOf* now_ = nullptr;
  int (*memory_)(Device, Memory*) = nullptr;
  Number* energy_ = nullptr;
  Number* throttling_ = nullptr;
};

}  // namespace aiops::kernels::cuda
