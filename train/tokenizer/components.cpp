// SPDX-License-Identifier: Apache-2.0
// tokenizer.json composes a tokenizer of parts. Those that families are made of are told by their
// structure and the exact text of their expressions; everything else is refused by name.
#include "train/tokenizer/components.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "train/tokenizer/families.hpp"

#include <nlohmann/json.hpp>

namespace aiops::train {
namespace {

constexpr const char* kMark = "\xE2\x96\x81";  // U+2581

const Json kNull;

// A component, or those of a Sequence.
std::vector<Json> parts_of(const Json& component, const char* list) {
  if (component.is_null()) return {};
  if (json_type(component) != "Sequence") return {component};
  const Json& parts = json_member(component, list);
  return parts.is_array() ? parts.get<std::vector<Json>>() : std::vector<Json>();
}

bool is_text(const Json& value, std::string_view text) {
  return value.is_string() && value.get_ref<const std::string&>() == text;
}

class Reader {
 public:
  Reader(const Json& root, const std::string& what) : root_(root), what_(what) {}

  Components read() {
    read_pre_tokenizer();
    read_normalizer();
    read_post_processor();
    read_decoder();
    return std::move(made_);
  }

 private:
  [[noreturn]] void refuse(const std::string& why) const { refuse_tokenizer(what_, why); }
  [[noreturn]] void refuse(const char* role, const Json& component) const {
    refuse("the " + std::string(role) + " is '" + json_type(component) +
           "', which is not supported");
  }

  void read_pre_tokenizer() {
    const auto parts = parts_of(json_member(root_, "pre_tokenizer"), "pretokenizers");
    if (parts.empty()) {
      made_.alphabet = Alphabet::characters;
      made_.splitter = Splitter::whole;
    } else if (parts.size() == 1 && json_type(parts[0]) == "Metaspace") {
      read_metaspace(parts[0]);
    } else if (json_type(parts.back()) == "ByteLevel") {
      read_byte_level(parts);
    } else {
      refuse("pre_tokenizer", parts.back());
    }
  }

  void read_byte_level(const std::vector<Json>& parts) {
    if (json_is_true(json_member(parts.back(), "add_prefix_space")))
      refuse("the pre_tokenizer has add_prefix_space");
    const Json& use_regex = json_member(parts.back(), "use_regex");
    const bool splits_itself = use_regex.is_null() || json_is_true(use_regex);
    const std::string first = parts.size() == 2 ? json_type(parts[0]) : std::string();
    if (parts.size() == 1 && splits_itself)
      made_.splitter = Splitter::gpt2;
    else if (parts.size() == 1)
      refuse("the pre_tokenizer has no use_regex");
    else if (first == "Digits" && splits_itself &&
             json_is_true(json_member(parts[0], "individual_digits")))
      made_.splitter = Splitter::smollm2;
    else if (first == "Split" && !splits_itself)
      made_.splitter = splitter_of_split(parts[0]);
    else
      refuse("the pre_tokenizer is a Sequence that is not supported");
  }

  Splitter splitter_of_split(const Json& split) const {
    const Json& expression = json_member(json_member(split, "pattern"), "Regex");
    if (!is_text(json_member(split, "behavior"), "Isolated") ||
        json_is_true(json_member(split, "invert")))
      refuse("the pre_tokenizer's Split is not Isolated");
    for (const SplitterFamily& family : splitter_families())
      if (!family.expression.empty() && is_text(expression, family.expression))
        return family.splitter;
    refuse("the pre_tokenizer splits by an expression that is not known: " +
           (expression.is_string() ? expression.get<std::string>() : "none"));
  }

