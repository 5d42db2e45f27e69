// SPDX-License-Identifier: Apache-2.0
#include "base/file.hpp"
#include "pack/digest_memory.hpp"
#include "tests/fuzz/harness.hpp"
#include "tests/fuzz/scratch_file.hpp"

#include <sys/stat.h>

// What lies where digests are remembered, whoever wrote it: nothing is found that was at work when
// it was noted, and what is noted then is found. Lines get a right check too, which chance would
// not find.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace aiops::pack;
  std::string text;
  const auto input = aiops::fuzz::text_of(data, size);
  for (std::size_t at = 0; at < input.size();) {
    const auto end = std::min(input.find('\n', at), input.size());
    const std::string line = std::string(input.substr(at, end - at)) + " ";
    text += line + std::string(aiops::sha256_of(line).hex().substr(0, 16)) + "\n";
    at = end + 1;
  }
  const aiops::fuzz::ScratchFile file(text + std::string(input));
  ::chmod(file.path().c_str(), 0600);
  return aiops::fuzz::refuses_politely([&] {
    FileState state{1, 2, 3, 4'000'000'001, 4'000'000'001, 9'000'000'000};
    DigestMemory memory(file.path());
    (void)memory.find(state);
    const auto digest = aiops::sha256_of("bytes");
    memory.note(state, digest);
    if (memory.find(state) != digest) __builtin_trap();
    state.inode = 7;
    (void)memory.find(state);
  });
}
