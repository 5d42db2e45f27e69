// SPDX-License-Identifier: Apache-2.0
// Runs one harness over its seeds, where there is no libFuzzer: every file of the directory named
// by the argument, in order.
#include "base/file.hpp"
#include "tests/fuzz/harness.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <vector>

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  std::vector<std::filesystem::path> seeds;
  for (const auto& entry : std::filesystem::directory_iterator(argv[1])) seeds.push_back(entry);
  std::sort(seeds.begin(), seeds.end());
  for (const auto& seed : seeds) {
    std::printf("%s\n", seed.filename().c_str());
    std::fflush(stdout);  // the last name before a crash is the seed that crashes
    const std::string bytes = aiops::read_file(seed);
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  }
  return seeds.empty() ? 1 : 0;
}
