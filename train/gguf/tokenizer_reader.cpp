// SPDX-License-Identifier: Apache-2.0
#include "base/encoding.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "train/gguf/scores.hpp"
#include "train/gguf/tokenizer.hpp"
#include "train/tokenizer/families.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <optional>

namespace aiops::train {
namespace {

constexpr const char* kMark = "\xE2\x96\x81";  // U+2581

// Older converters wrote no name, or "default", for GPT-2's. The others are what llama.cpp splits
// in the same way.
const SplitterFamily* find_family(std::string_view name) {
  if (name.empty() || name == "default") name = "gpt-2";
  if (name == "llama3" || name == "llama-v3") name = "llama-bpe";
  if (name == "deepseek-r1-qwen") name = "qwen2";
  const auto families = splitter_families();
  const auto found = std::ranges::find(families, name, &SplitterFamily::gguf);
  return found == families.end() ? nullptr : &*found;
}

OrderedJson added_token(std::size_t id, const std::string& content, bool special) {
  return {{"id", id},        {"content", content},  {"single_word", false}, {"lstrip", false},
          {"rstrip", false}, {"normalized", false}, {"special", special}};
}

OrderedJson special_token(const std::string& token) {
  return {{"SpecialToken", {{"id", token}, {"type_id", 0}}}};
}

// What differs between the two kinds.
struct Parts {
  OrderedJson normalizer, pre_tokenizer, decoder;
  OrderedJson merges = OrderedJson::array();
  std::vector<std::uint32_t> ranks = {};  // empty: the order of the merges
  bool is_bytes = true;
  bool ignore_merges = false;
  bool adds_bos = false;  // unless the file says
};

class VocabularyReader {
 public:
  VocabularyReader(const pack::ByteSource& source, const pack::GgufHeader& header)
      : source_(source), header_(header) {}

  Tokenizer read() {
    const std::string model = header_.text("tokenizer.ggml.model");
    if (model != "gpt2" && model != "llama")
      refuse("its tokenizer is '" + printable(model) +
             "'; byte-level BPE ('gpt2') and SentencePiece's BPE ('llama') are supported");
    tokens_ = texts("tokenizer.ggml.tokens");
    read_types();
    unknown_ = stand_in(model == "llama");
    const Parts parts = model == "gpt2" ? byte_level_parts() : scored_parts();
    auto [vocabulary, added] = read_vocabulary();
    const bool falls_back = !parts.is_bytes && std::ranges::count(types_, kByte) > 0;
    const std::string json = to_text(OrderedJson{
        {"version", "1.0"},
        {"truncation", nullptr},
        {"padding", nullptr},
        {"added_tokens", std::move(added)},
        {"normalizer", parts.normalizer},
        {"pre_tokenizer", parts.pre_tokenizer},
        {"post_processor", post_processor(parts.adds_bos)},
        {"decoder", parts.decoder},
        {"model",
         {{"type", "BPE"},
          {"dropout", nullptr},
          {"unk_token", unknown_ ? OrderedJson(tokens_[*unknown_]) : OrderedJson(nullptr)},
          {"continuing_subword_prefix", nullptr},
          {"end_of_word_suffix", nullptr},
          {"fuse_unk", !parts.is_bytes},
          {"byte_fallback", falls_back},
          {"ignore_merges", parts.ignore_merges},
          {"vocab", std::move(vocabulary)},
          {"merges", parts.merges}}}});
    return Tokenizer::from_json(json, source_.what, parts.ranks);
  }

 private:
  static constexpr auto kByte = GgufTokenType::byte;

  [[noreturn]] void refuse(const std::string& why) const {
    throw Error(ExitCode::failed, source_.what + ": " + why);
  }

  std::vector<std::string> texts(const std::string& key) const {
    const pack::GgufArray* array = header_.array(key);
    if (array == nullptr) refuse("has no list '" + key + "'");
    auto values = pack::read_gguf_texts(source_, *array, key);
    for (const std::string& value : values)
      if (!is_utf8(value)) refuse("'" + key + "' is not all UTF-8");
    return values;
  }

  std::optional<std::vector<double>> numbers(const std::string& key) const {
    const pack::GgufArray* array = header_.array(key);
    if (array == nullptr) return std::nullopt;
    auto values = pack::read_gguf_numbers(source_, *array, key);
    if (values.size() != tokens_.size())
      refuse("has " + std::to_string(tokens_.size()) + " tokens and " +
             std::to_string(values.size()) + " numbers in '" + key + "'");
    return values;
  }

  bool truth(const std::string& key, bool otherwise) const {
    const auto found = header_.metadata.find("tokenizer.ggml." + key);
    const bool* said =
        found == header_.metadata.end() ? nullptr : std::get_if<bool>(&found->second);
    return said == nullptr ? otherwise : *said;
  }

  // A token that the file names by its id; nothing when it names none.
  std::optional<std::size_t> named(const std::string& which) const {
    const std::string key = "tokenizer.ggml." + which + "_token_id";
    if (!header_.metadata.contains(key)) return std::nullopt;
    const auto id = header_.number(key);
    if (id >= tokens_.size()) return std::nullopt;
    return id;
  }

  // The token that stands for what has none; SentencePiece's has a type of its own.
  std::optional<std::size_t> stand_in(bool by_type) const {
    if (const auto id = named("unknown")) return id;
    if (header_.metadata.contains("tokenizer.ggml.unknown_token_id"))
      refuse("'tokenizer.ggml.unknown_token_id' is outside the vocabulary");
    const auto found = std::ranges::find(types_, GgufTokenType::unknown);
    if (!by_type || found == types_.end()) return std::nullopt;
    return static_cast<std::size_t>(found - types_.begin());
  }

