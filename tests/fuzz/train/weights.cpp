// SPDX-License-Identifier: Apache-2.0
#include "train/model/weights.hpp"

#include "tests/fuzz/harness.hpp"
#include "tests/fuzz/scratch_file.hpp"
#include "tests/unit/train/tiny_model.hpp"
#include "train/model/adapter_directory.hpp"
#include "train/model/stored_model.hpp"

#include <nlohmann/json.hpp>

// The files beside the weights of a small model: the input is the index of its shards, the
// tokenizer_config.json with its chat template, or the adapters over it and what ends their texts.
// What is accepted is read whole, and no read leaves a file.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace aiops;
  using namespace aiops::train;
  if (size == 0) return 0;
  const std::string_view bytes = fuzz::text_of(data + 1, size - 1);
  const fuzz::ScratchFile scratch("");
  static ThreadPool threads(1);
  const ModelConfig config = tiny_config();
  const auto put = [&](const char* name, std::string_view text) {
    fuzz::fill(scratch.directory() / name, text);
  };
  const auto files = [&] { return ModelFiles::in_directory(scratch.directory()); };
  switch (data[0]) {
    case 'i': {
      put("model.safetensors.index.json", bytes);
      put("a.safetensors", std::string_view("\x08\0\0\0\0\0\0\0{}      ", 16));
      Model model(config, threads);
      return fuzz::refuses_politely([&] { load_weights(files(), model); });
    }
    case 't':
      put("config.json", to_text(config.to_json()));
      put("tokenizer_config.json", bytes);
      return fuzz::refuses_politely([&] { (void)StoredModel::open(files()).chat_template(); });
    default: {
      constexpr const char* kAny =
          R"({"peft_type":"LORA","r":2,"lora_alpha":2,"target_modules":"all-linear"})";
      put("adapter_config.json", kAny);
      put("adapter_model.safetensors", bytes);
      return fuzz::refuses_politely([&] {
        Model model(config, threads, {.lora = read_adapter(files(), config)});
        load_adapter(files(), model);
      });
    }
  }
}
