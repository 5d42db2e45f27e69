// SPDX-License-Identifier: Apache-2.0
#include "train/tokenizer/tokenizer.hpp"

#include "tests/fuzz/harness.hpp"
#include "tests/fuzz/train/stretches.hpp"

// A tokenizer.json that is accepted must encode any text, in stretches as in one, and what it
// writes of itself must be accepted too.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using aiops::train::Tokenizer;
  return aiops::fuzz::refuses_politely([&] {
    const Tokenizer tokenizer = Tokenizer::from_json(aiops::fuzz::text_of(data, size), "input");
    const std::string_view text = "Hello, wörld!  12 3\n\t<|endoftext|>ll\nlo\n1\n!?";
    const auto ids = tokenizer.encode(text);
    if (aiops::fuzz::encode_in_stretches(tokenizer, text) != ids) __builtin_trap();
    for (const std::int32_t id : ids)
      if (id < 0 || id >= tokenizer.vocab_size()) __builtin_trap();
    (void)tokenizer.decode(ids);
    const std::string json = tokenizer.to_json();
    if (Tokenizer::from_json(json, "output").to_json() != json) __builtin_trap();
  });
}
