// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "commands/repositories.hpp"
#include "registry/remote_repository.hpp"

#include <string>

namespace aiops::commands {

// Everything registry/ has to be told about the environment: auth files, certificates, proxies, the
// directory for temporary copies.
registry::RemoteOptions remote_options(const std::string& host, const RegistryAccess& access,
                                       const Context& context);

// The auth files in the order they are asked:
//   $REGISTRY_AUTH_FILE, $XDG_RUNTIME_DIR/containers/auth.json,
//   $XDG_CONFIG_HOME/containers/auth.json, $DOCKER_CONFIG/config.json or else ~/.docker/config.json
// `login` writes the first of the first three whose variable is set, as podman and skopeo do;
// $XDG_CONFIG_HOME is ~/.config when unset.
registry::AuthFiles auth_files(const Context& context);

// A registry as login and logout take it: HOST[:PORT], a scheme before it and a slash after it are
// forgiven. Throws Error{usage}.
std::string registry_host(const std::string& text);

}  // namespace aiops::commands
