// SPDX-License-Identifier: Apache-2.0
// What PEFT understands by a name: one of target_modules is a module's whole name or its end after
// a dot; a key of rank_pattern or alpha_pattern is a regular expression for the same. Of these,
// plain names are understood, with "\." for "." and "^" before a whole name; others are refused.
#include "train/model/adapter_config.hpp"

#include "base/error.hpp"
#include "base/json.hpp"
#include "train/model/family.hpp"
#include "train/model/lora.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace aiops::train {
namespace {

constexpr std::int64_t kMostRank = 4096;
constexpr double kMostAlpha = 1e6;
constexpr const char* kHead = "score";  // of a classifier, in every family that is known here

// Members that say how adapters were made, or whose part in it their tensors say.
constexpr std::array kOfNoConsequence{"auto_mapping",
                                      "ensure_weight_tying",
                                      "eva_config",
                                      "exclude_modules",
                                      "inference_mode",
                                      "layers_pattern",
                                      "layers_to_transform",
                                      "megatron_core",
                                      "peft_version",
                                      "qalora_group_size",
                                      "revision",
                                      "runtime_config",
                                      "task_type"};

// Members that are read below.
constexpr std::array kRead{"alpha_pattern",
                           "base_model_name_or_path",
                           "bias",
                           "fan_in_fan_out",
                           "init_lora_weights",
                           "lora_alpha",
                           "lora_dropout",
                           "modules_to_save",
                           "peft_type",
                           "r",
                           "rank_pattern",
                           "target_modules",
                           "use_rslora"};

bool is_one_of(std::string_view name, const auto& names) {
  return std::ranges::find(names, name) != names.end();
}

class AdapterReader {
 public:
  AdapterReader(const Json& json, const OrderedJson& in_order, std::string_view what)
      : json_(json), in_order_(in_order), what_(what) {
    if (!json.is_object()) refuse("not a JSON object");
    if (need("peft_type") != "LORA") refuse("is no LoRA adapter");
    for (const auto& [key, value] : json_.items())
      if (!is_one_of(key, kRead) && !is_one_of(key, kOfNoConsequence)) refuse_if_on(key, value);
    const Json* bias = find("bias");
    if (bias != nullptr && *bias != "none") refuse_value("bias", *bias);
    (void)boolean("fan_in_fan_out");  // how PEFT stores the base; the adapters are alike
    check_initialisation();
  }

  AdapterConfig read() {
    AdapterConfig config;
    config.rank = rank("r", need("r"));
    config.alpha = alpha("lora_alpha", need("lora_alpha"));
    if (boolean("use_rslora")) config.scale = LoraScale::by_root;
    if (const Json* dropout = find("lora_dropout")) {
      if (!dropout->is_number() || !(*dropout >= 0) || !(*dropout < 1))
        refuse("'lora_dropout' is not a number from 0 to below 1");
      config.dropout = dropout->get<double>();
    }
    read_targets(config);
    for_each_pattern("rank_pattern", [&](std::string name, const Json& value) {
      config.ranks.emplace_back(std::move(name), rank("rank_pattern", value));
    });
    for_each_pattern("alpha_pattern", [&](std::string name, const Json& value) {
      config.alphas.emplace_back(std::move(name), alpha("alpha_pattern", value));
    });
    config.has_head = saves_head();
    if (const Json* base = find("base_model_name_or_path"); base != nullptr && base->is_string())
      config.base = base->get<std::string>();
    return config;
  }

 private:
  [[noreturn]] void refuse(const std::string& why) const {
    throw Error(ExitCode::failed, what_ + ": " + why);
  }
  [[noreturn]] void refuse_value(const std::string& key, const Json& value) const {
    refuse("'" + key + "' is " + to_text(value) + ", which is not supported");
  }
  // Absent and null are the same.
  const Json* find(const char* key) const {
    const auto found = json_.find(key);
    return found == json_.end() || found->is_null() ? nullptr : &*found;
  }
  const Json& need(const char* key) const {
    if (const Json* found = find(key)) return *found;
    refuse(std::string("has no '") + key + "'");
  }

  // What is switched on and not known would be another computation.
  void refuse_if_on(const std::string& key, const Json& value) const {
    if ((value.is_boolean() && value.get<bool>()) || (value.is_structured() && !value.empty()))
      refuse_value(key, value);
  }
  bool boolean(const char* key) const {
    const Json* found = find(key);
    if (found == nullptr) return false;
    if (!found->is_boolean()) refuse(std::string("'") + key + "' is not true or false");
    return found->get<bool>();
  }
  // Some ways to begin take a part out of the base's weights, which these adapters then lack.
  void check_initialisation() const {
    const Json* how = find("init_lora_weights");
    if (how == nullptr || how->is_boolean()) return;
    for (const char* harmless : {"gaussian", "orthogonal", "eva"})
      if (*how == harmless) return;
    refuse_value("init_lora_weights", *how);
  }

  // PEFT names a classifier's head by all the names that one has in some family.
  bool saves_head() const {
    const Json* saved = find("modules_to_save");
    if (saved == nullptr || (saved->is_structured() && saved->empty())) return false;
    const auto is_head = [](const Json& name) { return name == kHead || name == "classifier"; };
    if (!saved->is_array() || !std::ranges::all_of(*saved, is_head))
      refuse_value("modules_to_save", *saved);
    return true;
  }

