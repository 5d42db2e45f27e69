// SPDX-License-Identifier: Apache-2.0
// Referrers: by the API of distribution-spec 1.1, and by the fallback tag, an index under
// `sha256-<hex>` that clients maintain where there is no API. A registry that has learnt the API
// may still keep what older clients put under the tag, so a listing is both together.
//
// Two writers of the index can lose each other's entry: both read, both add, the second replaces
// the first, and registries ignore conditional requests. So a write is read back, and once more
// after a pause that is longer than a writer usually takes from its read to its write, and repeated
// until our entry stays. An index that was replaced is never deleted: others may build on it.
#include "base/error.hpp"
#include "base/json.hpp"
#include "pack/media_type.hpp"
#include "registry/refusal.hpp"
#include "registry/remote.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace aiops::registry {
namespace {

constexpr int kWrites = 8;
constexpr Milliseconds kSettling{100};
constexpr std::size_t kMostReferrers = 10'000;
constexpr std::size_t kMostPages = 1'000;

// The fallback index: its descriptors, and the whole of it, so that members which we do not know
// survive a change.
struct Fallback {
  pack::Index index;
  OrderedJson json;
};

enum class Wanted { listed, gone };  // of an entry

// What to do when somebody has put an image under the fallback tag.
enum class Image { ignore, refuse };

// Empty when there is none.
Fallback fallback_index(Remote& remote, const Digest& subject, Image image) {
  try {
    const std::string tag = pack::referrers_tag(subject);
    const auto document = get_manifest(remote, tag);
    if (!pack::is_index(document.descriptor.media_type)) {
      if (image == Image::ignore) return {};
      throw Error(ExitCode::failed,
                  remote.name() + ":" + tag + " is not an index: it cannot hold referrers",
                  "aiops delete " + remote.name() + ":" + tag + ", if nobody needs it");
    }
    return {pack::Index::parse(document.bytes, "the referrers of " + subject.short_form()),
            OrderedJson::parse(document.bytes)};
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

// The index with one entry more or less; each digest once, whatever else it holds as it was.
pack::Document changed(Fallback fallback, const pack::Descriptor& entry, Wanted wanted) {
  OrderedJson& json = fallback.json;
  if (json.is_null()) json = {{"schemaVersion", 2}, {"mediaType", pack::media_type::kIndex}};
  OrderedJson kept = OrderedJson::array();
  std::set<std::string> seen = {entry.digest.str()};
  if (json.contains("manifests"))
    for (auto& listed : json["manifests"])
      if (seen.insert(listed["digest"].get<std::string>()).second) kept.push_back(listed);
  if (wanted == Wanted::listed) kept.push_back(entry.to_json());
  json["manifests"] = std::move(kept);
  return pack::make_document(to_text(json), pack::media_type::kIndex);
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

bool lists(const Fallback& fallback, const Digest& digest) {
  const auto& all = fallback.index.manifests;
  return std::any_of(all.begin(), all.end(), [&](const auto& d) { return d.digest == digest; });
}

// Writes the index until it lists `entry`, or no longer does.
void settle(Remote& remote, const pack::Descriptor& entry, const Digest& subject, Wanted wanted) {
  RetryBudget tries = remote.session->budget();
  bool looked_again = false;
  for (int writes = 0; writes <= kWrites;) {
    Fallback fallback = fallback_index(remote, subject, Image::refuse);
    if (lists(fallback, entry.digest) == (wanted == Wanted::listed)) {
      if (writes == 0 || looked_again) return;
      looked_again = true;
      remote.session->pause(kSettling);
      continue;
    }
    if (writes > 1 && !tries.try_again()) break;
    looked_again = false;
    put_manifest(remote, changed(std::move(fallback), entry, wanted), pack::referrers_tag(subject));
    ++writes;
  }
  throw Error(ExitCode::unavailable, "cannot change the list of referrers of " +
                                         subject.short_form() + " in " + remote.name() +
                                         ": other writers keep replacing it");
}

}  // namespace

std::vector<pack::Descriptor> list_referrers(Remote& remote, const Digest& subject) {
  auto found = ask_api(remote, subject).value_or(std::vector<pack::Descriptor>());
  const auto older = fallback_index(remote, subject, Image::ignore).index.manifests;
  found.insert(found.end(), older.begin(), older.end());
  drop_duplicates(found);
  for (auto& descriptor : found)
    if (descriptor.artifact_type.empty()) descriptor.artifact_type = type_of(remote, descriptor);
  return found;
}

void note_referrer(Remote& remote, const pack::Document& referrer, const Digest& subject) {
  settle(remote, entry_for(referrer), subject, Wanted::listed);
}

void forget_referrer(Remote& remote, const pack::Document& referrer, const Digest& subject) {
  settle(remote, referrer.descriptor, subject, Wanted::gone);
}

}  // namespace aiops::registry
