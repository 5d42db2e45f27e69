// SPDX-License-Identifier: Apache-2.0
#include "commands/repositories.hpp"

#include "base/error.hpp"
#include "cli/arguments.hpp"
#include "commands/mirror_settings.hpp"
#include "commands/registry_options.hpp"
#include "pack/store.hpp"
#include "registry/mirrored_repository.hpp"
#include "registry/rate_limit.hpp"

#include <algorithm>

namespace aiops::commands {
namespace {

constexpr std::uint64_t kLowestRate = 1024;
constexpr std::uint64_t kSmallestChunk = 64 << 10;  // else there is a request every few bytes

std::unique_ptr<pack::Repository> open_place(const registry::Place& place,
                                             registry::Purpose purpose,
                                             const RegistryAccess& access, Context& context,
                                             const std::string& mount_from = {}) {
  auto options = remote_options(place.host, access, context);
  options.repository = place.repository;
  options.mount_from = mount_from;
  options.purpose = purpose;
  return registry::open_remote(std::move(options), context.status, context.stop);
}

// A mirror that does not answer soon is not worth waiting for: there is another place.
RegistryAccess access_to_mirror(const RegistryAccess& access, const registry::Mirror& mirror) {
  using Scheme = RegistryAccess::Scheme;
  RegistryAccess patience = access;
  patience.scheme = mirror.insecure ? Scheme::http : Scheme::by_host;
  patience.retries = std::min(access.retries, 1);
  patience.timeout_seconds = std::min(access.timeout_seconds, 10);
  return patience;
}

// A repository of a registry through the mirrors that registry.mirrors names for it.
std::unique_ptr<pack::Repository> open_to_read(const pack::Reference& reference,
                                               const RegistryAccess& access, Context& context) {
  const registry::Place place{reference.host, reference.repository};
  const auto* rule = registry::rule_for(access.mirrors, place);
  if (rule == nullptr) return open_place(place, registry::Purpose::read, access, context);
  if (rule->blocked)
    throw Error(ExitCode::denied, reference.name() + " is blocked by registry.mirrors",
                "aiops config show --origin says where");
  RegistryAccess own = access;
  if (rule->insecure) own.scheme = RegistryAccess::Scheme::http;
  auto primary = open_place(registry::moved(place, *rule, rule->location), registry::Purpose::read,
                            own, context);
  if (rule->mirrors.empty()) return primary;
  std::vector<registry::MirrorSource> mirrors;
  for (const auto& mirror : rule->mirrors)
    mirrors.push_back(
        {open_place(registry::moved(place, *rule, mirror.location), registry::Purpose::read,
                    access_to_mirror(access, mirror), context),
         mirror.pull_from});
  return registry::open_mirrored(std::move(mirrors), std::move(primary), context.status);
}

}  // namespace

std::unique_ptr<pack::Repository> open_repository(const pack::Reference& reference, Access access,
                                                  const RegistryAccess& registry, Context& context,
                                                  const std::string& mount_from) {
  using Kind = pack::Reference::Kind;
  const auto create = access == Access::write ? pack::Create::yes : pack::Create::no;
  switch (reference.kind) {
    case Kind::store:
      return pack::open_store(context.store, reference.repository, create);
    case Kind::layout:
      return pack::open_layout(reference.path, create);
    case Kind::archive:
      return pack::open_archive(reference.path, create);
    case Kind::registry:
      if (access == Access::read) return open_to_read(reference, registry, context);
      return open_place({reference.host, reference.repository}, registry::Purpose::write, registry,
                        context, mount_from);
    case Kind::directory:
      break;
  }
  throw Error(ExitCode::usage, reference.str() + " is a directory of plain files, not an artifact",
              "aiops pack " + reference.path.string() + " -t NAME:TAG");
}

std::unique_ptr<pack::Repository> open_repository(const pack::Reference& reference, Access access,
                                                  const Arguments& arguments, Context& context) {
  return open_repository(reference, access, registry_access(arguments), context);
}

pack::Document find_to_add(const pack::Reference& reference, const RegistryAccess& registry,
                           Context& context) {
  RegistryAccess direct = registry;  // what is signed is what the registry itself has
  direct.mirrors.clear();
  return resolve(*open_repository(reference, Access::read, direct, context), reference);
}

Opened open_to_add(const pack::Reference& reference, const RegistryAccess& registry,
                   Context& context) {
  auto found = find_to_add(reference, registry, context);
  return {open_repository(reference, Access::write, registry, context), std::move(found)};
}

pack::Reference destination_of(const pack::Reference& source, const std::string& word) {
  auto destination = pack::Reference::parse(word);
  if (!destination.tag.empty() || destination.digest) return destination;
  destination.tag = source.tag;
  destination.tag = destination.tag_or_latest();
  return destination;
}

void require_same_digest(const pack::Reference& place, const Digest& digest) {
  if (place.digest && *place.digest != digest)
    throw Error(ExitCode::usage,
                "the artifact is " + digest.str() + ", not what " + place.str() + " asks for",
                "leave out the @" + place.digest->short_form() + "…");
}

pack::Document resolve(pack::Repository& repository, const pack::Reference& reference) {
  if (reference.digest) return repository.fetch_manifest(reference.digest->str());
  return repository.fetch_manifest(reference.tag_or_latest());
}

std::vector<Flag> registry_flags() {
  return {
      {.name = "plain-http", .help = "Speak http, without encryption, to the registry"},
      {.name = "tls", .help = "Speak https even to a registry on this machine"},
      {.name = "tls-ca",
       .value = "FILE",
       .help = "Trust the certificate authorities in FILE too; implies --tls",
       .complete = Complete::file,
       .suffixes = ".crt .pem"},
      {.name = "jobs",
       .value = "N",
       .help = "Blobs in flight at once",
       .fallback = "4",
       .setting = "registry.jobs"},
      {.name = "retries",
       .value = "N",
       .help = "Attempts without progress before giving up, beyond the first",
       .fallback = "4",
       .setting = "registry.retries"},
      {.name = "timeout",
       .value = "SECONDS",
       .help = "Break a connection that moves less than 1 KiB/s for so long",
       .fallback = "30",
       .setting = "registry.timeout"},
      {.name = "limit-rate",
       .value = "RATE",
       .help =
           "Send and receive no more than so many bytes a second, all connections together: 10M",
       .setting = "registry.limit-rate"},
      {.name = "mirrors",
       .value = "YAML",
       .help =
           "Places to read from before a registry: [{prefix: HOST, mirrors: [{location: HOST}]}]; "
           "[] asks none",
       .setting = "registry.mirrors",
       .structured = true,
       .reach = Reach::user},
  };
}

std::vector<Flag> upload_flags() {
  auto flags = registry_flags();
  flags.push_back({.name = "chunk-size",
                   .value = "SIZE",
                   .help = "Send layers in pieces of SIZE, for a proxy that refuses them whole; "
                           "found out by itself where it answers 413",
                   .setting = "registry.chunk-size"});
  return flags;
}

RegistryAccess registry_access(const Arguments& arguments) {
  RegistryAccess access;
  access.ca_file = arguments.path("tls-ca").value_or("");
  const bool tls = arguments.is_on("tls") || !access.ca_file.empty();
  if (tls && arguments.is_on("plain-http"))
    throw Error(ExitCode::usage, "--plain-http and --tls contradict each other");
  if (tls) access.scheme = RegistryAccess::Scheme::https;
  if (arguments.is_on("plain-http")) access.scheme = RegistryAccess::Scheme::http;
  access.jobs = static_cast<std::size_t>(arguments.integer("jobs", 1, 64).value_or(4));
  access.retries = static_cast<int>(arguments.integer("retries", 0, 100).value_or(4));
  access.timeout_seconds = static_cast<int>(arguments.integer("timeout", 1, 3600).value_or(30));
  access.mirrors = parse_mirrors(arguments.text("mirrors").value_or(""), "registry.mirrors");
  if (const auto rate = arguments.bytes("limit-rate")) {
    if (*rate < kLowestRate) throw Error(ExitCode::usage, "--limit-rate must be at least 1K");
    access.rate_limit = std::make_shared<registry::RateLimit>(*rate);
  }
  return access;
}

RegistryAccess upload_access(const Arguments& arguments) {
  auto access = registry_access(arguments);
  access.chunk = arguments.bytes("chunk-size").value_or(0);
  if (access.chunk != 0 && access.chunk < kSmallestChunk)
    throw Error(ExitCode::usage, "--chunk-size is at least 64KiB");
  return access;
}

}  // namespace aiops::commands
