// SPDX-License-Identifier: Apache-2.0
// The machine code of one architecture: what each kernel needs, and which instructions it has.
//
// A cubin is an ELF file. `.text.KERNEL` holds instructions of 16 bytes whose lowest 12 bits say
// which one it is; `.nv.info` holds what the driver must know, `.nv.shared.KERNEL` is as large as
// the static shared memory. NVIDIA documents none of this: only what is listed in cubin.cpp is
// read, only in our own kernels, and only to be compared with what it was before.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace aiops::simt {

struct MachineCode {
  std::string kernel;  // as kernel_name() has it
  unsigned registers = 0;
  unsigned stack = 0;          // bytes of a thread in local memory
  unsigned static_shared = 0;  // bytes of a block
  std::size_t instructions = 0;
  std::map<std::string, std::size_t> counts;  // of the instructions that cubin.cpp knows

  std::size_t count(const std::string& name) const {
    const auto found = counts.find(name);
    return found == counts.end() ? 0 : found->second;
  }
};

struct Cubin {
  unsigned architecture = 0;  // 80, 90, …
  std::vector<MachineCode> kernels;
};

Cubin read_cubin(std::string_view elf);

}  // namespace aiops::simt
