// SPDX-License-Identifier: Apache-2.0
// llama_parity DIR tied|untied: writes a small random model into DIR as Hugging Face's library
// reads it (config.json, model.safetensors), and what our model makes of a batch
// (ours.safetensors): the loss, every gradient, and the logits after the first row from the
// generation cache.
#include "base/file.hpp"
#include "pack/safetensors.hpp"
#include "tests/unit/train/tiny_model.hpp"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <filesystem>
#include <string_view>

namespace {

using namespace aiops;
using namespace aiops::train;

pack::TensorToWrite tensor(const std::string& name, std::vector<std::uint64_t> shape,
                           std::span<const float> values) {
  return {name, "F32", std::move(shape), std::as_bytes(values)};
}

std::vector<float> to_floats(const std::vector<std::int32_t>& tokens) {
  return {tokens.begin(), tokens.end()};
}

void write(const std::filesystem::path& directory, bool tied) {
  ModelConfig config = tiny_config(tied);
  config.head_dim = config.hidden_size / config.num_attention_heads;
  ThreadPool threads(2);
  Model model(config, threads);
  model.initialise(9);
  const TinyBatch data(2, 70, config.vocab_size);
  model.zero_gradients();
  const std::vector<float> loss{static_cast<float>(model.forward_backward(data.batch(), 1.0F))};
  const auto logits =
      model.forward_cached(std::span(data.tokens).first(static_cast<std::size_t>(data.length)));

  std::vector<pack::TensorToWrite> weights;
  std::vector<pack::TensorToWrite> ours{tensor("loss", {1}, loss),
                                        tensor("logits", {logits.size()}, logits)};
  for (const Parameter& p : model.parameters()) {
    weights.push_back(tensor(p.name, p.shape, p.value));
    ours.push_back(tensor("gradient." + p.name, p.shape, p.gradient));
  }
  const std::vector<float> tokens = to_floats(data.tokens);
  const std::vector<float> targets = to_floats(data.targets);
  const std::vector<std::uint64_t> shape{static_cast<std::uint64_t>(data.rows),
                                         static_cast<std::uint64_t>(data.length)};
  ours.push_back(tensor("tokens", shape, tokens));
  ours.push_back(tensor("targets", shape, targets));
  pack::write_safetensors(directory / "model.safetensors", weights);
  pack::write_safetensors(directory / "ours.safetensors", ours);
  write_file_atomically(directory / "config.json", to_text(config.to_json()));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: llama_parity DIR tied|untied\n", stderr);
    return 2;
  }
  write(argv[1], std::string_view(argv[2]) == "tied");
}
