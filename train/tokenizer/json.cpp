// SPDX-License-Identifier: Apache-2.0
// tokenizer.json, as Hugging Face's tokenizers package reads and writes it. The reader honours what
// it accepts and refuses the rest by name: a tokenizer that is nearly right is worse than none.
// unk_token stands for bytes without a token (SmolLM2 has none for some control characters);
// fuse_unk and byte_fallback have no effect where every byte has one. truncation and padding are
// passed over, as transformers does unless a caller asks for them.
#include "base/json.hpp"

#include "base/error.hpp"
#include "train/tokenizer/byte_alphabet.hpp"
#include "train/tokenizer/state.hpp"
#include "train/unicode/nfc.hpp"
#include "train/unicode/utf8.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>

namespace aiops::train {
namespace {

constexpr JsonLimits kLimits{kMostTokenizer, 64};
constexpr std::int64_t kMostTokens = 1 << 21;
constexpr std::string_view kMark = "\xE2\x96\x81";  // U+2581

std::string marks_to_spaces(std::string text) {
  for (std::size_t at = text.find(kMark); at != std::string::npos; at = text.find(kMark, at))
    text.replace(at, kMark.size(), " ");
  return text;
}

std::string spaces_to_marks(const std::string& text) {
  std::string marked;
  for (const char c : text) marked += c == ' ' ? kMark : std::string_view(&c, 1);
  return marked;
}

}  // namespace

class TokenizerReader {
 public:
  TokenizerReader(std::string_view bytes, std::string_view what,
                  std::span<const std::uint32_t> ranks)
      : what_(what), root_(parse_json(bytes, what, kLimits)), ranks_(ranks) {
    state_->json = bytes;
  }

  Tokenizer read() {
    state_->components = read_components(root_, what_);
    refuse_other_models();
    read_vocabulary();
    read_added_tokens();
    read_unknown();
    read_template();
    read_merges();
    return Tokenizer(std::move(state_));
  }

 private:
  [[noreturn]] void refuse(const std::string& why) const { refuse_tokenizer(what_, why); }

  const Json& model() const { return json_member(root_, "model"); }
  bool is_byte_level() const { return state_->components.alphabet == Alphabet::bytes; }

  void refuse_other_models() const {
    if (!model().is_object()) refuse("there is no model");
    const std::string type = json_type(model());
    if (type != "BPE" && !(type.empty() && model().contains("merges")))
      refuse("the model is '" + type + "', not BPE");
    for (const char* key : {"dropout", "continuing_subword_prefix", "end_of_word_suffix"}) {
      const Json& value = json_member(model(), key);
      if (!value.is_null() && value != "" && value != 0.0)
        refuse("the model has " + std::string(key));
    }
  }

  TokenId read_id(const Json& value, const std::string& token) {
    if (!value.is_number_integer() || value.get<std::int64_t>() < 0 ||
        value.get<std::int64_t>() >= kMostTokens)
      refuse("token '" + token + "' has no usable id");
    const auto id = value.get<TokenId>();
    const auto size = static_cast<std::size_t>(id) + 1;
    if (state_->bytes.size() < size) {
      state_->bytes.resize(size);
      used_.resize(size);
    }
    return id;
  }

  void read_vocabulary() {
    const Json& vocabulary = json_member(model(), "vocab");
    if (!vocabulary.is_object() || vocabulary.empty()) refuse("the model has no vocab");
    state_->byte_tokens.fill(-1);
    ids_.reserve(vocabulary.size());
    for (const auto& [spelling, value] : vocabulary.items()) {
      const TokenId id = read_id(value, spelling);
      if (used_[static_cast<std::size_t>(id)])
        refuse("two tokens have the id " + std::to_string(id));
      used_[static_cast<std::size_t>(id)] = true;
      state_->bytes[static_cast<std::size_t>(id)] =
          is_byte_level() ? bytes_token(spelling, id) : characters_token(spelling, id);
      ids_.emplace(spelling, id);
    }
    if (json_is_true(json_member(model(), "ignore_merges"))) {
      if (!is_byte_level()) refuse("the model has ignore_merges without byte-level pieces");
      state_->whole_pieces = WholePieces::look_up_first;
      for (const auto& [spelling, id] : ids_)
        state_->pieces.emplace(state_->bytes[static_cast<std::size_t>(id)], id);
    }
  }

  std::string bytes_token(const std::string& spelling, TokenId id) {
    auto bytes = unspell_bytes(spelling).value_or(spelling);
    if (bytes.size() == 1) state_->byte_tokens[static_cast<unsigned char>(bytes[0])] = id;
    return bytes;
  }

  std::string characters_token(const std::string& spelling, TokenId id) {
    if (const auto byte = byte_of_spelling(spelling); byte && has_byte_fallback()) {
      state_->byte_tokens[*byte] = id;
      return std::string(1, static_cast<char>(*byte));
    }
    if (!spelling.empty()) {
      const auto first = unicode::code_point_at(spelling, 0);
      if (first.size == spelling.size()) state_->characters.emplace(first.value, id);
    }
    return marks_to_spaces(spelling);
  }

  bool has_byte_fallback() const { return json_is_true(json_member(model(), "byte_fallback")); }

  // What stands for characters without a token, and for such bytes, which must be there then.
  void read_unknown() {
    const Json& unknown = json_member(model(), "unk_token");
    for (int byte = 0; byte < 256 && is_byte_level() && !unknown.is_string(); ++byte)
      if (state_->byte_tokens[static_cast<std::size_t>(byte)] < 0)
        refuse("the vocab has no token for byte " + std::to_string(byte));
    if (!unknown.is_string()) return;
    state_->unknown = id_of(unknown.get<std::string>(), "unk_token");
    state_->fuses_unknown = json_is_true(json_member(model(), "fuse_unk"));
  }

