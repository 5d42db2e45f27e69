// SPDX-License-Identifier: Apache-2.0
#include "pack/gguf.hpp"
#include "tests/fuzz/harness.hpp"
#include "train/gguf/config.hpp"
#include "train/gguf/tokenizer.hpp"
#include "train/gguf/weights.hpp"

#include <cstring>

// A GGUF file that is accepted as a model has a shape whose size can be computed, fills every
// weight of a model of that shape, and its vocabulary encodes any text. No read may leave the file.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace aiops;
  constexpr std::uint64_t kMostParameters = 1 << 20;
  const pack::ByteSource source{"input", size,
                                [&](std::uint64_t offset, std::span<std::byte> into) {
                                  if (offset > size || into.size() > size - offset)
                                    __builtin_trap();
                                  if (!into.empty())
                                    std::memcpy(into.data(), data + offset, into.size());
                                }};
  return fuzz::refuses_politely([&] {
    const auto header = pack::read_gguf_header(source);
    fuzz::refuses_politely([&] {
      const auto tokenizer = train::read_gguf_tokenizer(source, header);
      (void)tokenizer.encode("Hello, wörld!  12 3\n\t");
    });
    const auto config = train::config_of_gguf(source, header);
    if (config.parameter_count() > kMostParameters) return;
    static ThreadPool threads(1);
    train::Model model(config, threads);
    train::load_gguf_weights(source, header, model, threads);
  });
}
