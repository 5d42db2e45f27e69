// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.hpp"
#include "train/model/files.hpp"
#include "train/model/stored_model.hpp"

#include <nlohmann/json.hpp>

#include <memory>
#include <string>

namespace aiops::bench {

// A model to measure: the shape of one that is freshly initialised, or one that is stored.
struct BenchModel {
  std::string name;  // in records; of a stored one what it is, not where it lies
  train::ModelConfig config;
  std::shared_ptr<const train::StoredModel> stored = nullptr;  // null: a shape
  Json weights = nullptr;                                      // the record's `workload.weights`
};

BenchModel shape_model(const std::string& name);  // one of train_models()

// Reads all of its weights, to name them by digest: those of the files at the top that end in
// .safetensors or .gguf. Throws what StoredModel::open throws, and Error{usage} for adapters and
// for a model that makes no text.
BenchModel stored_model(const train::ModelFiles& files);

}  // namespace aiops::bench
