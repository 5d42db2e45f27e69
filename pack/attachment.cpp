// SPDX-License-Identifier: Apache-2.0
#include "pack/attachment.hpp"

#include "pack/media_type.hpp"

namespace aiops::pack {

Digest attach(Repository& repository, const Descriptor& subject, const Attachment& attachment) {
  using namespace media_type;
  const Blob config = memory_blob("{}", kEmpty);
  repository.push(config, [](std::uint64_t) {});
  repository.push(attachment.content, [](std::uint64_t) {});

  Descriptor about = subject;  // in a subject only type, digest and size mean anything
  about.annotations.clear();
  about.artifact_type.clear();
  const Manifest manifest = {.media_type = std::string(kManifest),
                             .artifact_type = attachment.artifact_type,
                             .config = config.descriptor,
                             .layers = {attachment.content.descriptor},
                             .subject = about,
                             .annotations = attachment.annotations};
  const Document document = make_document(manifest.to_bytes(), kManifest, attachment.artifact_type);
  repository.push_manifest(document, {});
  return document.descriptor.digest;
}

}  // namespace aiops::pack