  void read_metaspace(const Json& metaspace) {
    if (!is_text(json_member(metaspace, "replacement"), kMark))
      refuse("the Metaspace replacement is not U+2581");
    made_.alphabet = Alphabet::characters;
    made_.marks = Marks::by_pre_tokenizer;
    made_.marks_for_spaces = true;
    const Json& scheme = json_member(metaspace, "prepend_scheme");
    const bool old_style = scheme.is_null();  // before 0.15: add_prefix_space
    if (old_style ? !json_is_true(json_member(metaspace, "add_prefix_space"))
                  : is_text(scheme, "never"))
      made_.mark_before = MarkBefore::nothing;
    else if (old_style || is_text(scheme, "always"))
      made_.mark_before = MarkBefore::each_unmarked;
    else if (is_text(scheme, "first"))
      made_.mark_before = MarkBefore::first_unmarked;
    else
      refuse("the Metaspace prepend_scheme is not known");
    const Json& split = json_member(metaspace, "split");
    made_.splitter = split.is_null() || json_is_true(split) ? Splitter::marks : Splitter::whole;
  }

  void read_normalizer() {
    for (const Json& part : parts_of(json_member(root_, "normalizer"), "normalizers")) {
      const std::string type = json_type(part);
      if (type == "NFC" && made_.alphabet == Alphabet::bytes) {
        made_.normalization = Normalization::nfc;
      } else if (type == "Prepend" && is_text(json_member(part, "prepend"), kMark) &&
                 made_.splitter == Splitter::whole && !made_.marks_for_spaces) {
        made_.marks = Marks::by_normalizer;
        made_.mark_before = MarkBefore::each;
      } else if (type == "Replace" && is_text(json_member(part, "content"), kMark) &&
                 is_text(json_member(json_member(part, "pattern"), "String"), " ") &&
                 made_.alphabet == Alphabet::characters && made_.marks != Marks::by_pre_tokenizer) {
        made_.marks = Marks::by_normalizer;
        made_.marks_for_spaces = true;
      } else {
        refuse("normalizer", part);
      }
    }
  }

  void read_post_processor() {
    for (const Json& part : parts_of(json_member(root_, "post_processor"), "processors")) {
      if (json_type(part) == "ByteLevel") continue;  // moves offsets only
      if (json_type(part) != "TemplateProcessing") refuse("post_processor", part);
      read_template(json_member(part, "single"));
    }
  }

  void read_template(const Json& single) {
    if (!single.is_array()) refuse("the post_processor's template is not a list");
    bool seen = false;
    for (const Json& item : single) {
      if (!json_member(item, "Sequence").is_null()) {
        seen = true;
        continue;
      }
      const Json& id = json_member(json_member(item, "SpecialToken"), "id");
      if (!id.is_string()) refuse("the post_processor's template has no special token's id");
      (seen ? made_.after : made_.before).push_back(id.get<std::string>());
    }
  }

  void read_decoder() {
    const auto parts = parts_of(json_member(root_, "decoder"), "decoders");
    for (const Json& part : parts) {
      const std::string type = json_type(part);
      if (made_.alphabet == Alphabet::bytes) {
        if (type != "ByteLevel") refuse("decoder", part);
      } else if (type == "Metaspace") {
        made_.decoder_drops_space = !is_text(json_member(part, "prepend_scheme"), "never");
      } else if (type == "Strip" && is_text(json_member(part, "content"), " ") &&
                 json_member(part, "start") == 1 && json_member(part, "stop") == 0) {
        made_.decoder_drops_space = true;
      } else if (type != "Replace" && type != "ByteFallback" && type != "Fuse") {
        refuse("decoder", part);
      }
    }
  }

  const Json& root_;
  const std::string& what_;
  Components made_;
};

}  // namespace

Components read_components(const Json& tokenizer, const std::string& what) {
  return Reader(tokenizer, what).read();
}

void refuse_tokenizer(const std::string& what, const std::string& why) {
  throw Error(
      ExitCode::failed, what + ": " + printable(why),
      "BPE as GPT-2, Llama, Mistral, Qwen or SmolLM2 have it is supported, or your own from "
      "aiops tokenizer train");
}

const Json& json_member(const Json& object, const char* key) {
  if (!object.is_object()) return kNull;
  const auto found = object.find(key);
  return found == object.end() ? kNull : *found;
}

std::string json_type(const Json& component) {
  const Json& type = json_member(component, "type");
  return type.is_string() ? type.get<std::string>() : std::string();
}

bool json_is_true(const Json& value) { return value.is_boolean() && value.get<bool>(); }

}  // namespace aiops::train
