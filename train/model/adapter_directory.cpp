// SPDX-License-Identifier: Apache-2.0
// The tensors of adapters say which matrices have one and of which rank. The configuration says how
// much they count, and where it lists names, which there must be.
#include "train/model/adapter_directory.hpp"

#include "base/error.hpp"
#include "base/json.hpp"
#include "train/model/lora.hpp"
#include "train/model/tensors.hpp"
#include "train/model/weights.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <optional>

namespace aiops::train {
namespace {

constexpr std::string_view kPrefix = "base_model.model.";
constexpr std::string_view kA = ".lora_A.weight";
constexpr std::string_view kB = ".lora_B.weight";
constexpr std::string_view kHead = "base_model.model.score.weight";  // in full, of a classifier
constexpr const char* kConfig = "config.json";

using Shape = std::vector<std::uint64_t>;

struct Halves {
  std::optional<Shape> a, b;
};

// The matrices inside the layers of a model of this shape, by their names without ".weight".
std::map<std::string, Shape> matrices_of(const ModelConfig& config) {
  float somewhere = 0;  // offsets are taken from it; nothing is read or written
  kernels::Layout nowhere(&somewhere);
  const Tensors tensors = lay_out_tensors(config, nowhere);
  std::map<std::string, Shape> matrices;
  for (const Parameter& p : name_parameters(config, tensors, tensors))
    if (p.role == Parameter::Role::matrix)
      matrices.emplace(p.name.substr(0, p.name.rfind('.')), p.shape);
  return matrices;
}

class AdapterTensors {
 public:
  AdapterTensors(const ModelFiles& files, const ModelConfig& base)
      : what_(files.name() + "/" + kAdapterWeights + ".safetensors"), matrices_(matrices_of(base)) {
    for (const auto& [name, shape] : shapes_in(files, kAdapterWeights)) add(name, shape);
    if (adapters_.empty()) refuse("holds no adapter");
  }

  void check(const AdapterConfig& config) const {
    for (const auto& [matrix, halves] : adapters_) {
      if (!halves.a || !halves.b) refuse(name_of(matrix, halves.a ? kB : kA) + " is missing");
      const Shape& shape = matrices_.at(matrix);
      const auto rank = static_cast<std::uint64_t>(config.size_of(matrix).rank);
      require(matrix, kA, *halves.a, {rank, shape[1]});
      require(matrix, kB, *halves.b, {shape[0], rank});
      if (!config.targets.empty() && !config.targets_matrix(matrix))
        refuse(name_of(matrix, kA) + " is of no matrix that 'target_modules' names");
    }
    if (head_.has_value() != config.has_head)
      refuse(std::string(kHead) + (head_ ? " is of no module that 'modules_to_save' names"
                                         : " is missing, which is to be saved"));
    if (!config.has_all) return;
    for (const auto& [matrix, shape] : matrices_)
      if (config.targets_matrix(matrix) && !adapters_.contains(matrix))
        refuse(name_of(matrix, kA) + " is missing");
  }

  LoraOptions options(const AdapterConfig& config) const {
    LoraOptions options{.rank = config.rank,
                        .alpha = config.alpha,
                        .scale = config.scale,
                        .dropout = config.dropout,
                        .targets = targets(config)};
    for (const auto& [matrix, halves] : adapters_)
      if (const auto size = config.size_of(matrix);
          size != LoraOptions::Size{config.rank, config.alpha})
        options.others.emplace(matrix, size);
    return options;
  }

 private:
  [[noreturn]] void refuse(const std::string& why) const {
    throw Error(ExitCode::failed, what_ + ": " + why);
  }
  static std::string name_of(const std::string& matrix, std::string_view which) {
    return std::string(kPrefix) + matrix + std::string(which);
  }

  void add(const std::string& name, const Shape& shape) {
    if (name == kHead) {
      head_ = shape;
      return;
    }
    const bool is_a = name.ends_with(kA);
    if (!name.starts_with(kPrefix) || !(is_a || name.ends_with(kB)))
      refuse(name + " is no adapter of a matrix, which alone are supported");
    const std::string matrix =
        name.substr(kPrefix.size(), name.size() - kPrefix.size() - (is_a ? kA.size() : kB.size()));
    if (!matrices_.contains(matrix))
      refuse(name + ": the base has no matrix " + matrix + " inside its layers");
    (is_a ? adapters_[matrix].a : adapters_[matrix].b) = shape;
  }

  void require(const std::string& matrix, std::string_view which, const Shape& found,
               const Shape& wanted) const {
    if (found != wanted)
      refuse(fmt::format("{} is {}, configuration and base say {}", name_of(matrix, which),
                         shape_text(found), shape_text(wanted)));
  }

  // The names that the configuration lists, where they say all; else each matrix by its own.
  std::vector<std::string> targets(const AdapterConfig& config) const {
    std::vector<std::string> names;
    if (config.has_all) {
      for (const std::string& target : config.targets)
        if (std::ranges::any_of(
                adapters_, [&](const auto& adapter) { return is_named(adapter.first, target); }))
          names.push_back(target);
    } else {
      for (const auto& [matrix, halves] : adapters_) names.push_back(matrix);
    }
    return names;
  }

  std::string what_;
  std::map<std::string, Shape> matrices_;
  std::map<std::string, Halves> adapters_;
  std::optional<Shape> head_;
};

}  // namespace

bool is_adapter(const ModelFiles& files) { return files.has(kAdapterConfig); }

AdapterConfig read_adapter_config(const ModelFiles& files) {
  return parse_adapter_config(files.read(kAdapterConfig), files.name() + "/" + kAdapterConfig);
}

LoraOptions read_adapter(const ModelFiles& files, const ModelConfig& base) {
  const AdapterConfig config = read_adapter_config(files);
  const AdapterTensors tensors(files, base);
  tensors.check(config);
  return tensors.options(config);
}

ModelHead head_of(const ModelFiles& files, const ModelHead& base) {
  if (!read_adapter_config(files).has_head) return base;
  if (files.has(kConfig)) {
    const std::string what = files.name() + "/" + kConfig;
    return ModelConfig::from_json(parse_json(files.read(kConfig), what), what).head;
  }
  std::size_t labels = 0;
  for (const auto& [name, shape] : shapes_in(files, kAdapterWeights))
    if (name == kHead && shape.size() == 2 && shape[0] <= kMostLabels)
      labels = static_cast<std::size_t>(shape[0]);
  if (labels == 0)
    throw Error(ExitCode::failed,
                files.name() + ": has no " + std::string(kHead) + ", which is to be saved");
  if (!base.is_language() && base.labels.size() == labels) return base;
  return {labels == 1 ? HeadKind::regression : HeadKind::classification, unnamed_labels(labels)};
}

void load_adapter(const ModelFiles& files, Model& model) {
  load_tensors(files, kAdapterWeights, tensors_of(model));
}

}  // namespace aiops::train
