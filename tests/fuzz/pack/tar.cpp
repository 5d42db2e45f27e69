// SPDX-License-Identifier: Apache-2.0
#include "pack/tar.hpp"

#include "base/fd.hpp"
#include "tests/fuzz/harness.hpp"

#include <sys/mman.h>

// Entries of an archive are read in place: every one must lie inside the file.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const aiops::Fd fd(::memfd_create("tar", 0));
  aiops::write_fully(fd.get(), std::as_bytes(std::span(data, size)), "memory");
  return aiops::fuzz::refuses_politely([&] {
    for (const auto& [name, entry] :
         aiops::pack::list_tar("/proc/self/fd/" + std::to_string(fd.get())))
      if (name.empty() || entry.size > size || entry.offset > size - entry.size) __builtin_trap();
  });
}
