// SPDX-License-Identifier: Apache-2.0
// distribution-spec 1.1 §deleting-tags, §deleting-manifests and §deleting-blobs. All are optional
// for a registry: docker-registry has them switched off unless told otherwise, and 2.8 cannot
// remove a tag at all.
#include "base/error.hpp"
#include "registry/refusal.hpp"
#include "registry/remote.hpp"

namespace aiops::registry {
namespace {

Response ask_to_delete(Remote& remote, std::string_view what) {
  return remote.session->send({Method::delete_, remote.url(what)}, remote.scopes);
}

Error not_allowed(const Remote& remote, const Response& response, const std::string& action) {
  return {ExitCode::denied,
          "cannot " + action + ": " + remote.host + " does not allow deleting (405)" +
              server_text(response),
          "switch it on in the registry (docker-registry: REGISTRY_STORAGE_DELETE_ENABLED=true), "
          "or delete on its web page"};
}

bool exists(Remote& remote, std::string_view tag_or_digest) {
  try {
    get_manifest(remote, tag_or_digest);
    return true;
  } catch (const Error& error) {
    if (error.code != ExitCode::not_found) throw;
    return false;
  }
}

}  // namespace

void delete_manifest(Remote& remote, const pack::Document& document) {
  const std::string digest = document.descriptor.digest.str();
  const std::string action = "delete " + remote.name() + "@" + digest;
  const Response response = ask_to_delete(remote, "manifests/" + digest);
  if (response.status == 405) throw not_allowed(remote, response, action);
  // Gone already, by somebody else or by an attempt whose answer was lost.
  const bool gone = response.status == 404 && !exists(remote, digest);
  if (!response.ok() && !gone) throw refusal(response, action);
  if (const auto subject = pack::subject_of(document)) forget_referrer(remote, document, *subject);
}

void delete_blob(Remote& remote, const Digest& digest) {
  const std::string action = "delete blob " + digest.short_form() + " of " + remote.name();
  const Response response = ask_to_delete(remote, "blobs/" + digest.str());
  if (response.status == 405) throw not_allowed(remote, response, action);
  if (!response.ok() && response.status != 404) throw refusal(response, action);
}

void delete_tag(Remote& remote, std::string_view tag) {
  const std::string action = "take the tag " + std::string(tag) + " from " + remote.name();
  const Response response = ask_to_delete(remote, "manifests/" + std::string(tag));
  const int s = response.status;
  if (response.ok() || (s == 404 && !exists(remote, tag))) return;
  // 2.8.2 takes the tag for a malformed digest: 400 DIGEST_INVALID.
  if (s == 400 || s == 404 || s == 405)
    throw Error(ExitCode::failed,
                "cannot " + action + ": " + remote.host + " removes no tag alone (" +
                    std::to_string(s) + ")" + server_text(response),
                "without --tag-only the manifest goes, with every tag that names it");
  throw refusal(response, action);
}

std::optional<Digest> stated_digest(Remote& remote, std::string_view tag) {
  Request request{Method::head, remote.url("manifests/" + std::string(tag))};
  request.headers.emplace_back("Accept", accepted_manifests());
  const Response response = remote.session->send(request, remote.scopes);
  if (response.status == 404) return std::nullopt;
  const auto stated = response.headers.find("Docker-Content-Digest");
  if (response.ok() && stated && Digest::is_valid(*stated)) return Digest::parse(*stated);
  // A registry without that header, or without HEAD.
  return get_manifest(remote, tag).descriptor.digest;
}

}  // namespace aiops::registry
