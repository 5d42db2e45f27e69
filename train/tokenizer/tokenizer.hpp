// SPDX-License-Identifier: Apache-2.0
// BPE, as Hugging Face's tokenizers package reads it: byte-level as GPT-2 made it, or of characters
// with a fallback to bytes as Llama 2 has it.
#pragma once

#include "base/status.hpp"
#include "base/stop.hpp"
#include "base/thread_pool.hpp"
#include "train/tokenizer/added_tokens.hpp"
#include "train/tokenizer/splitter.hpp"
#include "train/tokenizer/word_counts.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aiops::train {

// The most that a tokenizer.json may have.
inline constexpr std::uint64_t kMostTokenizer = 256u << 20;

class Tokenizer {
 public:
  // Learns merges from text until `vocab_size` (256 bytes + special tokens at least), in the order
  // that learn_merges() (bpe_learner.hpp) tells. `special_tokens` get the first ids.
  static Tokenizer learn(std::span<const std::string_view> texts, std::int64_t vocab_size,
                         std::span<const std::string> special_tokens, ThreadPool& threads,
                         Status& status, const StopFlag& stop, Splitter splitter = Splitter::gpt2);
  static Tokenizer learn(const WordCounts& words, std::int64_t vocab_size,
                         std::span<const std::string> special_tokens, Status& status,
                         const StopFlag& stop);
  // The smallest vocabulary that may be learnt. Throws Error{usage} when a special token is no text
  // or is there twice.
  static std::int64_t least_vocabulary(std::span<const std::string> special_tokens);
  // Reads tokenizer.json: BPE of the families that splitter.hpp and components.hpp name.
  // Refuses others with an Error{failed} naming the component.
  static Tokenizer from_json(std::string_view bytes, std::string_view what);
  // The same with the ranks of the merges, where their order does not say them: several that make
  // one token may count as equally early, as in a vocabulary with scores.
  static Tokenizer from_json(std::string_view bytes, std::string_view what,
                             std::span<const std::uint32_t> ranks);

  // tokenizer.json: the bytes that it was read from, or what the tokenizers package accepts and
  // always the same bytes for what was learnt.
  std::string to_json() const;
  std::int64_t vocab_size() const;
  std::int64_t id_of(std::string_view special_token) const;  // -1 when unknown

  // What the tokenizer wants around a text (Llama 3's begin of text). encode() leaves it to the
  // caller: a document in a stream or a rendered chat has its own.
  std::span<const std::int32_t> before() const;
  std::span<const std::int32_t> after() const;

  // True when a text may be encoded in stretches that safe_cut() of splitter.hpp ends.
  bool allows_cuts() const;
  // Where a text may be cut near `at`, for any tokenizer: what follows is to be encoded with
  // Begin::inside. The text's size when there is no such place.
  std::size_t safe_cut(std::string_view text, std::size_t at) const;

  // Special tokens written in the text are recognised, as Hugging Face does. Bytes that are not
  // UTF-8 are kept as they are.
  std::vector<std::int32_t> encode(std::string_view text) const;
  std::string decode(std::span<const std::int32_t> ids) const;
  // The bytes of one token: what a stream prints; may be part of a UTF-8 character.
  std::string bytes_of(std::int32_t id) const;
  bool is_special(std::int32_t id) const;

  // Encodes many texts: remembers the pieces it has seen. One thread each; keep the Tokenizer
  // alive.
  class Encoder;
  class Decoder;

 private:
  struct State;
  friend class TokenizerReader;
  explicit Tokenizer(std::shared_ptr<const State> state) : state_(std::move(state)) {}
  std::shared_ptr<const State> state_;
};

// Whether a text begins here, or goes on after a safe cut.
enum class Begin { text, inside };

class Tokenizer::Encoder {
 public:
  explicit Encoder(const Tokenizer& tokenizer, SpecialTokens special = SpecialTokens::recognise);
  ~Encoder();
  Encoder(Encoder&&) noexcept;
  // Appends the tokens of `text` to `ids`.
  void encode(std::string_view text, std::vector<std::int32_t>& ids, Begin begin = Begin::text);

 private:
  struct Cache;
  std::unique_ptr<Cache> cache_;
};

// Whether the spellings of special tokens become part of a decoded text.
enum class ShowSpecial { yes, no };

// Decodes ids that come one by one.
class Tokenizer::Decoder {
 public:
  explicit Decoder(const Tokenizer& tokenizer, ShowSpecial special = ShowSpecial::yes)
      : tokenizer_(tokenizer), special_(special) {}
  // Appends the bytes of a token to `text`.
  void decode(std::int32_t id, std::string& text);

 private:
  Tokenizer tokenizer_;
  ShowSpecial special_;
  bool begun_ = false;
};

}  // namespace aiops::train
