// SPDX-License-Identifier: Apache-2.0
// tokenizer_parity TOKENIZER TEXTS IDS [BACK]: encodes each text of TEXTS (a 32-bit length, then
// its bytes) and writes to IDS, for each, the number of its tokens and the tokens, all of 32 bits;
// to BACK what decoding gives, as in TEXTS. TOKENIZER is a tokenizer.json, or a GGUF file, of which
// special tokens in texts are literal. Prints the seconds that encoding took, and the rate in
// millions of bytes a second.
#include "base/file.hpp"
#include "base/time.hpp"
#include "train/model/stored_model.hpp"

#include <cstdio>
#include <cstring>

int main(int argc, char** argv) {
  using namespace aiops;
  if (argc != 4 && argc != 5) return 2;
  const bool is_gguf = std::string_view(argv[1]).ends_with(".gguf");
  const auto tokenizer =
      is_gguf ? train::StoredModel::tokenizer_of(train::ModelFiles::of_file(argv[1]))
              : train::Tokenizer::from_json(read_file(argv[1], train::kMostTokenizer), argv[1]);
  const std::string texts = read_file(argv[2], 4ULL << 30);
  std::vector<std::int32_t> ids;
  ids.reserve(texts.size() / 2);
  const double start = monotonic_seconds();
  train::Tokenizer::Encoder encoder(
      tokenizer, is_gguf ? train::SpecialTokens::literal : train::SpecialTokens::recognise);
  for (std::size_t at = 0; at + 4 <= texts.size();) {
    std::uint32_t size = 0;
    std::memcpy(&size, texts.data() + at, 4);
    const std::size_t count = ids.size();
    ids.push_back(0);
    encoder.encode(std::string_view(texts).substr(at + 4, size), ids);
    ids[count] = static_cast<std::int32_t>(ids.size() - count - 1);
    at += 4 + size;
  }
  const double seconds = monotonic_seconds() - start;
  write_file_atomically(argv[3],
                        {reinterpret_cast<const char*>(ids.data()), ids.size() * sizeof(ids[0])});
  if (argc == 5) {
    std::string back;
    for (std::size_t at = 0; at < ids.size(); at += 1 + static_cast<std::size_t>(ids[at])) {
      const auto text =
          tokenizer.decode(std::span(ids).subspan(at + 1, static_cast<std::size_t>(ids[at])));
      const auto size = static_cast<std::uint32_t>(text.size());
      back.append(reinterpret_cast<const char*>(&size), 4);
      back += text;
    }
    write_file_atomically(argv[4], back);
  }
  std::printf("%.3f %.1f\n", seconds, static_cast<double>(texts.size()) / seconds / 1e6);
}
