// SPDX-License-Identifier: Apache-2.0
// tokenizer.json, as Hugging Face's tokenizers package reads and writes it. The reader honours what
// it accepts and refuses the rest by name: a tokenizer that is nearly right is worse than none.
// unk_token stands for bytes without a token (SmolLM2 has none for some control characters);
// fuse_unk and byte_fallback have no effect where every byte has one.
#include "base/error.hpp"
#include "base/json.hpp"
#include "train/byte_alphabet.hpp"
#include "train/tokenizer_state.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <limits>

namespace aiops::train {
namespace {

constexpr JsonLimits kLimits{256u << 20, 64};
constexpr std::int64_t kMostTokens = 1 << 21;

const Json kNull;

const Json& member(const Json& object, const char* key) {
  if (!object.is_object()) return kNull;
  const auto found = object.find(key);
  return found == object.end() ? kNull : *found;
}

std::string type_of(const Json& component) {
  const Json& type = member(component, "type");
  return type.is_string() ? type.get<std::string>() : std::string();
}

bool is_true(const Json& value) { return value.is_boolean() && value.get<bool>(); }

}  // namespace

class TokenizerReader {
 public:
  TokenizerReader(std::string_view bytes, std::string_view what)
      : what_(what), root_(parse_json(bytes, what, kLimits)) {
    state_->json = bytes;
  }

  Tokenizer read() {
    read_pre_tokenizer();
    refuse_other_components();
    read_vocabulary();
    read_added_tokens();
    complete_bytes();
    read_merges();
    return Tokenizer(std::move(state_));
  }

 private:
  [[noreturn]] void refuse(const std::string& why) const {
    throw Error(ExitCode::failed, what_ + ": " + why,
                "byte-level BPE with the GPT-2 splitter is supported: GPT-2, SmolLM2, or your own "
                "from aiops tokenizer train");
  }

  void read_pre_tokenizer() {
    const Json& component = member(root_, "pre_tokenizer");
    const Json* byte_level = &component;
    if (type_of(component) == "Sequence") {
      const Json& parts = member(component, "pretokenizers");
      if (!parts.is_array() || parts.size() != 2 || type_of(parts[0]) != "Digits" ||
          !is_true(member(parts[0], "individual_digits")))
        refuse("the pre_tokenizer is a Sequence other than Digits, ByteLevel");
      state_->digits = Digits::alone;
      byte_level = &parts[1];
    }
    if (type_of(*byte_level) != "ByteLevel")
      refuse("the pre_tokenizer is '" + type_of(*byte_level) + "', not ByteLevel");
    if (is_true(member(*byte_level, "add_prefix_space")))
      refuse("the pre_tokenizer has add_prefix_space");
    const Json& use_regex = member(*byte_level, "use_regex");
    if (!use_regex.is_null() && !is_true(use_regex)) refuse("the pre_tokenizer has no use_regex");
  }

