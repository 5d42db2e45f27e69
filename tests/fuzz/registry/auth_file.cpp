// SPDX-License-Identifier: Apache-2.0
#include "registry/credentials.hpp"
#include "tests/fuzz/harness.hpp"
#include "tests/fuzz/scratch_file.hpp"

#include <cstdlib>

// The auth files that docker, podman and others write too. No program is started: the helpers that
// a file names are looked for where there are none. Saving keeps a file readable.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace aiops::registry;
  ::setenv("PATH", "/nonexistent", 1);
  const aiops::fuzz::ScratchFile file(aiops::fuzz::text_of(data, size));
  const AuthFiles files{{file.path()}, file.path()};
  aiops::SilentStatus status;
  for (const char* host : {"registry.example.com:5000", "docker.io"})
    aiops::fuzz::refuses_politely(
        [&] { find_credentials(files, host, "team/model", Purpose::read, status); });
  return aiops::fuzz::refuses_politely([&] {
    save_credentials(files, "new.example.com", {"user", "word", "", "fuzz"});
    const auto found = find_credentials(files, "new.example.com", "", Purpose::write, status);
    if (!found || found->password != "word") __builtin_trap();
    forget_credentials(files, "new.example.com");
  });
}