  void read_types() {
    types_.assign(tokens_.size(), GgufTokenType::normal);
    const auto types = numbers("tokenizer.ggml.token_type");
    for (std::size_t id = 0; types && id < types->size(); ++id) {
      const double type = (*types)[id];
      if (!(type >= 1 && type <= 6 && type == std::floor(type)))
        refuse("token " + std::to_string(id) + " is of no known type");
      types_[id] = static_cast<GgufTokenType>(static_cast<std::int32_t>(type));
    }
  }

  Parts byte_level_parts() const {
    const std::string name = header_.text("tokenizer.ggml.pre");
    const SplitterFamily* family = find_family(name);
    if (family == nullptr) refuse("its splitter '" + printable(name) + "' is not known");
    return {.normalizer = normalizer_json(*family),
            .pre_tokenizer = pre_tokenizer_json(*family),
            .decoder = byte_level_json(true),
            .merges = texts("tokenizer.ggml.merges"),
            .ignore_merges = family->whole_pieces,
            .adds_bos = family->whole_pieces};
  }

  Parts scored_parts() const {
    if (truth("remove_extra_whitespaces", false)) refuse("its tokenizer removes white space");
    const auto scores = numbers("tokenizer.ggml.scores");
    if (!scores) refuse("has no list 'tokenizer.ggml.scores'");
    std::vector<ScoredToken> pieces;
    for (std::size_t id = 0; id < tokens_.size(); ++id) {
      if (types_[id] != GgufTokenType::normal) continue;
      if (tokens_[id].size() > kLongestScoredToken)
        refuse("token " + std::to_string(id) + " has more than 1 KiB");
      if (!std::isfinite((*scores)[id]))
        refuse("the score of token " + std::to_string(id) + " is not a number");
      pieces.push_back({tokens_[id], (*scores)[id]});
    }
    RankedMerges ranked = merges_of_scores(pieces);
    const bool prefix = truth("add_space_prefix", true);
    Parts parts{.normalizer = normalizer(prefix),
                .pre_tokenizer = nullptr,
                .decoder = decoder(prefix),
                .ranks = std::move(ranked.ranks),
                .is_bytes = false,
                .adds_bos = true};
    for (const auto& [left, right] : ranked.merges)
      parts.merges.push_back(OrderedJson::array({left, right}));
    return parts;
  }

  static OrderedJson normalizer(bool prefix) {
    const OrderedJson spaces{
        {"type", "Replace"}, {"pattern", {{"String", " "}}}, {"content", kMark}};
    if (!prefix) return spaces;
    return {
        {"type", "Sequence"},
        {"normalizers", OrderedJson::array({{{"type", "Prepend"}, {"prepend", kMark}}, spaces})}};
  }

  static OrderedJson decoder(bool prefix) {
    auto parts = OrderedJson::array(
        {{{"type", "Replace"}, {"pattern", {{"String", kMark}}}, {"content", " "}},
         {{"type", "ByteFallback"}},
         {{"type", "Fuse"}}});
    if (prefix) parts.push_back({{"type", "Strip"}, {"content", " "}, {"start", 1}, {"stop", 0}});
    return {{"type", "Sequence"}, {"decoders", parts}};
  }

  // The tokens that the file puts around a text.
  OrderedJson post_processor(bool adds_bos) const {
    const auto bos = truth("add_bos_token", adds_bos) ? named("bos") : std::nullopt;
    const auto eos = truth("add_eos_token", false) ? named("eos") : std::nullopt;
    if (!bos && !eos) return nullptr;
    auto single = OrderedJson::array(), pair = OrderedJson::array();
    auto specials = OrderedJson::object();
    const auto put = [&](const std::optional<std::size_t>& id) {
      if (!id) return;
      const std::string& token = tokens_[*id];
      single.push_back(special_token(token));
      specials[token] = {{"id", token},
                         {"ids", OrderedJson::array({*id})},
                         {"tokens", OrderedJson::array({token})}};
    };
    const auto text = [](const char* name, int type) {
      return OrderedJson{{"Sequence", {{"id", name}, {"type_id", type}}}};
    };
    put(bos);
    single.push_back(text("A", 0));
    put(eos);
    pair = single;
    for (OrderedJson part : single) pair.push_back(part.contains("Sequence") ? text("B", 1) : part);
    return {{"type", "TemplateProcessing"},
            {"single", single},
            {"pair", pair},
            {"special_tokens", specials}};
  }

  // All tokens by their spelling, and those that are taken out of a text first. Unused ones are
  // left out, so that nothing is ever encoded as one.
  std::pair<OrderedJson, OrderedJson> read_vocabulary() const {
    OrderedJson::object_t vocabulary;
    vocabulary.reserve(tokens_.size());
    auto added = OrderedJson::array();
    for (std::size_t id = 0; id < tokens_.size(); ++id) {
      const GgufTokenType type = types_[id];
      if (type == GgufTokenType::unused || tokens_[id].empty()) continue;
      vocabulary.emplace_back(tokens_[id], id);  // emplace() would look through all of them
      if (type == GgufTokenType::control || type == GgufTokenType::unknown ||
          type == GgufTokenType::user_defined)
        added.push_back(added_token(id, tokens_[id], type != GgufTokenType::user_defined));
    }
    return {std::move(vocabulary), std::move(added)};
  }

  const pack::ByteSource& source_;
  const pack::GgufHeader& header_;
  std::vector<std::string> tokens_;
  std::vector<GgufTokenType> types_;
  std::optional<std::size_t> unknown_;
};

}  // namespace

Tokenizer read_gguf_tokenizer(const pack::ByteSource& source, const pack::GgufHeader& header) {
  return VocabularyReader(source, header).read();
}

}  // namespace aiops::train
