// SPDX-License-Identifier: Apache-2.0
// The CNCF ModelPack format (modelpack/model-spec v0.0.7), as written here: everything in it
// follows from the files' paths, bytes and headers and from aiops.yaml. No clock, owner, time or
// host gets in, so the same directory gives the same digest on any machine.
#pragma once

#include "pack/manifest.hpp"
#include "pack/model_facts.hpp"
#include "pack/model_file.hpp"
#include "pack/source_tree.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace aiops::pack {

enum class LayerEncoding { raw, tar, tar_zstd };

struct PackedLayer {
  const SourceFile* file;
  Descriptor descriptor;
  Digest diff_id;  // of the layer uncompressed
};

// "application/vnd.cncf.model.weight.v1.raw"
std::string modelpack_media_type(FileKind kind, LayerEncoding encoding);

// org.cncf.model.filepath, the OCI title (raw layers: then oras and AIKit keep the name) and the
// file's metadata with owner and time set to nothing.
Annotations modelpack_annotations(const SourceFile& file, LayerEncoding encoding);

// The config blob: {descriptor, modelfs, config}. `created` is RFC 3339, or empty for none.
std::string modelpack_config(const std::vector<PackedLayer>& layers, const ModelFile& model,
                             const ModelFacts& facts, std::string_view created);

Document modelpack_manifest(const std::vector<PackedLayer>& layers, const Descriptor& config);

}  // namespace aiops::pack
