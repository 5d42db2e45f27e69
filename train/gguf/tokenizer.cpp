// SPDX-License-Identifier: Apache-2.0
// GGUF names a splitter (tokenizer.ggml.pre) where tokenizer.json spells it out as a normalizer and
// a pre_tokenizer. The table below holds those that aiops knows; each is told by the regular
// expression that it splits by, or by having none.
#include "train/gguf/tokenizer.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "base/json.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <optional>

namespace aiops::train {
namespace {

// tokenizer.ggml.token_type
enum TokenType : std::int32_t {
  normal = 1,
  unknown = 2,
  control = 3,
  user_defined = 4,
  unused = 5
};

struct Splitter {
  std::string_view name;   // tokenizer.ggml.pre
  std::string_view regex;  // of a Split before ByteLevel; empty: ByteLevel splits by GPT-2's own
  bool digits_alone;       // Digits before ByteLevel
  bool nfc;                // the normalizer
  bool whole_pieces;       // the model's ignore_merges
};

constexpr std::string_view kLlama3Regex =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::string_view kQwen2Regex =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";

constexpr std::array<Splitter, 4> kSplitters = {{{"gpt-2", {}, false, false, false},
                                                 {"smollm", {}, true, false, false},
                                                 {"llama-bpe", kLlama3Regex, false, false, true},
                                                 {"qwen2", kQwen2Regex, false, true, false}}};

// Older converters wrote no name, or "default", for GPT-2's.
const Splitter* find_splitter(std::string_view name) {
  if (name.empty() || name == "default") name = "gpt-2";
  if (name == "llama3" || name == "llama-v3") name = "llama-bpe";
  const auto found = std::find_if(kSplitters.begin(), kSplitters.end(),
                                  [&](const Splitter& one) { return one.name == name; });
  return found == kSplitters.end() ? nullptr : &*found;
}

OrderedJson byte_level(bool use_regex) {
  return {{"type", "ByteLevel"},
          {"add_prefix_space", false},
          {"trim_offsets", true},
          {"use_regex", use_regex}};
}

OrderedJson pre_tokenizer(const Splitter& splitter) {
  if (splitter.regex.empty() && !splitter.digits_alone) return byte_level(true);
  OrderedJson first = {{"type", "Digits"}, {"individual_digits", true}};
  if (!splitter.digits_alone)
    first = {{"type", "Split"},
             {"pattern", {{"Regex", splitter.regex}}},
             {"behavior", "Isolated"},
             {"invert", false}};
  return {{"type", "Sequence"},
          {"pretokenizers", OrderedJson::array({first, byte_level(splitter.regex.empty())})}};
}

class VocabularyReader {
 public:
  VocabularyReader(const pack::ByteSource& source, const pack::GgufHeader& header)
      : source_(source), header_(header) {}

  std::string read() const {
    const std::string model = header_.text("tokenizer.ggml.model");
    if (model != "gpt2")
      refuse("its tokenizer is '" + printable(model) +
             "', and byte-level BPE ('gpt2') is supported");
    const std::string name = header_.text("tokenizer.ggml.pre");
    const Splitter* splitter = find_splitter(name);
    if (splitter == nullptr) refuse("its splitter '" + printable(name) + "' is not known");
    const auto tokens = texts("tokenizer.ggml.tokens");
    const auto unknown = stand_in(tokens.size());
    OrderedJson added = OrderedJson::array();
    OrderedJson vocabulary = read_vocabulary(tokens, unknown, added);
    return to_text(OrderedJson{
        {"version", "1.0"},
        {"truncation", nullptr},
        {"padding", nullptr},
        {"added_tokens", std::move(added)},
        {"normalizer", splitter->nfc ? OrderedJson{{"type", "NFC"}} : OrderedJson(nullptr)},
        {"pre_tokenizer", pre_tokenizer(*splitter)},
        {"post_processor", post_processor(*splitter, tokens)},
        {"decoder", byte_level(true)},
        {"model",
         {{"type", "BPE"},
          {"dropout", nullptr},
          {"unk_token", unknown ? OrderedJson(tokens[*unknown]) : OrderedJson(nullptr)},
          {"continuing_subword_prefix", nullptr},
          {"end_of_word_suffix", nullptr},
          {"fuse_unk", false},
          {"byte_fallback", false},
          {"ignore_merges", splitter->whole_pieces},
          {"vocab", std::move(vocabulary)},
          {"merges", texts("tokenizer.ggml.merges")}}}});
  }

