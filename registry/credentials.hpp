// SPDX-License-Identifier: Apache-2.0
// Who we are to a registry: what `login` saved, in the files that docker, podman and skopeo share
// (containers-auth.json(5)).
#pragma once

#include "base/status.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aiops::registry {

struct Credentials {
  std::string user;
  std::string password;
  std::string identity_token;  // an OAuth2 refresh token; then user and password are empty
  std::string origin;          // the file or helper that supplied them, for messages
};

// The auth files, as the caller found them in its environment.
struct AuthFiles {
  std::vector<std::filesystem::path> read;  // the first that knows the registry wins
  std::filesystem::path write;              // where `login` saves
};

// A broken credential helper must not break what needs no credentials: reads go on as anonymous
// with a warning, all else fails.
enum class Purpose { read, write, remove };

// The credentials for a repository: in each file credHelpers[host], then the longest key of `auths`
// that is a prefix of `host/repository`, then credsStore. Docker Hub answers to its old key
// https://index.docker.io/v1/. Nothing when no file knows the registry.
std::optional<Credentials> find_credentials(const AuthFiles& files, std::string_view host,
                                            std::string_view repository, Purpose purpose,
                                            Status& status);

// Saves with mode 0600, atomically, every other member of the file kept; hands them to the file's
// credential helper where it names one. Returns where they went.
std::string save_credentials(const AuthFiles& files, std::string_view host,
                             const Credentials& credentials);

// Forgets what any of the files or helpers holds for the host. Returns the files and helpers that
// held something.
std::vector<std::string> forget_credentials(const AuthFiles& files, std::string_view host);

// The keys of `auths` that fit, longest first: "host/a/b", "host/a", "host".
std::vector<std::string> auth_keys(std::string_view host, std::string_view repository);

// A key as old docker versions wrote it, without scheme and path: "https://host/v1/" is "host".
std::string plain_auth_key(std::string_view key);

}  // namespace aiops::registry
