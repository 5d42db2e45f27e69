// SPDX-License-Identifier: Apache-2.0
// family_parity DIR FAMILY tied|untied: writes a small random model into DIR as Hugging Face's
// library reads it, then what our model makes of a batch (ours.safetensors): the loss, every
// gradient, and the logits after the first row from the generation cache. family_parity DIR does
// the second with the model that it finds in DIR.
#include "base/error.hpp"
#include "base/file.hpp"
#include "tests/unit/train/tiny_model.hpp"
#include "train/model/family.hpp"
#include "train/model/weights.hpp"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <filesystem>
#include <string_view>

namespace {

using namespace aiops;
using namespace aiops::train;

void write_model(const std::filesystem::path& directory, std::string_view family, bool tied) {
  const ModelConfig config = tiny_config_of(parse_family(family, "FAMILY"), tied);
  ThreadPool threads(2);
  Model model(config, threads);
  initialise_roughly(model, 9);
  save_tensors(directory / "model.safetensors", tensors_of(model));
  write_file_atomically(directory / "config.json", to_text(config.to_json()));
}

void write_ours(const std::filesystem::path& directory) {
  const auto files = ModelFiles::in_directory(directory);
  const auto config =
      ModelConfig::from_json(parse_json(files.read("config.json"), "config.json"), "config.json");
  ThreadPool threads(2);
  Model model(config, threads);
  load_weights(files, model);
  const TinyBatch data(2, 70, config.vocab_size);
  model.zero_gradients();
  std::vector<float> loss{static_cast<float>(model.forward_backward(data.batch(), 1.0F))};
  const auto row = std::span(data.tokens).first(static_cast<std::size_t>(data.length));
  const auto after = model.forward_cached(row);
  std::vector<float> logits(after.begin(), after.end());
  std::vector<float> tokens(data.tokens.begin(), data.tokens.end());
  std::vector<float> targets(data.targets.begin(), data.targets.end());

  const std::vector<std::uint64_t> shape{static_cast<std::uint64_t>(data.rows),
                                         static_cast<std::uint64_t>(data.length)};
  std::vector<NamedTensor> ours{{"loss", {1}, loss},
                                {"logits", {logits.size()}, logits},
                                {"tokens", shape, tokens},
                                {"targets", shape, targets}};
  for (const Parameter& p : model.parameters())
    ours.push_back({"gradient." + p.name, p.shape, p.gradient, p.order});
  save_tensors(directory / "ours.safetensors", ours);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2 && argc != 4) {
    std::fputs("usage: family_parity DIR [FAMILY tied|untied]\n", stderr);
    return 2;
  }
  try {
    if (argc == 4) write_model(argv[1], argv[2], std::string_view(argv[3]) == "tied");
    write_ours(argv[1]);
  } catch (const Error& error) {
    std::fprintf(stderr, "%s\n", error.message.c_str());
    return 1;
  }
}