 private:
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

  // Puts the bos before a text where the file says so; Llama 3's has it unless the file says not.
  OrderedJson post_processor(const Splitter& splitter,
                             const std::vector<std::string>& tokens) const {
    const auto found = header_.metadata.find("tokenizer.ggml.add_bos_token");
    const bool* said =
        found == header_.metadata.end() ? nullptr : std::get_if<bool>(&found->second);
    if (said != nullptr ? !*said : !splitter.whole_pieces) return nullptr;
    const auto id = header_.number("tokenizer.ggml.bos_token_id");
    if (!header_.metadata.contains("tokenizer.ggml.bos_token_id") || id >= tokens.size())
      return nullptr;
    const std::string& bos = tokens[id];
    const OrderedJson token = {{"SpecialToken", {{"id", bos}, {"type_id", 0}}}};
    const auto text = [](const char* name, int type) {
      return OrderedJson{{"Sequence", {{"id", name}, {"type_id", type}}}};
    };
    return {{"type", "TemplateProcessing"},
            {"single", OrderedJson::array({token, text("A", 0)})},
            {"pair", OrderedJson::array({token, text("A", 0), token, text("B", 1)})},
            {"special_tokens",
             {{bos,
               {{"id", bos},
                {"ids", OrderedJson::array({id})},
                {"tokens", OrderedJson::array({bos})}}}}}};
  }

  // The token that stands for bytes without one.
  std::optional<std::uint64_t> stand_in(std::size_t tokens) const {
    constexpr const char* kKey = "tokenizer.ggml.unknown_token_id";
    if (!header_.metadata.contains(kKey)) return std::nullopt;
    const auto id = header_.number(kKey);
    if (id >= tokens) refuse("'" + std::string(kKey) + "' is outside the vocabulary");
    return id;
  }

  // Ordinary tokens by their spelling, and the stand-in; the others are appended to `added`. Unused
  // ones are left out, so that nothing is ever encoded as one.
  OrderedJson read_vocabulary(const std::vector<std::string>& tokens,
                              std::optional<std::uint64_t> unknown_token,
                              OrderedJson& added) const {
    std::vector<double> types(tokens.size(), normal);
    if (const auto* array = header_.array("tokenizer.ggml.token_type"))
      types = pack::read_gguf_numbers(source_, *array, "tokenizer.ggml.token_type");
    if (types.size() != tokens.size())
      refuse("has " + std::to_string(tokens.size()) + " tokens and " +
             std::to_string(types.size()) + " types of tokens");
    OrderedJson::object_t vocabulary;
    vocabulary.reserve(tokens.size());
    for (std::size_t id = 0; id < tokens.size(); ++id) {
      const auto is = [&](TokenType type) { return types[id] == static_cast<double>(type); };
      if (is(unused)) continue;
      const bool is_added = is(control) || is(user_defined);
      if (!is_added || unknown_token == id)
        vocabulary.emplace_back(tokens[id], id);  // emplace() would look through all of them
      if (is_added && !tokens[id].empty())
        added.push_back({{"id", id},
                         {"content", tokens[id]},
                         {"single_word", false},
                         {"lstrip", false},
                         {"rstrip", false},
                         {"normalized", false},
                         {"special", is(control)}});
    }
    return vocabulary;
  }

  const pack::ByteSource& source_;
  const pack::GgufHeader& header_;
};

const Json kNull;

const Json& member(const Json& object, const char* key) {
  if (!object.is_object()) return kNull;
  const auto found = object.find(key);
  return found == object.end() ? kNull : *found;
}

bool is_a(const Json& component, const char* type) { return member(component, "type") == type; }

class VocabularyWriter {
 public:
  VocabularyWriter(GgufWriter& writer, const Tokenizer& tokenizer, const ModelConfig& config)
      : writer_(writer),
        config_(config),
        adds_bos_(!tokenizer.before().empty()),
        root_(parse_json(tokenizer.to_json(), "the tokenizer", {256u << 20, 64})) {}

