// SPDX-License-Identifier: Apache-2.0
// BPE, as Hugging Face's tokenizers package reads it: byte-level as GPT-2 made it, or of characters
// with a fallback to bytes as Llama 2 has it.
#pragma once

#include "base/status.hpp"
#include "base/stop.hpp"
#include "base/thread_pool.hpp"
#include "train/tokenizer/added_tokens.hpp"
#include "train/tokenizer/splitter.hpp"

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
                         Status& status, const StopFlag& stop, Splitter splitter = Splitter::gpt2);
  // Reads tokenizer.json: BPE of the families that splitter.hpp and tokenizer_components.hpp name.
  // Refuses others with an Error{failed} naming the component.
  static Tokenizer from_json(std::string_view bytes, std::string_view what);

  // tokenizer.json: the bytes that it was read from, or what the tokenizers package accepts and
  // always the same bytes for what was learnt.
  std::string to_json() const;
  std::int64_t vocab_size() const;
  std::int64_t id_of(std::string_view special_token) const;  // -1 when unknown

  // What the tokenizer wants around a text (Llama 3's begin of text). encode() leaves it to the
  // caller: a document in a stream or a rendered chat has its own.
  std::span<const std::int32_t> before() const;
  std::span<const std::int32_t> after() const;

  // True when a text may be encoded in stretches that safe_cut() ends (splitter.hpp).
  bool allows_cuts() const;

  // Special tokens written in the text are recognised, as Hugging Face does. Bytes that are not
  // UTF-8 are kept as they are.
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
