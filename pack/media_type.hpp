// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

// The media types and annotation keys of the specifications, by their own words.
namespace aiops::pack::media_type {

inline constexpr std::string_view kManifest = "application/vnd.oci.image.manifest.v1+json";
inline constexpr std::string_view kIndex = "application/vnd.oci.image.index.v1+json";
inline constexpr std::string_view kEmpty = "application/vnd.oci.empty.v1+json";
inline constexpr std::string_view kImageConfig = "application/vnd.oci.image.config.v1+json";
inline constexpr std::string_view kImageLayerTar = "application/vnd.oci.image.layer.v1.tar";
inline constexpr std::string_view kDockerManifest =
    "application/vnd.docker.distribution.manifest.v2+json";
inline constexpr std::string_view kDockerManifestList =
    "application/vnd.docker.distribution.manifest.list.v2+json";

// modelpack/model-spec v0.0.7
inline constexpr std::string_view kModelManifest = "application/vnd.cncf.model.manifest.v1+json";
inline constexpr std::string_view kModelConfig = "application/vnd.cncf.model.config.v1+json";
inline constexpr std::string_view kModelPrefix = "application/vnd.cncf.model.";

// docs/checkpoint-delta.md
inline constexpr std::string_view kCheckpointDelta = "application/vnd.aiops.checkpoint.delta.v1";
inline constexpr std::string_view kCheckpointDeltaBase =
    "application/vnd.aiops.checkpoint.delta.base.v1";
inline constexpr std::string_view kCheckpointDeltaManifest =
    "application/vnd.aiops.checkpoint.delta.manifest.v1+json";

// docs/benchmarks.md
inline constexpr std::string_view kBenchRecords = "application/vnd.dev.aiops.bench.v1+json";
inline constexpr std::string_view kJsonLines = "application/jsonl";

inline constexpr std::string_view kSigstoreBundle = "application/vnd.dev.sigstore.bundle.v0.3+json";

}  // namespace aiops::pack::media_type

namespace aiops::pack::annotation {

inline constexpr std::string_view kTitle = "org.opencontainers.image.title";
inline constexpr std::string_view kRefName = "org.opencontainers.image.ref.name";
inline constexpr std::string_view kCreated = "org.opencontainers.image.created";
inline constexpr std::string_view kFilepath = "org.cncf.model.filepath";
inline constexpr std::string_view kFileMetadata = "org.cncf.model.file.metadata+json";

}  // namespace aiops::pack::annotation