  void refuse_other_components() const {
    const auto only = [&](const char* key, std::string_view accepted) {
      const Json& component = member(root_, key);
      if (!component.is_null() && type_of(component) != accepted)
        refuse("the " + std::string(key) + " is '" + type_of(component) +
               "', which is not supported");
    };
    only("normalizer", "");
    only("post_processor", "ByteLevel");
    only("decoder", "ByteLevel");
    const Json& model = member(root_, "model");
    if (!model.is_object()) refuse("there is no model");
    const std::string type = type_of(model);
    if (type != "BPE" && !(type.empty() && model.contains("merges")))
      refuse("the model is '" + type + "', not BPE");
    for (const char* key : {"dropout", "continuing_subword_prefix", "end_of_word_suffix"}) {
      const Json& value = member(model, key);
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
    const Json& model = member(root_, "model");
    const Json& vocabulary = member(model, "vocab");
    if (!vocabulary.is_object()) refuse("the model has no vocab");
    state_->byte_tokens.fill(-1);
    for (const auto& [spelling, value] : vocabulary.items()) {
      const TokenId id = read_id(value, spelling);
      if (used_[static_cast<std::size_t>(id)])
        refuse("two tokens have the id " + std::to_string(id));
      used_[static_cast<std::size_t>(id)] = true;
      const auto bytes = unspell_bytes(spelling).value_or(spelling);
      if (bytes.size() == 1) state_->byte_tokens[static_cast<unsigned char>(bytes[0])] = id;
      state_->bytes[static_cast<std::size_t>(id)] = bytes;
      ids_.emplace(spelling, id);
    }
    if (is_true(member(model, "ignore_merges"))) {
      state_->whole_pieces = WholePieces::look_up_first;
      for (const auto& [spelling, id] : ids_)
        state_->pieces.emplace(state_->bytes[static_cast<std::size_t>(id)], id);
    }
  }

  void read_added_tokens() {
    const Json& added = member(root_, "added_tokens");
    if (added.is_null()) return;
    if (!added.is_array()) refuse("added_tokens is not a list");
    for (const Json& token : added) {
      const Json& content = member(token, "content");
      if (!content.is_string() || content.get_ref<const std::string&>().empty())
        refuse("an added token has no content");
      const auto text = content.get<std::string>();
      for (const char* key : {"lstrip", "rstrip", "single_word"})
        if (is_true(member(token, key))) refuse("the added token '" + text + "' has " + key);
      const TokenId id = read_id(member(token, "id"), text);
      state_->bytes[static_cast<std::size_t>(id)] = text;
      state_->added.push_back({text, id});
    }
    std::stable_sort(state_->added.begin(), state_->added.end(),
                     [](const AddedToken& a, const AddedToken& b) {
                       return a.content.size() > b.content.size();
                     });
  }

  void complete_bytes() {
    const Json& model = member(root_, "model");
    for (int byte = 0; byte < 256; ++byte) {
      TokenId& token = state_->byte_tokens[static_cast<std::size_t>(byte)];
      if (token >= 0) continue;
      const Json& stand_in = member(model, "unk_token");
      if (!stand_in.is_string() || is_true(member(model, "fuse_unk")))
        refuse("the vocab has no token for byte " + std::to_string(byte));
      token = stand_in_id(stand_in.get<std::string>());
    }
  }

  TokenId stand_in_id(const std::string& text) const {
    for (const AddedToken& added : state_->added)
      if (added.content == text) return added.id;
    const auto found = ids_.find(text);
    if (found == ids_.end()) refuse("the unk_token '" + text + "' is not in the vocab");
    return found->second;
  }

  // "a b" (tokenizers before 0.20) or ["a", "b"].
  TokenPair read_merge(const Json& merge) const {
    std::string left, right;
    if (merge.is_string()) {
      const auto& text = merge.get_ref<const std::string&>();
      const std::size_t space = text.find(' ');
      if (space == std::string::npos) refuse("the merge '" + text + "' is not a pair");
      left = text.substr(0, space);
      right = text.substr(space + 1);
    } else if (merge.is_array() && merge.size() == 2 && merge[0].is_string() &&
               merge[1].is_string()) {
      left = merge[0].get<std::string>();
      right = merge[1].get<std::string>();
    } else {
      refuse("a merge is not a pair");
    }
    return {id_of(left), id_of(right)};
  }

  TokenId id_of(const std::string& spelling) const {
    const auto found = ids_.find(spelling);
    if (found == ids_.end()) refuse("a merge names '" + spelling + "', which the vocab lacks");
    return found->second;
  }

  void read_merges() {
    const Json& merges = member(member(root_, "model"), "merges");
    if (!merges.is_array()) refuse("the model has no merges");
    std::unordered_map<TokenId, const std::string*> spellings;
    for (const auto& [spelling, id] : ids_) spellings.emplace(id, &spelling);
    state_->merges.reserve(merges.size());
    for (const Json& merge : merges) {
      const TokenPair pair = read_merge(merge);
      state_->merges.add(pair, id_of(*spellings.at(pair.first) + *spellings.at(pair.second)));
    }
  }

  std::string what_;
  Json root_;
  std::shared_ptr<Tokenizer::State> state_ = std::make_shared<Tokenizer::State>();
  std::vector<bool> used_;
  std::unordered_map<std::string, TokenId> ids_;
};

Tokenizer Tokenizer::from_json(std::string_view bytes, std::string_view what) {
  return TokenizerReader(bytes, what).read();
}

}  // namespace aiops::train
