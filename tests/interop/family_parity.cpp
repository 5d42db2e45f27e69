// SPDX-License-Identifier: Apache-2.0
// family_parity DIR FAMILY tied|untied|labels|numbers: writes a small random model into DIR as
// Hugging Face's library reads it, of text or with a head for labels or numbers, then what our
// model makes of a batch (ours.safetensors): the loss, every gradient, and the logits; of a model
// of text those after the first row from the generation cache. family_parity DIR does the second
// with the model that it finds in DIR.
#include "base/error.hpp"
#include "base/file.hpp"
#include "tests/unit/train/labelled_batch.hpp"
#include "train/model/family.hpp"
#include "train/model/weights.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cstdio>
#include <filesystem>
#include <string_view>

namespace {

using namespace aiops;
using namespace aiops::train;

ModelConfig config_for(Family family, std::string_view head) {
  if (head == "labels") return tiny_head_config(family, HeadKind::classification, 3);
  if (head == "numbers") return tiny_head_config(family, HeadKind::regression, 2);
  return tiny_config_of(family, head == "tied");
}

void write_model(const std::filesystem::path& directory, std::string_view family,
                 std::string_view head) {
  const ModelConfig config = config_for(parse_family(family, "FAMILY"), head);
  ThreadPool threads(2);
  Model model(config, threads);
  initialise_roughly(model, 9);
  save_tensors(directory / "model.safetensors", tensors_of(model));
  write_file_atomically(directory / "config.json", to_text(config.to_json()));
}

// Rows of different lengths, padded with the token 0 that none of them has.
struct PaddedBatch {
  explicit PaddedBatch(const ModelConfig& config) {
    std::int32_t row = 0;
    for (const std::size_t size : kSizes) {
      for (std::size_t i = 0; i < kLength; ++i) {
        const double chance = kernels::uniform(3, 0, tokens.size());
        tokens.push_back(i < size ? 1 + static_cast<std::int32_t>(chance * 36) : 0);
        const bool ends = i + 1 == size;
        targets.push_back(!ends ? -1 : config.head.kind == HeadKind::regression ? row : row % 2);
      }
      ++row;
    }
    for (std::int64_t i = 0; i < row * config.outputs(); ++i)
      values.push_back(
          static_cast<float>(kernels::uniform(3, 1, static_cast<std::uint64_t>(i)) * 2 - 1));
  }
  Batch batch() const {
    return {.rows = kSizes.size(),
            .length = kLength,
            .tokens = tokens,
            .targets = targets,
            .values = values};
  }
  static constexpr std::array<std::size_t, 4> kSizes{70, 33, 5, 1};
  static constexpr std::size_t kLength = 70;
  std::vector<std::int32_t> tokens, targets;
  std::vector<float> values;
};

void save(const std::filesystem::path& directory, Model& model, std::vector<NamedTensor> ours) {
  for (const Parameter& p : model.parameters())
    ours.push_back({"gradient." + p.name, p.shape, p.gradient, p.order});
  save_tensors(directory / "ours.safetensors", ours);
}

void write_judgements(const std::filesystem::path& directory, Model& model) {
  const PaddedBatch data(model.config());
  constexpr std::uint64_t kRows = PaddedBatch::kSizes.size();
  const auto outputs = static_cast<std::uint64_t>(model.config().outputs());
  std::vector<float> logits;
  model.predict(data.batch(), logits);
  model.zero_gradients();
  const float share = 1.0F / kRows;
  const double sum = model.forward_backward(data.batch(), share);
  std::vector<float> loss{static_cast<float>(sum / kRows)};
  std::vector<float> tokens(data.tokens.begin(), data.tokens.end());
  std::vector<float> labels(kRows);
  for (std::size_t row = 0; row < kRows; ++row) labels[row] = static_cast<float>(row % 2);
  auto values = data.values;
  save(directory, model,
       {{"loss", {1}, loss},
        {"logits", {kRows, outputs}, logits},
        {"tokens", {kRows, PaddedBatch::kLength}, tokens},
        {"labels", {kRows}, labels},
        {"values", {kRows, outputs}, values}});
}

void write_ours(const std::filesystem::path& directory) {
  const auto files = ModelFiles::in_directory(directory);
  const auto config =
      ModelConfig::from_json(parse_json(files.read("config.json"), "config.json"), "config.json");
  ThreadPool threads(2);
  Model model(config, threads);
  load_weights(files, model);
  if (!config.head.is_language()) return write_judgements(directory, model);
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
  save(directory, model,
       {{"loss", {1}, loss},
        {"logits", {logits.size()}, logits},
        {"tokens", shape, tokens},
        {"targets", shape, targets}});
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2 && argc != 4) {
    std::fputs("usage: family_parity DIR [FAMILY tied|untied|labels|numbers]\n", stderr);
    return 2;
  }
  try {
    if (argc == 4) write_model(argv[1], argv[2], argv[3]);
    write_ours(argv[1]);
  } catch (const Error& error) {
    std::fprintf(stderr, "%s\n", error.message.c_str());
    return 1;
  }
}