  std::int64_t rank(const char* key, const Json& value) const {
    if (!value.is_number_integer() || value < 1 || value > kMostRank)
      refuse(std::string("'") + key + "' is not between 1 and " + std::to_string(kMostRank));
    return value.get<std::int64_t>();
  }
  double alpha(const char* key, const Json& value) const {
    if (!value.is_number() || !(std::abs(value.get<double>()) <= kMostAlpha))
      refuse(std::string("'") + key + "' is not a number of at most 1e6");
    return value.get<double>();
  }

  // A list of names, "all-linear", a regular expression, or nothing: what the family usually has.
  void read_targets(AdapterConfig& config) const {
    const Json* targets = find("target_modules");
    if (targets == nullptr || (targets->is_string() && *targets != "")) return;
    if (!targets->is_array() || targets->empty())
      refuse("'target_modules' is neither names nor a regular expression");
    for (const Json& target : *targets) {
      if (!target.is_string() || target == "")
        refuse("'target_modules' has something that is no name");
      config.targets.push_back(target.get<std::string>());
    }
    std::ranges::sort(config.targets);
    config.targets.erase(std::unique(config.targets.begin(), config.targets.end()),
                         config.targets.end());
    const auto narrows = [&](const char* key) {
      const Json* found = find(key);
      return found != nullptr && !(found->is_structured() && found->empty());
    };
    config.has_all = !narrows("layers_to_transform") && !narrows("exclude_modules");
  }

  template <typename Take>
  void for_each_pattern(const char* key, const Take& take) const {
    const Json* patterns = find(key);
    if (patterns == nullptr) return;
    if (!patterns->is_object()) refuse(std::string("'") + key + "' is no object");
    for (const auto& [pattern, value] : in_order_[key].items())
      take(plain_name(key, pattern), Json(value));
  }
  // The name that a pattern stands for; "^" stays in front of a whole one.
  std::string plain_name(const char* key, const std::string& pattern) const {
    std::string name;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
      const bool is_escaped = pattern[i] == '\\' && i + 1 < pattern.size() && pattern[i + 1] == '.';
      if (is_escaped) ++i;
      const char c = pattern[i];
      const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                            (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.' ||
                            (c == '^' && i == 0);
      const bool is_end = c == '$' && i + 1 == pattern.size();
      if (!is_plain && !is_end)
        refuse("'" + std::string(key) + "' has " + to_text(Json(pattern)) +
               ": of regular expressions only names are supported");
      if (!is_end) name += c;
    }
    return name;
  }

  const Json& json_;
  const OrderedJson& in_order_;
  std::string what_;
};

bool pattern_fits(std::string_view matrix, std::string_view name) {
  return name.starts_with('^') ? matrix == name.substr(1) : is_named(matrix, name);
}

template <typename Value>
Value first_that_fits(const std::vector<std::pair<std::string, Value>>& patterns,
                      std::string_view matrix, Value otherwise) {
  for (const auto& [name, value] : patterns)
    if (pattern_fits(matrix, name)) return value;
  return otherwise;
}

}  // namespace

LoraOptions::Size AdapterConfig::size_of(std::string_view matrix) const {
  return {first_that_fits(ranks, matrix, rank), first_that_fits(alphas, matrix, alpha)};
}

bool AdapterConfig::targets_matrix(std::string_view matrix) const {
  return std::ranges::any_of(targets,
                             [&](const std::string& target) { return is_named(matrix, target); });
}

AdapterConfig parse_adapter_config(std::string_view text, std::string_view what) {
  const Json json = parse_json(text, what, {1u << 20, 16});
  const auto in_order = OrderedJson::parse(text);  // the order of patterns counts
  return AdapterReader(json, in_order, what).read();
}

std::string adapter_config(const LoraOptions& options, const ModelConfig& model,
                           const std::string& base) {
  auto ranks = OrderedJson::object(), alphas = OrderedJson::object();
  for (const auto& [matrix, size] : options.others) {
    if (size.rank != options.rank) ranks["^" + matrix] = size.rank;
    if (size.alpha != options.alpha) alphas["^" + matrix] = size.alpha;
  }
  const bool is_in_out = describe(model.family).order == MatrixOrder::in_out;
  OrderedJson json{{"peft_type", "LORA"},
                   {"task_type", model.head.is_language() ? "CAUSAL_LM" : "SEQ_CLS"},
                   {"base_model_name_or_path", base},
                   {"r", options.rank},
                   {"lora_alpha", options.alpha},
                   {"lora_dropout", options.dropout},
                   {"target_modules", options.targets},
                   {"rank_pattern", ranks},
                   {"alpha_pattern", alphas},
                   {"bias", "none"},
                   {"fan_in_fan_out", is_in_out},
                   {"use_rslora", options.scale == LoraScale::by_root},
                   {"use_dora", false},
                   {"init_lora_weights", true},
                   {"inference_mode", true}};
  if (!model.head.is_language()) json["modules_to_save"] = {kHead};
  return json.dump(2) + "\n";
}

}  // namespace aiops::train
