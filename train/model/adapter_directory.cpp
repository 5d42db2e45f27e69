// SPDX-License-Identifier: Apache-2.0
#include "train/model/adapter_directory.hpp"

#include "base/error.hpp"
#include "base/json.hpp"
#include "pack/byte_source.hpp"
#include "pack/safetensors.hpp"
#include "train/chat/template.hpp"
#include "train/model/stored_model.hpp"
#include "train/model/weights.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace aiops::train {
namespace {

constexpr const char* kGeneration = "generation_config.json";
constexpr const char* kConfig = "config.json";

// The members of an adapter_config.json, with the file's name for what is wrong with them.
class Reader {
 public:
  Reader(const Json& json, std::string_view what) : json_(json), what_(what) {
    if (!json.is_object()) refuse("not a JSON object");
  }
  [[noreturn]] void refuse(const std::string& why) const {
    throw Error(ExitCode::failed, what_ + ": " + why);
  }
  const Json& need(const char* key) const {
    const auto found = json_.find(key);
    if (found == json_.end()) refuse(std::string("has no '") + key + "'");
    return *found;
  }
  // Refuses a member that says more than `only`, null or an empty container.
  void insist(const char* key, const Json& only) const {
    const auto found = json_.find(key);
    if (found == json_.end() || found->is_null() || *found == only ||
        (found->is_structured() && found->empty()))
      return;
    refuse(std::string("'") + key + "' is " + to_text(*found) + ", which is not supported");
  }

 private:
  const Json& json_;
  std::string what_;
};

// What PEFT names a classifier's head by; the second name is that of other families.
constexpr const char* kScore = "score";
constexpr const char* kOtherScore = "classifier";

bool saves_head(const Json& config) {
  const auto found = config.find("modules_to_save");
  if (found == config.end() || !found->is_array() || found->empty()) return false;
  return std::ranges::all_of(
      *found, [](const Json& name) { return name == kScore || name == kOtherScore; });
}

// How many labels the head among the adapters has.
std::size_t saved_labels(const ModelFiles& adapter) {
  const auto file = adapter.open(std::string(kAdapterWeights) + ".safetensors");
  const auto header = pack::read_safetensors_header({file.what, file.size, file.read_at});
  for (const pack::TensorInfo& tensor : header.tensors)
    if (tensor.name.ends_with(".score.weight") && tensor.shape.size() == 2 &&
        tensor.shape[0] <= kMostLabels)
      return static_cast<std::size_t>(tensor.shape[0]);
  throw Error(ExitCode::failed, file.what + ": has no score.weight, which is to be saved");
}

// That of the adapter's own config.json. PEFT writes none: then its base's, or labels without
// names.
ModelHead head_of(const ModelFiles& adapter, const ModelHead& base) {
  if (adapter.has(kConfig)) {
    const std::string what = adapter.name() + "/" + kConfig;
    return ModelConfig::from_json(parse_json(adapter.read(kConfig), what), what).head;
  }
  const std::size_t labels = saved_labels(adapter);
  if (!base.is_language() && base.labels.size() == labels) return base;
  return {labels == 1 ? HeadKind::regression : HeadKind::classification, unnamed_labels(labels)};
}

}  // namespace

std::string adapter_config(const LoraOptions& options, const std::string& base,
                           const ModelHead& head) {
  OrderedJson json{{"peft_type", "LORA"},
                   {"task_type", head.is_language() ? "CAUSAL_LM" : "SEQ_CLS"},
                   {"base_model_name_or_path", base},
                   {"r", options.rank},
                   {"lora_alpha", options.alpha},
                   {"lora_dropout", 0.0},
                   {"target_modules", options.targets},
                   {"bias", "none"},
                   {"fan_in_fan_out", false},
                   {"use_rslora", false},
                   {"use_dora", false},
                   {"init_lora_weights", true},
                   {"inference_mode", true}};
  if (!head.is_language()) json["modules_to_save"] = {kScore};
  return json.dump(2) + "\n";
}

AdapterConfig parse_adapter_config(std::string_view text, std::string_view what) {
  const Json json = parse_json(text, what, {1u << 20, 16});
  const Reader reader(json, what);
  if (reader.need("peft_type") != "LORA") reader.refuse("is no LoRA adapter");
  for (const char* key : {"use_dora", "use_rslora", "lora_bias"}) reader.insist(key, false);
  for (const char* key : {"rank_pattern", "alpha_pattern", "layers_to_transform",
                          "target_parameters", "exclude_modules", "alora_invocation_tokens"})
    reader.insist(key, nullptr);
  const bool has_head = saves_head(json);
  if (!has_head) reader.insist("modules_to_save", nullptr);
  reader.insist("bias", "none");
  AdapterConfig config;
  const Json& rank = reader.need("r");
  if (!rank.is_number_integer() || rank < 1 || rank > 4096)
    reader.refuse("'r' is not between 1 and 4096");
  const Json& alpha = reader.need("lora_alpha");
  if (!alpha.is_number()) reader.refuse("'lora_alpha' is not a number");
  config.lora = {.rank = rank.get<std::int64_t>(), .alpha = alpha.get<double>(), .targets = {}};
  const Json& targets = reader.need("target_modules");
  if (!targets.is_array() || targets.empty()) reader.refuse("'target_modules' is no list of names");
  for (const Json& target : targets) {
    if (!target.is_string()) reader.refuse("'target_modules' is no list of names");
    config.lora.targets.push_back(target.get<std::string>());
  }
  std::ranges::sort(config.lora.targets);
  if (const auto base = json.find("base_model_name_or_path");
      base != json.end() && base->is_string())
    config.base = base->get<std::string>();
  config.has_head = has_head;
  return config;
}

bool is_adapter(const ModelFiles& files) { return files.has(kAdapterConfig); }

AdapterConfig read_adapter_config(const ModelFiles& files) {
  return parse_adapter_config(files.read(kAdapterConfig), files.name() + "/" + kAdapterConfig);
}

void load_adapter(const ModelFiles& files, Model& model) {
  load_tensors(files, kAdapterWeights, tensors_of(model));
}

LoadedModel load_adapted(const ModelFiles& base, const ModelFiles& adapter, ThreadPool& threads) {
  const auto stored = StoredModel::open(base);
  ModelConfig config = stored.config();
  if (adapter.has(kGeneration)) {  // a template of its own may end turns with another token
    const Json json = parse_json(adapter.read(kGeneration), adapter.name() + "/" + kGeneration);
    const auto end = json.is_object() ? json.find("eos_token_id") : json.end();
    if (end != json.end() && end->is_number_integer())
      config.eos_token_id = end->get<std::int64_t>();
  }
  const AdapterConfig adapted = read_adapter_config(adapter);
  if (adapted.has_head) config.head = head_of(adapter, config.head);
  auto model = std::make_unique<Model>(config, threads, ModelOptions{.lora = adapted.lora});
  stored.load(*model, threads);
  load_adapter(adapter, *model);
  const auto chat = ChatTemplate::read(adapter);
  return {std::move(model), stored.tokenizer(), chat ? chat->text() : stored.chat_template()};
}

}  // namespace aiops::train
