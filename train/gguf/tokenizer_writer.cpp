// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "base/json.hpp"
#include "train/gguf/scores.hpp"
#include "train/gguf/tokenizer.hpp"
#include "train/tokenizer/byte_alphabet.hpp"
#include "train/tokenizer/components.hpp"
#include "train/tokenizer/families.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace aiops::train {
namespace {

using Merges = std::vector<std::pair<std::string, std::string>>;

// Whether looking a piece up whole, before any merge, finds nothing that merges do not make.
bool merges_reach_all(const Tokenizer& tokenizer, Splitter splitter) {
  Tokenizer::Encoder encoder(tokenizer, SpecialTokens::literal);
  std::vector<std::int32_t> ids;
  for (std::int32_t id = 0; id < tokenizer.vocab_size(); ++id) {
    const std::string bytes = tokenizer.bytes_of(id);
    if (bytes.empty() || piece_end(splitter, bytes, 0) != bytes.size()) continue;
    ids.clear();
    encoder.encode(bytes, ids);
    if (ids.size() > 1) return false;
  }
  return true;
}

class VocabularyWriter {
 public:
  VocabularyWriter(GgufWriter& writer, const Tokenizer& tokenizer, const ModelConfig& config)
      : writer_(writer),
        tokenizer_(tokenizer),
        config_(config),
        root_(parse_json(tokenizer.to_json(), "the tokenizer", {256u << 20, 64})),
        components_(read_components(root_, "the tokenizer")) {}

  void write() {
    read_tokens();
    if (components_.alphabet == Alphabet::bytes)
      write_byte_level();
    else
      write_scored();
    write_id("bos_token_id", config_.bos_token_id);
    write_id("eos_token_id", config_.eos_token_id);
    if (!config_.other_eos_token_ids.empty())
      write_id("eot_token_id", config_.other_eos_token_ids.front());
    writer_.put_truth("tokenizer.ggml.add_bos_token",
                      stands_around(tokenizer_.before(), config_.bos_token_id, "before"));
    if (stands_around(tokenizer_.after(), config_.eos_token_id, "after"))
      writer_.put_truth("tokenizer.ggml.add_eos_token", true);
  }

 private:
  [[noreturn]] static void refuse(const std::string& why) {
    throw Error(ExitCode::failed, "GGUF has no word for this tokenizer: " + why,
                "export it with --format hf");
  }

  const Json& model() const { return json_member(root_, "model"); }

  // Of what a tokenizer puts around a text, GGUF can say only that it is the model's own token.
  static bool stands_around(std::span<const std::int32_t> tokens, std::int64_t own,
                            const std::string& where) {
    if (tokens.empty()) return false;
    if (tokens.size() != 1 || tokens[0] != own)
      refuse("what it puts " + where + " a text is not the model's token for that");
    return true;
  }

  void put(const Json& id, const std::string& text, GgufTokenType type) {
    const auto at = whole_number<std::uint64_t>(id);
    if (at >= texts_.size()) refuse("it has more tokens than the model");
    texts_[at] = text;
    types_[at] = type;
  }

  void read_tokens() {
    texts_.resize(static_cast<std::size_t>(config_.vocab_size));
    types_.assign(texts_.size(), GgufTokenType::unused);
    for (std::size_t id = 0; id < texts_.size(); ++id)
      texts_[id] = "[PAD" + std::to_string(id) + "]";
    for (const auto& [text, id] : json_member(model(), "vocab").items())
      put(id, text, GgufTokenType::normal);
    for (const Json& token : json_member(root_, "added_tokens")) {
      const auto text = json_member(token, "content").get<std::string>();
      for (const char* key : {"lstrip", "rstrip", "single_word"})
        if (json_is_true(json_member(token, key)))
          refuse("the added token '" + text + "' has " + key);
      put(json_member(token, "id"), text,
          json_is_true(json_member(token, "special")) ? GgufTokenType::control
                                                      : GgufTokenType::user_defined);
    }
    for (const Json& merge : json_member(model(), "merges")) {
      if (!merge.is_string()) {
        merges_.emplace_back(merge[0].get<std::string>(), merge[1].get<std::string>());
        continue;
      }
      const auto text = merge.get<std::string>();
      const std::size_t space = text.find(' ');
      merges_.emplace_back(text.substr(0, space), text.substr(space + 1));
    }
  }

