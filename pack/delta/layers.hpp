// SPDX-License-Identifier: Apache-2.0
// An artifact some of whose files are stored as differences. Its layers are
//   files as they are       raw layers, as in any ModelPack artifact;
//   files as differences    application/vnd.aiops.checkpoint.delta.v1, whose annotations say which
//                           file it becomes, of what digest and size, and the digest of its base;
//   what these begin with   application/vnd.aiops.checkpoint.delta.base.v1, a base as it is, or
//                           again a delta, without a path.
// So the manifest names every blob that is needed to rebuild its files. A copy is complete, a
// collector of garbage keeps all of it, and the artifact of the base may be deleted.
//
// Their names are those of what they are ("model.safetensors.delta"), so that a program that does
// not know them never takes one for a model.
#pragma once

#include "pack/manifest.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aiops::pack {

// How many deltas may lie on top of each other.
inline constexpr std::size_t kMostDeltas = 16;

// What a layer that is a difference says of itself.
struct DeltaLayer {
  std::string path;  // of the file that it becomes; empty: only a step towards one
  Digest whole;
  std::uint64_t size = 0;  // of the whole
  Digest base;
};

// Nothing for another layer. Throws Error{failed} when its annotations do not say all that.
std::optional<DeltaLayer> delta_layer(const Descriptor& layer, std::string_view what);
Descriptor describe_delta(const Digest& digest, std::uint64_t bytes, const DeltaLayer& says);
// A whole file that others are a difference to.
Descriptor describe_base(const Digest& digest, std::uint64_t size);

// Whether some file of the artifact has to be rebuilt.
bool has_deltas(const Manifest& manifest);

// The files' layers as they are in the artifact that this one stands for, whether they are stored
// so or have to be rebuilt; without what deltas begin with.
std::vector<Descriptor> whole_layers(const Manifest& manifest, std::string_view what);
// That artifact's manifest, whose digest the annotation kWholeManifest says. Throws
// Error{unverified} when it says another, Error{failed} when it is missing.
Document whole_manifest(const Manifest& manifest, std::string_view what);

// Which blobs each file of an artifact is made of.
class DeltaSteps {
 public:
  struct Step {
    Descriptor layer;
    std::optional<DeltaLayer> delta;  // nothing: a whole file
    const Digest& becomes() const { return delta ? delta->whole : layer.digest; }
  };

  // `what` is for messages.
  DeltaSteps(const Manifest& manifest, std::string what);

  // From a whole file to the last delta. Throws Error{not_found} when one is not among the layers,
  // Error{failed} for more than kMostDeltas (so for a circle) and for sizes that differ.
  std::vector<Step> to(const Digest& whole) const;
  // How many deltas the deepest file takes; 0: all are whole.
  std::size_t depth() const;

 private:
  std::string what_;
  std::map<Digest, Step> makers_;  // by what they become
};

// "vnd.aiops.checkpoint.delta.whole": digest of the manifest of the artifact made of whole files.
extern const std::string kWholeManifest;
// "vnd.aiops.checkpoint.delta.base": digest of the manifest that the difference was taken to.
extern const std::string kBaseManifest;

}  // namespace aiops::pack
