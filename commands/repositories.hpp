// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/context.hpp"
#include "cli/verb.hpp"
#include "pack/reference.hpp"
#include "pack/repository.hpp"
#include "registry/mirrors.hpp"
#include "registry/traffic.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace aiops::registry {
class RateLimit;
}

namespace aiops::commands {

struct RegistryAccess;

// Opens whatever a Reference names as a Repository: store, layout, archive or registry. `access`
// says whether the place may be made. `arguments` carries the registry flags below. Throws
// Error{usage} for dir:.
enum class Access { read, write };
std::unique_ptr<pack::Repository> open_repository(const pack::Reference& reference, Access access,
                                                  const Arguments& arguments, Context& context);

// An artifact that something is to be added to: a tag, a signature. It is found before its place is
// opened for writing, which would make an empty one.
struct Opened {
  std::unique_ptr<pack::Repository> repository;
  pack::Document root;
};
pack::Document find_to_add(const pack::Reference& reference, const RegistryAccess& registry,
                           Context& context);
Opened open_to_add(const pack::Reference& reference, const RegistryAccess& registry,
                   Context& context);

// Where a push or a copy goes: without a tag or a digest it takes the tag of the source, or latest.
pack::Reference destination_of(const pack::Reference& source, const std::string& word);
// Throws Error{usage} when `place` asks for another digest than the artifact has.
void require_same_digest(const pack::Reference& place, const Digest& digest);

// The manifest that a Reference names: by digest when it has one, else by tag (or latest).
pack::Document resolve(pack::Repository& repository, const pack::Reference& reference);

// The flags that every verb which may talk to a registry shares: --plain-http, --tls-ca, --jobs, …
std::vector<Flag> registry_flags();
// Those of the verbs that send: the above and --chunk-size.
std::vector<Flag> upload_flags();

// What those flags say.
struct RegistryAccess {
  enum class Scheme { by_host, http, https };  // by_host: http on this machine, else https

  Scheme scheme = Scheme::by_host;
  std::filesystem::path ca_file;
  std::size_t jobs = 4;
  int retries = 4;
  int timeout_seconds = 30;
  std::vector<registry::MirrorRule> mirrors;
  std::shared_ptr<registry::RateLimit>
      rate_limit;           // of all that this run transfers; none: no limit
  std::uint64_t chunk = 0;  // of uploads; 0: blobs go up whole
  // What all repositories opened with these options have moved.
  std::shared_ptr<registry::Traffic> traffic = std::make_shared<registry::Traffic>();
};
RegistryAccess registry_access(const Arguments& arguments);
RegistryAccess upload_access(const Arguments& arguments);  // for upload_flags()

// The same as above, for verbs that keep their options in a struct. `mount_from`: the source of a
// copy inside one registry, whose blobs need not travel.
std::unique_ptr<pack::Repository> open_repository(const pack::Reference& reference, Access access,
                                                  const RegistryAccess& registry, Context& context,
                                                  const std::string& mount_from = {});

}  // namespace aiops::commands
