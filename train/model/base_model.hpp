// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/stop.hpp"
#include "train/data/corpus.hpp"
#include "train/model/files.hpp"
#include "train/model/stored_model.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace aiops::train {

// A model, or adapters, that a fine-tuning was given to start from, for provenance and for going
// on.
struct BaseRecord {
  std::string name;  // as it was said
  // Of an artifact its manifest's, "sha256:…"; of a directory that of its files' names and digests.
  std::string digest;
  std::vector<DataFile> files;  // of a directory; paths below it
};

// Files to start from, and what says which they are.
struct BaseFiles {
  BaseRecord record;
  ModelFiles files;
  std::shared_ptr<void> keep;  // what `files` are read from

  // `digest`: of the artifact; empty for a directory, whose files are hashed.
  static BaseFiles open(const std::string& name, ModelFiles files, const std::string& digest,
                        const StopFlag& stop, std::shared_ptr<void> keep = nullptr);
};

// A model that a fine-tuning starts from: weights, configuration and tokenizer are its own. With
// adapters their training goes on.
struct BaseModel {
  BaseFiles model;
  std::optional<BaseFiles> adapter = {};

  const std::string& name() const { return model.record.name; }
  StoredModel stored() const;
};

}  // namespace aiops::train