  void put_tokens(const char* kind, std::string_view splitter) {
    writer_.put_text("tokenizer.ggml.model", kind);
    writer_.put_text("tokenizer.ggml.pre", splitter);
    writer_.put_texts("tokenizer.ggml.tokens", texts_);
    std::vector<std::int32_t> types;
    for (const GgufTokenType type : types_) types.push_back(static_cast<std::int32_t>(type));
    writer_.put_integers("tokenizer.ggml.token_type", types);
    const Json& unknown = json_member(model(), "unk_token");
    if (unknown.is_string())
      if (const auto found = std::ranges::find(texts_, unknown.get<std::string>());
          found != texts_.end())
        write_id("unknown_token_id", found - texts_.begin());
  }

  void write_byte_level() {
    const SplitterFamily& family = family_of(components_.splitter);
    if (family.nfc != (components_.normalization == Normalization::nfc)) refuse("its normalizer");
    const bool whole_pieces = json_is_true(json_member(model(), "ignore_merges"));
    if (whole_pieces != family.whole_pieces &&
        (whole_pieces || !merges_reach_all(tokenizer_, family.splitter)))
      refuse("its ignore_merges");
    put_tokens("gpt2", family.gguf);
    std::vector<std::string> merges;
    for (const auto& [left, right] : merges_) merges.push_back(left + " " + right);
    writer_.put_texts("tokenizer.ggml.merges", merges);
  }

  void write_scored() {
    const bool prefix = components_.mark_before == MarkBefore::each;
    const bool is_llama2 = components_.marks == Marks::by_normalizer &&
                           components_.marks_for_spaces && components_.splitter == Splitter::whole;
    if (!is_llama2)
      refuse("it puts U+2581 elsewhere than after each special token, where GGUF readers do");
    if (components_.decoder_drops_space != prefix) refuse("its decoder");
    type_bytes();
    std::vector<std::size_t> ids;
    std::vector<std::string> pieces;
    for (std::size_t id = 0; id < texts_.size(); ++id)
      if (types_[id] == GgufTokenType::normal) {
        ids.push_back(id);
        pieces.push_back(texts_[id]);
      }
    const auto found = scores_of_merges(pieces, merges_);
    if (!found) refuse("no scores of tokens give its merges");
    std::vector<float> scores(texts_.size(), 0);
    for (std::size_t i = 0; i < ids.size(); ++i) scores[ids[i]] = (*found)[i];
    put_tokens("llama", "default");
    writer_.put_numbers("tokenizer.ggml.scores", scores);
    writer_.put_truth("tokenizer.ggml.add_space_prefix", prefix);
  }

  // The tokens of bytes, and the one for what has none.
  void type_bytes() {
    const Json& unknown = json_member(model(), "unk_token");
    const bool falls_back = json_is_true(json_member(model(), "byte_fallback"));
    std::size_t bytes = 0;
    for (std::size_t id = 0; id < texts_.size(); ++id) {
      if (unknown.is_string() && texts_[id] == unknown.get_ref<const std::string&>())
        types_[id] = GgufTokenType::unknown;
      if (!falls_back || !byte_of_spelling(texts_[id])) continue;
      types_[id] = GgufTokenType::byte;
      ++bytes;
    }
    if (bytes < 256 && !json_is_true(json_member(model(), "fuse_unk")))
      refuse("characters without a token become one unknown token each");
  }

  void write_id(const char* name, std::int64_t id) {
    if (id >= 0)
      writer_.put_unsigned(std::string("tokenizer.ggml.") + name, static_cast<std::uint32_t>(id));
  }

  GgufWriter& writer_;
  const Tokenizer& tokenizer_;
  const ModelConfig& config_;
  Json root_;
  Components components_;
  std::vector<std::string> texts_;
  std::vector<GgufTokenType> types_;
  Merges merges_;
};

}  // namespace

void put_tokenizer(GgufWriter& writer, const Tokenizer& tokenizer, const ModelConfig& config) {
  VocabularyWriter(writer, tokenizer, config).write();
}

}  // namespace aiops::train