  void read_added_tokens() {
    const Json& added = json_member(root_, "added_tokens");
    if (added.is_null()) return;
    if (!added.is_array()) refuse("added_tokens is not a list");
    for (const Json& token : added) {
      const Json& content = json_member(token, "content");
      if (!content.is_string() || content.get_ref<const std::string&>().empty())
        refuse("an added token has no content");
      const auto text = content.get<std::string>();
      const auto is = [&](const char* key) { return json_is_true(json_member(token, key)); };
      add({text, read_id(json_member(token, "id"), text), is("special"), is("normalized"),
           is("lstrip"), is("rstrip"), is("single_word")});
    }
    std::ranges::sort(state_->special);
  }

  void add(AddedToken token) {
    const auto at = static_cast<std::size_t>(token.id);
    const auto [known, is_new] = ids_.emplace(token.content, token.id);
    if (known->second != token.id)
      refuse("the added token '" + token.content + "' has the id " + std::to_string(token.id) +
             " and in the vocab " + std::to_string(known->second));
    if (is_new && used_[at]) refuse("two tokens have the id " + std::to_string(token.id));
    used_[at] = true;
    state_->bytes[at] = token.content;
    if (token.special) state_->special.push_back(token.id);
    // Where nothing is normalised, a token that waits for it is found all the same, but only in
    // what those that do not wait have left.
    if (token.normalized) token.content = normalized(token.content);
    (token.normalized ? state_->normalized_added : state_->added).add(std::move(token));
  }

  // What becomes of a text of its own before the tokens that wait for it are looked for.
  std::string normalized(const std::string& text) const {
    const Components& components = state_->components;
    if (components.normalization == Normalization::nfc) return unicode::to_nfc(text);
    if (components.marks != Marks::by_normalizer) return text;
    const std::string mark = components.mark_before == MarkBefore::each ? std::string(kMark) : "";
    return mark + (components.marks_for_spaces ? spaces_to_marks(text) : text);
  }

  void read_template() {
    const auto& components = state_->components;
    for (const std::string& token : components.before)
      state_->before.push_back(id_of(token, "post_processor"));
    for (const std::string& token : components.after)
      state_->after.push_back(id_of(token, "post_processor"));
  }

  // "a b" (tokenizers before 0.20) or ["a", "b"].
  std::pair<std::string, std::string> read_merge(const Json& merge) const {
    if (merge.is_string()) {
      const auto& text = merge.get_ref<const std::string&>();
      const std::size_t space = text.find(' ');
      if (space == std::string::npos) refuse("the merge '" + text + "' is not a pair");
      return {text.substr(0, space), text.substr(space + 1)};
    }
    if (!merge.is_array() || merge.size() != 2 || !merge[0].is_string() || !merge[1].is_string())
      refuse("a merge is not a pair");
    return {merge[0].get<std::string>(), merge[1].get<std::string>()};
  }

  TokenId id_of(const std::string& spelling, const char* where) const {
    const auto found = ids_.find(spelling);
    if (found == ids_.end())
      refuse(std::string(where) + " names '" + spelling + "', which the vocab lacks");
    return found->second;
  }

  void read_merges() {
    const Json& merges = json_member(model(), "merges");
    if (!merges.is_array()) refuse("the model has no merges");
    state_->merges.reserve(merges.size());
    state_->cuts_between_characters = !is_byte_level();
    state_->falls_back_to_bytes =
        std::ranges::none_of(state_->byte_tokens, [](TokenId id) { return id < 0; });
    for (std::size_t i = 0; i < merges.size(); ++i) {
      const auto [left, right] = read_merge(merges[i]);
      state_->merges.add({id_of(left, "a merge"), id_of(right, "a merge")},
                         id_of(left + right, "a merge"),
                         ranks_.empty() ? static_cast<std::uint32_t>(i) : ranks_[i]);
      if (!is_byte_level()) read_join(left, right);
    }
  }

  // A merge reaches from the last character of its left token to the first of its right one, unless
  // a token is made of something else than characters.
  void read_join(const std::string& left, const std::string& right) {
    for (const std::string& part : {left, right})
      if ((byte_of_spelling(part) && has_byte_fallback()) ||
          id_of(part, "a merge") == state_->unknown)
        state_->cuts_between_characters = false;
    if (left.empty() || right.empty()) return;  // no piece begins as such a token
    std::size_t last = left.size() - 1;
    while (last > 0 && (static_cast<unsigned char>(left[last]) & 0xC0) == 0x80) --last;
    state_->joined.add(unicode::code_point_at(left, last).value,
                       unicode::code_point_at(right, 0).value);
  }

  std::string what_;
  Json root_;
  std::span<const std::uint32_t> ranks_;  // of the merges; empty: their order
  std::shared_ptr<Tokenizer::State> state_ = std::make_shared<Tokenizer::State>();
  std::vector<bool> used_;
  std::unordered_map<std::string, TokenId> ids_;
};

Tokenizer Tokenizer::from_json(std::string_view bytes, std::string_view what) {
  return TokenizerReader(bytes, what, {}).read();
}

Tokenizer Tokenizer::from_json(std::string_view bytes, std::string_view what,
                               std::span<const std::uint32_t> ranks) {
  return TokenizerReader(bytes, what, ranks).read();
}

}  // namespace aiops::train
