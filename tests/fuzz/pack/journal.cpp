// SPDX-License-Identifier: Apache-2.0
#include "pack/journal.hpp"

#include "tests/fuzz/harness.hpp"
#include "tests/fuzz/scratch_file.hpp"

// What an earlier process wrote beside an unfinished blob, damaged in any way behind its header:
// no claim about more than the blob, and no hash of more bytes than it has. The states are tried
// with a right check too, which chance would not find.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace aiops::pack;
  const std::string text(aiops::fuzz::text_of(data, size));
  const aiops::fuzz::ScratchFile file("");
  const Descriptor blob{"x/y", aiops::sha256_of("x"), 1 << 20, {}, {}};
  constexpr std::size_t kSegments = 8;
  {
    Journal journal(file.path(), blob, kSegments, "boot");
    journal.claim(0);
  }
  aiops::fuzz::fill(file.path(), aiops::read_file(file.path()).substr(0, 512) + text);
  aiops::fuzz::refuses_politely([&] {
    Journal journal(file.path(), blob, kSegments, "boot");
    const auto claims = journal.read();
    if (!claims || !claims->this_boot || claims->segments.size() != kSegments) __builtin_trap();
    if (claims->prefix && claims->prefix->size() > blob.size) __builtin_trap();
    journal.save(aiops::Hasher());
    journal.claim(kSegments - 1);
    if (!journal.read()->segments.back()) __builtin_trap();
  });
  return aiops::fuzz::refuses_politely([&] {
    const std::string line = text.substr(0, text.find('\n')) + " ";
    auto state =
        aiops::Hasher::restore(line + std::string(aiops::sha256_of(line).hex().substr(0, 16)));
    if (!state) return;
    state->update("more");
    state->finish();
  });
}
