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
#include <string>

namespace aiops::registry {

enum class Scheme { https, http };

struct RemoteOptions {
  std::string host;        // host[:port]
  std::string repository;  // "team/model"
  Scheme scheme = Scheme::https;
  HttpOptions http;
  AuthFiles auth;
  Purpose purpose = Purpose::read;  // write asks for tokens that may push
  int retries = 4;                  // attempts without progress, beyond the first
  std::filesystem::path spool;      // where blobs that can only stream wait for their upload
  std::string mount_from;  // a repository of the same registry that may hold the blobs; or empty
};

// Opens nothing yet: the first request connects. `status` and `stop` must outlive the repository
// and its blobs.
std::unique_ptr<pack::Repository> open_remote(RemoteOptions options, Status& status,
                                              const StopFlag& stop);

// Asks the registry whether it takes these credentials (GET /v2/). Throws Error{denied} when not,
// and Error{unavailable}.
void check_credentials(const RemoteOptions& options, const Credentials& credentials, Status& status,
                       const StopFlag& stop);

}  // namespace aiops::registry
