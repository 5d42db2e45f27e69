// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/thread_pool.hpp"
#include "pack/gguf.hpp"
#include "train/model/files.hpp"
#include "train/model/model.hpp"
#include "train/tokenizer/tokenizer.hpp"

#include <optional>
#include <string>

namespace aiops::train {

// A model as it is stored: the files that Hugging Face's libraries write (config.json, safetensors,
// tokenizer.json), or one GGUF file that holds everything. Which of them, the weights decide. There
// may be adapters over it, as PEFT writes them, whose end token and chat template are its own then
// where they have some.
class StoredModel {
 public:
  // Reads the configuration. Throws Error{failed} naming what is missing or not supported, and
  // Error{usage} for adapters without their base.
  static StoredModel open(const ModelFiles& files);
  static StoredModel open(const ModelFiles& files, const std::optional<ModelFiles>& adapter);

  // The tokenizer alone, of models whose configuration is missing or not supported, too.
  static Tokenizer tokenizer_of(const ModelFiles& files);

  const ModelConfig& config() const { return config_; }
  // How a model is to be made for load() to fill: with the adapters, if there are any.
  const LoraOptions& lora() const { return lora_; }
  // Throws Error{failed} when it has more tokens than the model knows.
  Tokenizer tokenizer() const;
  // The chat template's text; empty when there is none.
  std::string chat_template() const;
  // What the GGUF file calls the model, or the name of the files.
  std::string name() const;
  // README.md; empty when there is none.
  std::string card() const;
  // Fills the parameters of a model of this configuration, those below the head when it has another
  // head, and its adapters where it has some.
  void load(Model& model, ThreadPool& threads) const;

 private:
  struct Gguf {
    pack::ByteSource source;
    pack::GgufHeader header;
  };
  explicit StoredModel(const ModelFiles& files) : files_(files) {}
  void lay_over(const ModelFiles& adapter);

  ModelFiles files_;
  std::optional<ModelFiles> adapter_;
  LoraOptions lora_;
  std::optional<Gguf> gguf_;
  ModelConfig config_;
  ModelHead own_head_;  // without the adapter
};

}  // namespace aiops::train
