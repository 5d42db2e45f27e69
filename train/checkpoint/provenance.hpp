// SPDX-License-Identifier: Apache-2.0
// What the trainer says of a checkpoint: an in-toto statement with SLSA's provenance v1 as its
// predicate, in training/provenance.json. Training is the build, data and base model are its
// dependencies. The previous checkpoint is a dependency, too, by the root of its files: the
// statements form a chain, and one that was taken out or exchanged shows.
//
// A statement made by the machine that trained, signed by its owner's key, is SLSA Build L1: it
// says what happened, and nobody else vouches for it.
#pragma once

#include "train/checkpoint/checkpoint.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aiops::train {

inline constexpr std::string_view kProvenancePath = "training/provenance.json";
inline constexpr std::string_view kSlsaPredicate = "https://slsa.dev/provenance/v1";
inline constexpr std::string_view kTrainBuildType = "urn:aiops:train:v1";

// SHA-256 over the raw digests of files in the order of their paths, hex, as OpenSSF Model Signing
// defines a model's root. `checkpoint`: of all that the statement is about, training state
// included; `model`: of the files outside training/, which OUT/model and inference have.
enum class Scope { checkpoint, model };
std::string root_of(const CheckpointManifest& files, Scope scope);

// The checkpoint before this one.
struct Parent {
  std::string root;
  std::int64_t step = 0;
  bool operator==(const Parent&) const = default;
};

// What happened around a checkpoint that its state does not say.
struct RunRecord {
  std::string invocation;  // of this process, unique
  std::string started;     // RFC 3339
  std::string finished;
  std::size_t threads = 0;
  std::optional<Parent> parent;
};

// The statement about `files` (without itself).
std::string make_provenance(const TrainerState& state, const RunRecord& run,
                            const CheckpointManifest& files);

// What such a statement says, read back. A dependency has a digest or says nothing.
struct Provenance {
  struct Material {
    std::string name;    // as it was said to the trainer
    std::string digest;  // "sha256:…"
  };
  std::int64_t step = 0;
  std::int64_t steps = 0;
  std::int64_t restarts = 0;
  double loss = 0;
  std::optional<double> validation_loss;
  std::string started, finished, builder;
  std::optional<Parent> parent;
  std::optional<Material> base, adapter;
  std::vector<Material> data;
};

// Reads the predicate of a statement of kSlsaPredicate. Throws Error{failed} naming `what`: not
// made by a trainer, members missing or of the wrong kind.
Provenance read_provenance(const Json& predicate, std::string_view what);

}  // namespace aiops::train
