// SPDX-License-Identifier: Apache-2.0
// A repository of a registry as a pack::Repository (OCI distribution-spec 1.1).
#pragma once

#include "base/status.hpp"
#include "base/stop.hpp"
#include "pack/repository.hpp"
#include "registry/credentials.hpp"
#include "registry/http_client.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace aiops::registry {

enum class Scheme { https, http };

struct RemoteOptions {
  std::string host;        // host[:port]
  std::string repository;  // "team/model"
  Scheme scheme = Scheme::https;
  HttpOptions http;
  AuthFiles auth;
  Purpose purpose = Purpose::read;  // what the tokens that are asked for may do
  int retries = 4;                  // attempts without progress, beyond the first
  std::filesystem::path spool;      // where blobs that can only stream wait for their upload
  std::string mount_from;  // a repository of the same registry that may hold the blobs; or empty
  std::filesystem::path state;  // remembers broken uploads and what hosts have; empty: nothing does
  std::uint64_t chunk = 0;      // send blobs in pieces of this size; 0: whole where that works
};

// What a registry can do that other places cannot, or do otherwise.
class RemoteRepository : public pack::Repository {
 public:
  // The digest that a tag names by the registry's word alone (HEAD): enough to tell a person, not
  // to trust bytes. Nothing when there is no such tag.
  virtual std::optional<Digest> stated_digest(std::string_view tag) = 0;
  // Removes a manifest with every tag that names it, and its line in the fallback index of its
  // subject. Throws Error{denied} where deleting is switched off.
  virtual void delete_manifest(const pack::Document& document) = 0;
  // Takes a blob out of this repository; other manifests that name it are broken by that. Throws as
  // above.
  virtual void delete_blob(const Digest& digest) = 0;
  // Takes a tag away and leaves the manifest. Throws Error{failed} where the registry knows no such
  // thing.
  virtual void delete_tag(std::string_view tag) = 0;
};

// Opens nothing yet: the first request connects. `status` and `stop` must outlive the repository
// and its blobs.
std::unique_ptr<RemoteRepository> open_remote(RemoteOptions options, Status& status,
                                              const StopFlag& stop);

// Asks the registry whether it takes these credentials (GET /v2/). Throws Error{denied} when not,
// and Error{unavailable}.
void check_credentials(const RemoteOptions& options, const Credentials& credentials, Status& status,
                       const StopFlag& stop);

}  // namespace aiops::registry
