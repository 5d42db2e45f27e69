// SPDX-License-Identifier: Apache-2.0
#include "base/encoding.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "pack/media_type.hpp"
#include "registry/manifest_refusal.hpp"
#include "registry/refusal.hpp"
#include "registry/remote.hpp"

#include <nlohmann/json.hpp>

#include <set>

namespace aiops::registry {
namespace {

constexpr std::uint64_t kManifestLimit = 4u << 20;  // distribution-spec §pushing-manifests
constexpr std::size_t kMostPages = 10'000;
constexpr std::size_t kMostTags = 1'000'000;

// The type a manifest states itself; older ones leave it to the Content-Type.
std::string media_type_of(const Response& response, const std::string& what) {
  const Json json = parse_json(response.body, what);
  if (!json.is_object()) throw Error(ExitCode::failed, what + " is not a JSON object");
  const auto stated = json.find("mediaType");
  if (stated != json.end() && stated->is_string()) return stated->get<std::string>();
  const std::string field = response.headers.find("Content-Type").value_or("");
  std::string type = field.substr(0, field.find(';'));
  while (!type.empty() && type.back() == ' ') type.pop_back();
  if (type.empty() || type == "application/json" || type == "text/plain")
    type = json.contains("manifests") ? pack::media_type::kIndex : pack::media_type::kManifest;
  return type;
}

void check_digest(std::string_view bytes, const Digest& wanted, const std::string& what) {
  Hasher hasher(wanted.algorithm());
  hasher.update(bytes);
  if (hasher.finish() != wanted)
    throw verification_error(Reason::digest_mismatch,
                             "the registry sent another manifest than " + what);
}

bool tag_names(Remote& remote, std::string_view tag, const Digest& digest) {
  try {
    return get_manifest(remote, tag).descriptor.digest == digest;
  } catch (const Error& error) {
    if (error.code != ExitCode::not_found) throw;
    return false;
  }
}

}  // namespace

// One header value with all four: registries hide manifests of types that were not asked for.
std::string accepted_manifests() {
  using namespace pack::media_type;
  std::string all;
  for (const auto type : {kManifest, kIndex, kDockerManifest, kDockerManifestList})
    all.append(all.empty() ? "" : ", ").append(type);
  return all;
}

pack::Document get_manifest(Remote& remote, std::string_view tag_or_digest) {
  const std::string what =
      remote.name() + (Digest::is_valid(tag_or_digest) ? "@" : ":") + std::string(tag_or_digest);
  Request request{Method::get, remote.url("manifests/" + std::string(tag_or_digest))};
  request.headers.emplace_back("Accept", accepted_manifests());
  request.body_limit = kManifestLimit;
  const Response response = remote.session->send(request, remote.scopes);
  if (response.status == 404) throw Error(ExitCode::not_found, what + " does not exist");
  if (!response.ok()) throw refusal(response, "read " + what);
  // The digest before anything is parsed: what does not match it has no meaning.
  const bool by_digest = Digest::is_valid(tag_or_digest);
  if (by_digest) check_digest(response.body, Digest::parse(tag_or_digest), what);
  pack::Document document = pack::make_document(response.body, media_type_of(response, what));
  if (by_digest) document.descriptor.digest = Digest::parse(tag_or_digest);
  return document;
}

SubjectNoted put_manifest(Remote& remote, const pack::Document& document, std::string_view tag) {
  // A registry names what comes under a tag by sha256. Another name has to be asked for, and first:
  // where it is not to be had, no tag leads to a digest that nobody can pull.
  if (!tag.empty() && document.descriptor.digest.algorithm() != "sha256")
    put_manifest(remote, document, {});
  const std::string digest = document.descriptor.digest.str();
  const std::string reference = tag.empty() ? digest : std::string(tag);
  const std::string what = "push manifest " + remote.name() + (tag.empty() ? "@" : ":") + reference;
  if (document.bytes.size() > kManifestLimit)
    throw Error(ExitCode::failed, "cannot " + what + ": it is larger than 4 MiB");
  Request request{Method::put, remote.url("manifests/" + reference)};
  request.headers.emplace_back("Content-Type", document.descriptor.media_type);
  request.body = document.bytes;
  const Response response = remote.session->send(request, remote.scopes);
  if (!response.ok()) {
    // Where tags cannot be replaced, a tag that already names this manifest is all we want.
    const bool taken = !tag.empty() && says_tag_is_taken(response);
    if (!taken || !tag_names(remote, tag, document.descriptor.digest))
      throw_manifest_refusal(remote, response, document, tag);
  }
  return response.headers.find("OCI-Subject") ? SubjectNoted::yes : SubjectNoted::no;
}

std::vector<std::string> list_tags(Remote& remote) {
  std::set<std::string> tags;
  std::set<std::string> asked;
  std::optional<Url> page = remote.url("tags/list");
  while (page && asked.insert(page->str()).second && asked.size() <= kMostPages) {
    const Response response = remote.session->send({Method::get, *page}, remote.scopes);
    if (!response.ok()) throw refusal(response, "list the tags of " + remote.name());
    const Json json = parse_json(response.body, "the tags of " + remote.name());
    const auto listed = json.is_object() ? json.find("tags") : json.end();
    const bool filled = listed != json.end() && listed->is_array() && !listed->empty();
    const auto before = tags.size();
    if (filled)
      for (const auto& tag : *listed)
        if (tag.is_string()) tags.insert(printable(tag.get<std::string>()));
    if (tags.size() > kMostTags)
      throw Error(ExitCode::failed, remote.name() + " lists more than a million tags");
    if (filled && tags.size() == before) break;  // a server that ignores cursors repeats itself
    const auto link = response.headers.find("Link");
    const auto next = link ? next_link(*link) : std::nullopt;
    page = next ? std::optional(resolve_location(response.url, *next)) : std::nullopt;
  }
  return {tags.begin(), tags.end()};
}

}  // namespace aiops::registry
