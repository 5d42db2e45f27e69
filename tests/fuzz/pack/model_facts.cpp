// SPDX-License-Identifier: Apache-2.0
#include "pack/model_facts.hpp"

#include "tests/fuzz/harness.hpp"
#include "tests/fuzz/scratch_file.hpp"

// What a directory's own files say of a model: the input as its config.json and as its README.md.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace aiops;
  const fuzz::ScratchFile file(fuzz::text_of(data, size));
  return fuzz::refuses_politely([&] {
    SilentStatus status;
    for (const char* name : {"config.json", "README.md"})
      (void)pack::gather_facts({{name, file.path(), pack::FileKind::config, size}}, status);
  });
}
