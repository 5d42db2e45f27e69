// SPDX-License-Identifier: Apache-2.0
// Referrers: by the API of distribution-spec 1.1 where there is one, else by the fallback tag, an
// index under `sha256-<hex>` that clients maintain. Two writers of that index can lose each other's
// entry, and registries ignore conditional requests, so a write is read back and repeated until our
// entry is in it.
#include "base/error.hpp"
#include "pack/media_type.hpp"
#include "registry/refusal.hpp"
#include "registry/remote.hpp"

#include <algorithm>
#include <set>

namespace aiops::registry {
namespace {

constexpr int kWrites = 8;
constexpr std::size_t kMostReferrers = 10'000;
constexpr std::size_t kMostPages = 1'000;

// What to do when somebody has put an image under the fallback tag.
enum class Image { ignore, refuse };

// The fallback index, empty when there is none.
pack::Index fallback_index(Remote& remote, const Digest& subject, Image image) {
  try {
    const std::string tag = pack::referrers_tag(subject);
    const auto document = get_manifest(remote, tag);
    if (!pack::is_index(document.descriptor.media_type)) {
      if (image == Image::ignore) return {};
      throw Error(ExitCode::failed,
                  remote.name() + ":" + tag + " is not an index: it cannot hold referrers");
    }
    return pack::Index::parse(document.bytes, "the referrers of " + subject.short_form());
  } catch (const Error& error) {
    if (error.code != ExitCode::not_found) throw;
    return {};
  }
}

// The answer of the referrers API over all its pages, or nothing when the registry has none.
std::optional<std::vector<pack::Descriptor>> ask_api(Remote& remote, const Digest& subject) {
  const std::string what = "the referrers of " + subject.short_form();
  std::vector<pack::Descriptor> found;
  std::set<std::string> asked;
  std::optional<Url> page = remote.url("referrers/" + subject.str());
  while (page && asked.insert(page->str()).second && asked.size() <= kMostPages) {
    const Response response = remote.session->send({Method::get, *page}, remote.scopes);
    const bool index =
        response.headers.find("Content-Type").value_or("").find(pack::media_type::kIndex) == 0;
    const int s = response.status;
    if (s == 404 || s == 400 || s == 405 || s == 406 || (response.ok() && !index))
      return std::nullopt;
    if (!response.ok()) throw refusal(response, "list " + what);
    const auto part = pack::Index::parse(response.body, what).manifests;
    found.insert(found.end(), part.begin(), part.end());
    if (found.size() > kMostReferrers) throw Error(ExitCode::failed, what + " are too many");
    const auto link = response.headers.find("Link");
    const auto next = link ? next_link(*link) : std::nullopt;
    page = next ? std::optional(resolve_location(response.url, *next)) : std::nullopt;
  }
  return found;
}

void drop_duplicates(std::vector<pack::Descriptor>& descriptors) {
  std::set<Digest> seen;
  std::erase_if(descriptors, [&](const auto& d) { return !seen.insert(d.digest).second; });
}

// What the listing of a referrer says (distribution-spec §listing-referrers).
pack::Descriptor entry_for(const pack::Document& referrer) {
  pack::Descriptor entry = referrer.descriptor;
  if (pack::is_index(entry.media_type)) {
    const auto index = pack::Index::parse(referrer.bytes, "a referrer");
    entry.artifact_type = index.artifact_type;
    entry.annotations = index.annotations;
  } else {
    const auto manifest = pack::Manifest::parse(referrer.bytes, "a referrer");
    entry.artifact_type = manifest.effective_artifact_type();
    entry.annotations = manifest.annotations;
  }
  return entry;
}

// Empty for an entry whose manifest has been removed since: it must not hide the others.
std::string type_of(Remote& remote, const pack::Descriptor& listed) {
  try {
    return entry_for(get_manifest(remote, listed.digest.str())).artifact_type;
  } catch (const Error& error) {
    if (error.code != ExitCode::not_found) throw;
    return {};
  }
}

bool lists(const pack::Index& index, const Digest& digest) {
  return std::any_of(index.manifests.begin(), index.manifests.end(),
                     [&](const auto& d) { return d.digest == digest; });
}

}  // namespace

std::vector<pack::Descriptor> list_referrers(Remote& remote, const Digest& subject) {
  auto answer = ask_api(remote, subject);
  auto found =
      answer ? std::move(*answer) : fallback_index(remote, subject, Image::ignore).manifests;
  drop_duplicates(found);
  for (auto& descriptor : found)
    if (descriptor.artifact_type.empty()) descriptor.artifact_type = type_of(remote, descriptor);
  return found;
}

void note_referrer(Remote& remote, const pack::Document& referrer, const Digest& subject) {
  const pack::Descriptor entry = entry_for(referrer);
  RetryBudget pauses = remote.session->budget();
  for (int writes = 0;; ++writes) {
    pack::Index index = fallback_index(remote, subject, Image::refuse);
    if (lists(index, entry.digest)) return;
    if (writes == kWrites || (writes > 1 && !pauses.try_again())) break;
    index.manifests.push_back(entry);
    drop_duplicates(index.manifests);
    put_manifest(remote, pack::make_document(index.to_bytes(), pack::media_type::kIndex),
                 pack::referrers_tag(subject));
  }
  throw Error(ExitCode::unavailable, "cannot note referrer " + entry.digest.short_form() + " of " +
                                         subject.short_form() + " in " + remote.name() +
                                         ": other writers keep replacing the index");
}

}  // namespace aiops::registry
