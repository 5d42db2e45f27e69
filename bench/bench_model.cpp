// SPDX-License-Identifier: Apache-2.0
#include "bench/bench_model.hpp"

#include "base/digest.hpp"
#include "base/error.hpp"
#include "bench/train.hpp"
#include "train/model/adapter_directory.hpp"
#include "train/model/family.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace aiops::bench {
namespace {

bool is_weights(const std::string& name) {
  return name.find('/') == std::string::npos &&
         (name.ends_with(".safetensors") || name.ends_with(".gguf"));
}

Digest digest_of(const train::ModelFiles::File& file) {
  Hasher hasher;
  std::vector<std::byte> piece(std::min<std::uint64_t>(file.size, 4U << 20));
  for (std::uint64_t at = 0; at < file.size; at += piece.size()) {
    const std::span<std::byte> part(piece.data(),
                                    std::min<std::uint64_t>(piece.size(), file.size - at));
    file.read_at(at, part);
    hasher.update(part);
  }
  return hasher.finish();
}

Json describe_weights(const train::ModelFiles& files) {
  Json weights = Json::array();
  for (const std::string& name : files.names()) {
    if (!is_weights(name)) continue;
    const auto file = files.open(name);
    weights.push_back(
        {{"name", name}, {"sha256", std::string(digest_of(file).hex())}, {"size", file.size}});
  }
  return weights;
}

// "llama-135M@" and the first twelve digits of the one file, or of the digests of all.
std::string name_of(const train::ModelConfig& config, const Json& weights) {
  std::string digests;
  for (const Json& file : weights) digests += file.at("sha256").get<std::string>();
  const std::string which = weights.size() == 1 ? digests : std::string(sha256_of(digests).hex());
  const std::uint64_t parameters = config.parameter_count();
  const std::string size = parameters < 1'000'000
                               ? std::to_string((parameters + 500) / 1'000) + "K"
                               : std::to_string((parameters + 500'000) / 1'000'000) + "M";
  return std::string(train::describe(config.family).model_type) + "-" + size + "@" +
         which.substr(0, 12);
}

}  // namespace

BenchModel shape_model(const std::string& name) { return {name, train_shape(name)}; }

BenchModel stored_model(const train::ModelFiles& files) {
  if (train::is_adapter(files))
    throw Error(ExitCode::usage, files.name() + ": holds adapters, not a whole model",
                "aiops checkpoint export --base, which merges them");
  BenchModel model;
  model.stored = std::make_shared<const train::StoredModel>(train::StoredModel::open(files));
  model.config = model.stored->config();
  if (!model.config.head.is_language())
    throw Error(ExitCode::usage, files.name() + ": predicts labels: it makes no tokens");
  const Json weights = describe_weights(files);
  model.name = name_of(model.config, weights);
  model.weights = {{"files", weights}};
  return model;
}

}  // namespace aiops::bench
