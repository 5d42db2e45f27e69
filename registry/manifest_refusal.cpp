// SPDX-License-Identifier: Apache-2.0
#include "registry/manifest_refusal.hpp"

#include "pack/media_type.hpp"
#include "registry/quirks.hpp"
#include "registry/refusal.hpp"

#include <algorithm>

namespace aiops::registry {
namespace {

// Not an image: of a type that older registries do not know.
std::string artifact_type_of(const pack::Document& document) {
  if (pack::is_index(document.descriptor.media_type)) return {};
  const auto manifest = pack::Manifest::parse(document.bytes, "the manifest");
  const std::string type = manifest.effective_artifact_type();
  const bool image = type == pack::media_type::kImageConfig ||
                     type == "application/vnd.docker.container.image.v1+json";
  return image ? std::string() : type;
}

bool refuses_kind(const Response& response, const std::string& code) {
  const int status = response.status;
  if (status == 405 || status == 415) return true;
  return (status == 400 || status == 403) && (code == "MANIFEST_INVALID" || code == "UNSUPPORTED");
}

}  // namespace

bool says_tag_is_taken(const Response& response) {
  if (response.status == 409) return true;
  if (response.status != 400) return false;
  const std::string said = server_text(response);
  return error_code(response) == "TAG_INVALID" ||
         said.find("already exists") != std::string::npos ||
         said.find("immutable") != std::string::npos;
}

void throw_manifest_refusal(const Remote& remote, const Response& response,
                            const pack::Document& document, std::string_view tag) {
  const std::string name = remote.name() + (tag.empty() ? "@" : ":") +
                           (tag.empty() ? document.descriptor.digest.str() : std::string(tag));
  const std::string action = "push manifest " + name;
  const std::string code = error_code(response);
  if (code == "MANIFEST_BLOB_UNKNOWN" || code == "BLOB_UNKNOWN")
    throw pack::MissingBlobs(ExitCode::failed, "cannot " + action + ": " + response.url.authority +
                                                   " misses a blob of it" + server_text(response));
  if (!tag.empty() && says_tag_is_taken(response))
    throw Error(ExitCode::conflict,
                name + " names another artifact and may not be moved" + server_text(response),
                "push under another tag");
  if (refuses_kind(response, code))
    if (const std::string type = artifact_type_of(document); !type.empty()) {
      Error error = refusal(response, action);
      error.message += "; it may take images only, and this is an artifact of type " + type;
      error.mend = "push it to a registry that takes OCI artifacts";
      throw error;
    }
  if (code == "DIGEST_INVALID" && document.descriptor.digest.algorithm() != "sha256") {
    Error error = refusal(response, action);
    error.message +=
        "; it may not take manifests by " + std::string(document.descriptor.digest.algorithm());
    error.mend = "unpack the artifact and pack it again: that names it by sha256";
    throw error;
  }
  throw repository_refusal(remote, response, action);
}

Error repository_refusal(const Remote& remote, const Response& response,
                         const std::string& action) {
  Error error = refusal(response, action);
  if (response.status != 404) return error;
  const std::string host = remote.session->base().authority;
  error.message = "cannot " + action + ": " + host + " has no repository " + remote.repository +
                  server_text(response);
  error.mend = create_command(host, remote.repository);
  if (error.mend.empty()) error.mend = "create it there first";
  return error;
}

}  // namespace aiops::registry
