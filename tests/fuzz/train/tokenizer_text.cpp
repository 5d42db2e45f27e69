// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/harness.hpp"
#include "tests/fuzz/train/stretches.hpp"
#include "train/tokenizer/families.hpp"
#include "train/tokenizer/tokenizer.hpp"
#include "train/unicode/nfc.hpp"

#include <vector>

// Any text is encoded by each family's splitter, learnt from a little text: every byte comes back
// (of NFC: of the composed text), and a text in stretches, each ended by a safe cut, has the same
// tokens as the whole.
namespace {

using namespace aiops;
using train::Tokenizer;

struct Learnt {
  const train::SplitterFamily* family;
  Tokenizer tokenizer;
};

std::vector<Learnt> learn_all() {
  const std::vector<std::string_view> texts{
      "We'll see 12 12 things, HTMLParser aaaaaaaa aaaa\n\n\n/x/ we'll see caf\u00e9 \u00e9\u0301"};
  const std::vector<std::string> special{"<|endoftext|>"};
  ThreadPool threads(1);
  SilentStatus status;
  std::vector<Learnt> learnt;
  for (const auto& family : train::splitter_families())
    learnt.push_back({&family, Tokenizer::learn(texts, 320, special, threads, status, StopFlag(),
                                                family.splitter)});
  return learnt;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto all = learn_all();
  const std::string_view text = fuzz::text_of(data, size);
  for (const auto& [family, tokenizer] : all) {
    const auto ids = tokenizer.encode(text);
    const std::string back = tokenizer.decode(ids);
    if (family->nfc ? back != train::unicode::to_nfc(text) && text.find('<') == text.npos
                    : back != text)
      __builtin_trap();
    if (fuzz::encode_in_stretches(tokenizer, text) != ids) __builtin_trap();
  }
  return 0;
}
