// SPDX-License-Identifier: Apache-2.0
#include "pack/known_files.hpp"

#include "base/error.hpp"
#include "pack/formats/modelpack.hpp"
#include "pack/ingest.hpp"
#include "pack/media_type.hpp"
#include "pack/model_facts.hpp"
#include "pack/read_only_repository.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace aiops::pack {
namespace {

class KnownFiles final : public ReadOnlyRepository {
 public:
  KnownFiles(std::string name, Document manifest, Blob config,
             std::map<Digest, std::filesystem::path> files)
      : name_(std::move(name)),
        manifest_(std::move(manifest)),
        config_(std::move(config)),
        files_(std::move(files)) {}

  std::string name() const override { return name_; }

  Document fetch_manifest(std::string_view tag_or_digest) override {
    if (tag_or_digest != manifest_.descriptor.digest.str())
      throw Error(ExitCode::not_found, name_ + ": no " + std::string(tag_or_digest));
    return manifest_;
  }

  bool has(const Descriptor& blob) override {
    return blob.digest == config_.descriptor.digest || files_.contains(blob.digest);
  }

  Blob blob(const Descriptor& descriptor) override {
    if (descriptor.digest == config_.descriptor.digest) return config_;
    const auto found = files_.find(descriptor.digest);
    if (found == files_.end())
      throw Error(ExitCode::not_found, name_ + ": no " + descriptor.digest.str());
    return file_blob(found->second, descriptor);
  }

 private:
  std::string name_;
  Document manifest_;
  Blob config_;
  std::map<Digest, std::filesystem::path> files_;
};

Document with_annotations(const Document& document, const Annotations& annotations) {
  Manifest manifest = Manifest::parse(document.bytes, "manifest");
  manifest.annotations = annotations;
  return make_document(manifest.to_bytes(), document.descriptor.media_type,
                       document.descriptor.artifact_type);
}

}  // namespace

KnownArtifact describe_known(std::vector<KnownFile> files, const Annotations& annotations,
                             std::string_view left_out, const std::string& name, Status& status) {
  std::ranges::sort(files, [](const KnownFile& a, const KnownFile& b) {
    return std::tie(a.file.kind, a.file.path) < std::tie(b.file.kind, b.file.path);
  });
  std::vector<SourceFile> model;
  std::vector<PackedLayer> layers;
  std::map<Digest, std::filesystem::path> places;
  for (const KnownFile& known : files) {
    if (left_out.empty() || !known.file.path.starts_with(left_out)) model.push_back(known.file);
    layers.push_back({&known.file,
                      {modelpack_media_type(known.file.kind, LayerEncoding::raw),
                       known.digest,
                       known.file.size,
                       modelpack_annotations(known.file, LayerEncoding::raw),
                       {}},
                      known.digest});
    places.emplace(known.digest, known.file.real);
  }
  Blob config = memory_blob(modelpack_config(layers, {}, gather_facts(model, status), {}),
                            media_type::kModelConfig);
  Document manifest = with_annotations(modelpack_manifest(layers, config.descriptor), annotations);
  auto source = std::make_unique<KnownFiles>(name, manifest, std::move(config), std::move(places));
  return {std::move(manifest), std::move(source)};
}

}  // namespace aiops::pack