  void write() {
    const Splitter& splitter = find_splitter();
    writer_.put_text("tokenizer.ggml.model", "gpt2");
    writer_.put_text("tokenizer.ggml.pre", splitter.name);
    write_tokens();
    write_merges();
    write_stand_in();
    write_id("bos_token_id", config_.bos_token_id);
    write_id("eos_token_id", config_.eos_token_id);
    if (!config_.other_eos_token_ids.empty())
      write_id("eot_token_id", config_.other_eos_token_ids.front());
    writer_.put_truth("tokenizer.ggml.add_bos_token", adds_bos_);
  }

 private:
  [[noreturn]] static void refuse(const std::string& why) {
    throw Error(ExitCode::failed, "GGUF has no word for this tokenizer: " + why,
                "export it with --format hf");
  }

  const Splitter& find_splitter() const {
    const Json& model = member(root_, "model");
    if (!is_a(model, "BPE") || member(model, "byte_fallback") == true)
      refuse("it is not byte-level BPE");
    const Json& splitter = member(root_, "pre_tokenizer");
    const Json& parts = member(splitter, "pretokenizers");
    const Json& first = parts.is_array() && parts.size() == 2 ? parts[0] : kNull;
    const Json& regex = member(member(first, "pattern"), "Regex");
    if (!is_a(splitter, "ByteLevel") && !is_a(first, "Digits") && !regex.is_string())
      refuse("its pre_tokenizer");
    const std::string pattern = regex.is_string() ? regex.get<std::string>() : std::string();
    const auto found = std::find_if(kSplitters.begin(), kSplitters.end(), [&](const Splitter& one) {
      return one.regex == pattern && one.digits_alone == is_a(first, "Digits");
    });
    if (found == kSplitters.end()) refuse("its pre_tokenizer");
    const Json& normalizer = member(root_, "normalizer");
    if (found->nfc ? !is_a(normalizer, "NFC") : !normalizer.is_null()) refuse("its normalizer");
    return *found;
  }

  void put(std::size_t id, const std::string& text, TokenType type) {
    if (id >= texts_.size()) refuse("it has more tokens than the model");
    texts_[id] = text;
    types_[id] = type;
  }

  void write_tokens() {
    texts_.resize(static_cast<std::size_t>(config_.vocab_size));
    types_.assign(texts_.size(), unused);
    for (std::size_t id = 0; id < texts_.size(); ++id)
      texts_[id] = "[PAD" + std::to_string(id) + "]";
    for (const auto& [text, id] : member(member(root_, "model"), "vocab").items())
      put(id.get<std::size_t>(), text, normal);
    for (const Json& token : member(root_, "added_tokens"))
      put(member(token, "id").get<std::size_t>(), member(token, "content").get<std::string>(),
          member(token, "special") == true ? control : user_defined);
    writer_.put_texts("tokenizer.ggml.tokens", texts_);
    writer_.put_integers("tokenizer.ggml.token_type", types_);
  }

  void write_merges() {
    std::vector<std::string> merges;
    for (const Json& merge : member(member(root_, "model"), "merges"))
      merges.push_back(merge.is_string()
                           ? merge.get<std::string>()
                           : merge[0].get<std::string>() + " " + merge[1].get<std::string>());
    writer_.put_texts("tokenizer.ggml.merges", merges);
  }

  void write_id(const char* name, std::int64_t id) {
    if (id >= 0)
      writer_.put_unsigned(std::string("tokenizer.ggml.") + name, static_cast<std::uint32_t>(id));
  }

  void write_stand_in() {
    const Json& text = member(member(root_, "model"), "unk_token");
    const auto found = text.is_string()
                           ? std::find(texts_.begin(), texts_.end(), text.get<std::string>())
                           : texts_.end();
    if (found != texts_.end()) write_id("unknown_token_id", found - texts_.begin());
  }

  GgufWriter& writer_;
  const ModelConfig& config_;
  bool adds_bos_;  // that it is the bos which stands before a text is all GGUF can say
  Json root_;
  std::vector<std::string> texts_;
  std::vector<std::int32_t> types_;
};

}  // namespace

std::string tokenizer_json_of_gguf(const pack::ByteSource& source, const pack::GgufHeader& header) {
  return VocabularyReader(source, header).read();
}

void put_tokenizer(GgufWriter& writer, const Tokenizer& tokenizer, const ModelConfig& config) {
  VocabularyWriter(writer, tokenizer, config).write();
}

}  // namespace aiops::train
