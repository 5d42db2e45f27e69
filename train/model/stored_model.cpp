// SPDX-License-Identifier: Apache-2.0
#include "train/model/stored_model.hpp"

#include "base/error.hpp"
#include "base/json.hpp"
#include "train/config/reader.hpp"
#include "train/gguf/config.hpp"
#include "train/gguf/tokenizer.hpp"
#include "train/gguf/weights.hpp"
#include "train/model/adapter_directory.hpp"
#include "train/model/weights.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace aiops::train {
namespace {

constexpr const char* kGeneration = "generation_config.json";

bool has_safetensors(const ModelFiles& files) {
  return files.has("model.safetensors") || files.has("model.safetensors.index.json");
}

// The one GGUF file; nothing when there is none.
std::optional<std::string> find_gguf(const ModelFiles& files) {
  std::vector<std::string> found;
  for (const std::string& name : files.names())
    if (name.ends_with(".gguf")) found.push_back(name);
  if (found.empty()) return std::nullopt;
  if (found.size() > 1)
    throw Error(ExitCode::usage,
                files.name() + ": has " + std::to_string(found.size()) + " GGUF files, " +
                    found[0] + " and " + found[1] + " among them",
                "name one of the files");
  return found[0];
}

std::string tokenizer_json_name(const ModelFiles& files) {
  return files.name() + "/tokenizer.json";
}

Tokenizer read_tokenizer_json(const ModelFiles& files) {
  if (!files.has("tokenizer.json") && files.has("tokenizer.model"))
    throw Error(ExitCode::failed,
                files.name() + ": has SentencePiece's tokenizer.model, and no tokenizer.json",
                "write tokenizer.json with transformers, or name a GGUF file of the model");
  return Tokenizer::from_json(files.read("tokenizer.json", kMostTokenizer),
                              tokenizer_json_name(files));
}

pack::ByteSource open_source(const ModelFiles& files, const std::string& name) {
  ModelFiles::File file = files.open(name);
  return {file.what, file.size, std::move(file.read_at)};
}

// The template that tokenizer_config.json holds: a text, or of several the one named default.
std::string template_of(const Json& config) {
  const auto found = config.is_object() ? config.find("chat_template") : config.end();
  if (found == config.end()) return {};
  if (found->is_string()) return found->get<std::string>();
  if (found->is_array())
    for (const Json& one : *found)
      if (one.is_object() && one.contains("name") && one["name"] == "default" &&
          one.contains("template") && one["template"].is_string())
        return one["template"].get<std::string>();
  return {};
}

// The template of a directory; empty when there is none.
std::string template_in(const ModelFiles& files) {
  if (files.has("chat_template.jinja")) return files.read("chat_template.jinja");
  constexpr const char* kConfig = "tokenizer_config.json";
  if (!files.has(kConfig)) return {};
  return template_of(
      parse_json(files.read(kConfig), files.name() + "/" + kConfig, {64u << 20, 64}));
}

}  // namespace

StoredModel StoredModel::open(const ModelFiles& files) {
  if (is_adapter(files))
    throw Error(ExitCode::usage, files.name() + ": holds adapters, which need their base",
                "name the base, and these as its adapter");
  StoredModel stored(files);
  const auto name = has_safetensors(files) ? std::nullopt : find_gguf(files);
  if (name) {
    pack::ByteSource source = open_source(files, *name);
    auto header = pack::read_gguf_header(source);
    stored.config_ = config_of_gguf(source, header);
    stored.gguf_ = {std::move(source), std::move(header)};
  } else {
    const std::string what = files.name() + "/config.json";
    stored.config_ = ModelConfig::from_json(parse_json(files.read("config.json"), what), what);
  }
  stored.own_head_ = stored.config_.head;
  return stored;
}

StoredModel StoredModel::open(const ModelFiles& files, const std::optional<ModelFiles>& adapter) {
  StoredModel stored = open(files);
  if (adapter) stored.lay_over(*adapter);
  return stored;
}

void StoredModel::lay_over(const ModelFiles& adapter) {
  if (!is_adapter(adapter))
    throw Error(ExitCode::usage,
                adapter.name() + ": holds no adapter: there is no " + kAdapterConfig);
  lora_ = read_adapter(adapter, config_);
  config_.head = head_of(adapter, config_.head);
  adapter_ = adapter;
  if (!adapter.has(kGeneration)) return;
  const std::string what = adapter.name() + "/" + kGeneration;
  const auto ends =
      ConfigReader(parse_json(adapter.read(kGeneration), what), what).tokens("eos_token_id");
  if (std::ranges::all_of(ends, [&](std::int64_t end) { return config_.is_end(end); })) return;
  for (const std::int64_t end : ends)
    if (end < 0 || end >= config_.vocab_size)
      throw Error(ExitCode::failed, what + ": 'eos_token_id' is " + std::to_string(end) +
                                        ", the base knows " + std::to_string(config_.vocab_size) +
                                        " tokens");
  config_.eos_token_id = ends.front();
  config_.other_eos_token_ids.assign(ends.begin() + 1, ends.end());
}

Tokenizer StoredModel::tokenizer_of(const ModelFiles& files) {
  const auto name = has_safetensors(files) ? std::nullopt : find_gguf(files);
  if (!name) return read_tokenizer_json(files);
  const pack::ByteSource source = open_source(files, *name);
  return read_gguf_tokenizer(source, pack::read_gguf_header(source));
}

Tokenizer StoredModel::tokenizer() const {
  const std::string what = gguf_ ? gguf_->source.what : tokenizer_json_name(files_);
  auto tokenizer =
      gguf_ ? read_gguf_tokenizer(gguf_->source, gguf_->header) : read_tokenizer_json(files_);
  if (tokenizer.vocab_size() > config_.vocab_size)
    throw Error(ExitCode::failed, what + ": has " + std::to_string(tokenizer.vocab_size()) +
                                      " tokens, the model knows " +
                                      std::to_string(config_.vocab_size));
  return tokenizer;
}

std::string StoredModel::chat_template() const {
  if (adapter_)
    if (const std::string own = template_in(*adapter_); !own.empty()) return own;
  if (gguf_) return gguf_->header.text("tokenizer.chat_template");
  return template_in(files_);
}

std::string StoredModel::name() const {
  if (gguf_ && !gguf_->header.text("general.name").empty())
    return gguf_->header.text("general.name");
  return files_.name();
}

std::string StoredModel::card() const {
  return files_.has("README.md") ? files_.read("README.md") : std::string();
}

void StoredModel::load(Model& model, ThreadPool& threads) const {
  if (gguf_)
    load_gguf_weights(gguf_->source, gguf_->header, model, threads);
  else
    load_weights(files_, model, model.config().head == own_head_ ? Part::all : Part::body);
  if (adapter_ && model.lora() != nullptr) load_adapter(*adapter_, model);
}

}  // namespace aiops::train
