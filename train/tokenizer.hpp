// SPDX-License-Identifier: Apache-2.0
// Byte-level BPE, as GPT-2 made it and Hugging Face's tokenizers package reads it.
#pragma once

#include "base/status.hpp"
#include "base/stop.hpp"
#include "base/thread_pool.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aiops::train {

class Tokenizer {
 public:
  // Learns merges from text until `vocab_size` (256 bytes + special tokens at least).
  // Deterministic: ties go to the pair that comes first in (left text, right text) order.
  // `special_tokens` get the first ids.
  static Tokenizer learn(std::span<const std::string_view> texts, std::int64_t vocab_size,
                         std::span<const std::string> special_tokens, ThreadPool& threads,
                         Status& status, const StopFlag& stop);
  // Reads tokenizer.json (BPE, byte-level, GPT-2 splitter). Refuses others with an Error{failed}
  // naming the component.
  static Tokenizer from_json(std::string_view bytes, std::string_view what);

  std::string to_json()
      const;  // tokenizer.json, accepted by the tokenizers package; deterministic bytes
  std::int64_t vocab_size() const;
  std::int64_t id_of(std::string_view special_token) const;  // -1 when unknown

  // Special tokens written in the text are recognised, as Hugging Face does.
  std::vector<std::int32_t> encode(std::string_view text) const;
  std::string decode(std::span<const std::int32_t> ids) const;
  // The bytes of one token: what a stream prints; may be part of a UTF-8 character.
  std::string bytes_of(std::int32_t id) const;

  // Encodes many texts: remembers the pieces it has seen. One thread each; keep the Tokenizer
  // alive.
  class Encoder;

 private:
  struct State;
  friend class TokenizerReader;
  explicit Tokenizer(std::shared_ptr<const State> state) : state_(std::move(state)) {}
  std::shared_ptr<const State> state_;
};

// What a special token's spelling inside a text means: foreign text must not end a document.
enum class SpecialTokens { recognise, literal };

class Tokenizer::Encoder {
 public:
  explicit Encoder(const Tokenizer& tokenizer, SpecialTokens special = SpecialTokens::recognise);
  ~Encoder();
  Encoder(Encoder&&) noexcept;
  // Appends the tokens of `text` to `ids`.
  void encode(std::string_view text, std::vector<std::int32_t>& ids);

 private:
  struct Cache;
  std::unique_ptr<Cache> cache_;
};

}  // namespace aiops::train
