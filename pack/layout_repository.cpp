// SPDX-License-Identifier: Apache-2.0
#include "pack/layout_repository.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "pack/media_type.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace aiops::pack {
namespace {

// image-spec manifest.md: mediaType SHOULD be there; where it is not, or is none that we know, the
// shape tells.
std::string media_type_of(const Json& value) {
  const auto stated = value.find("mediaType");
  if (stated != value.end() && stated->is_string())
    if (auto type = stated->get<std::string>(); is_index(type) || is_manifest(type)) return type;
  return std::string(value.contains("manifests") ? media_type::kIndex : media_type::kManifest);
}

struct Parsed {
  std::string media_type;
  std::string artifact_type;
  std::optional<Digest> subject;
  std::vector<Digest> children;  // of an index
};

Parsed look_inside(std::string_view bytes, std::string_view media_type, std::string_view what) {
  Parsed parsed;
  parsed.media_type = media_type;
  if (media_type.empty()) {
    const Json value = parse_json(bytes, what);
    if (!value.is_object()) throw Error(ExitCode::failed, std::string(what) + ": not a manifest");
    parsed.media_type = media_type_of(value);
  }
  if (is_index(parsed.media_type)) {
    const Index index = Index::parse(bytes, what);
    parsed.artifact_type = index.artifact_type;
    for (const auto& child : index.manifests) parsed.children.push_back(child.digest);
  } else {
    const Manifest manifest = Manifest::parse(bytes, what);
    parsed.artifact_type = manifest.effective_artifact_type();
    if (manifest.subject) parsed.subject = manifest.subject->digest;
  }
  return parsed;
}

}  // namespace

Document LayoutRepository::read_document(const Digest& digest, std::string_view media_type) {
  std::string bytes = read_small(digest);
  Hasher hasher(digest.algorithm());
  hasher.update(bytes);
  const auto what = "manifest " + digest.short_form() + " in " + name_;
  if (hasher.finish() != digest)
    throw verification_error(Reason::digest_mismatch, what + ": its bytes do not match its digest");
  const Parsed parsed = look_inside(bytes, media_type, what);
  Descriptor descriptor{parsed.media_type, digest, bytes.size(), {}, parsed.artifact_type};
  return {std::move(descriptor), std::move(bytes)};
}

std::optional<Descriptor> LayoutRepository::find_tag(const LayoutIndex& index,
                                                     std::string_view tag) const {
  if (is_referrers_tag(tag)) return index.find(tag);
  if (const auto found = index.find(prefix_ + std::string(tag))) return found;
  // Tools that copy into a layout without a name leave one nameless manifest: it is what is meant.
  const auto& entries = index.entries();
  const auto is_named = [](const LayoutIndex::Entry& entry) {
    return !entry.name.empty() && !is_referrers_tag(entry.name);
  };
  const auto nameless = std::count_if(entries.begin(), entries.end(),
                                      [](const auto& entry) { return entry.name.empty(); });
  if (tag != "latest" || !prefix_.empty() || nameless != 1 ||
      std::any_of(entries.begin(), entries.end(), is_named))
    return std::nullopt;
  return index.find("");
}

void LayoutRepository::refuse_tag(const LayoutIndex& index, std::string_view tag) const {
  const bool store = !prefix_.empty();
  if (store && tags_in(index).empty())
    throw Error(ExitCode::not_found, "there is no " + prefix_ + printable(tag) + " in the store",
                "aiops ls shows what is there");
  throw Error(ExitCode::not_found, name_ + " has no tag '" + printable(tag) + "'",
              "aiops ls " + name_ + " shows its tags");
}

// By digest without reading index.json, whose length would count again for every manifest.
Document LayoutRepository::fetch_manifest(std::string_view tag_or_digest) {
  if (Digest::is_valid(tag_or_digest)) return read_document(Digest::parse(tag_or_digest), {});
  const LayoutIndex index = read_index();
  const auto found = find_tag(index, tag_or_digest);
  if (!found) refuse_tag(index, tag_or_digest);
  return read_document(found->digest, found->media_type);
}

// distribution-spec 1.1 §pushing-manifests-with-subject, for registries without the referrers API:
// the client keeps the list itself, in an index under the fallback tag.
void LayoutRepository::add_referrer(LayoutIndex& index, const Digest& subject,
                                    const Descriptor& referrer) {
  const auto tag = referrers_tag(subject);
  Index list;
  if (const auto held = index.find(tag))
    list = Index::parse(read_document(held->digest, held->media_type).bytes,
                        "the referrers of " + subject.short_form() + " in " + name_);
  const bool known =
      std::any_of(list.manifests.begin(), list.manifests.end(),
                  [&](const Descriptor& one) { return one.digest == referrer.digest; });
  if (known) return;
  list.manifests.push_back(referrer);
  const Document document = make_document(list.to_bytes(), media_type::kIndex);
  write_small(document);
  index.set(document.descriptor, tag);
}

void LayoutRepository::push_manifest(const Document& document, std::string_view tag) {
  const auto what = "manifest " + document.descriptor.digest.short_form();
  Hasher hasher(document.descriptor.digest.algorithm());
  hasher.update(document.bytes);
  if (hasher.finish() != document.descriptor.digest)
    throw verification_error(Reason::digest_mismatch, what + ": its bytes do not match its digest");
  const Parsed parsed = look_inside(document.bytes, document.descriptor.media_type, what);
  Descriptor descriptor = document.descriptor;
  descriptor.annotations.clear();
  if (descriptor.artifact_type.empty() && parsed.subject)
    descriptor.artifact_type = parsed.artifact_type;
  write_small(document);
  update_index([&](LayoutIndex& index) {
    if (parsed.subject) {
      Descriptor listed = descriptor;
      listed.annotations = Manifest::parse(document.bytes, what).annotations;
      add_referrer(index, *parsed.subject, listed);
    }
    if (!tag.empty())
      index.set(descriptor, is_referrers_tag(tag) ? std::string(tag) : prefix_ + std::string(tag));
    else if (!parsed.subject)
      index.set(descriptor, "");
    for (const auto& child : parsed.children) index.remove_unnamed(child);
  });
}

// The listing's descriptor of a referrer, with the artifactType that older writers leave out.
Descriptor LayoutRepository::describe(const Descriptor& listed) {
  Descriptor described = listed;
  if (described.artifact_type.empty())
    described.artifact_type =
        read_document(listed.digest, listed.media_type).descriptor.artifact_type;
  return described;
}

std::vector<Descriptor> LayoutRepository::referrers(const Digest& subject) {
  const LayoutIndex index = read_index();
  std::vector<Descriptor> found;
  const auto add = [&](const Descriptor& one) {
    const bool known = std::any_of(found.begin(), found.end(), [&](const Descriptor& other) {
      return other.digest == one.digest;
    });
    if (!known) found.push_back(describe(one));
  };
  if (const auto held = index.find(referrers_tag(subject)))
    for (const auto& one : Index::parse(read_document(held->digest, held->media_type).bytes,
                                        "the referrers of " + subject.short_form() + " in " + name_)
                               .manifests)
      add(one);
  // Other tools list a referrer in index.json itself, without a name.
  for (const auto& entry : index.entries()) {
    if (!entry.name.empty() || !is_manifest(entry.descriptor.media_type)) continue;
    const auto document = read_document(entry.descriptor.digest, entry.descriptor.media_type);
    const auto manifest = Manifest::parse(document.bytes, "a manifest in " + name_);
    if (manifest.subject && manifest.subject->digest == subject) add(document.descriptor);
  }
  return found;
}

std::vector<std::string> LayoutRepository::tags() { return tags_in(read_index()); }

std::vector<std::string> LayoutRepository::tags_in(const LayoutIndex& index) const {
  std::vector<std::string> tags;
  for (const auto& entry : index.entries())
    if (!entry.name.empty() && entry.name.starts_with(prefix_) && !is_referrers_tag(entry.name))
      tags.push_back(entry.name.substr(prefix_.size()));
  std::sort(tags.begin(), tags.end());
  return tags;
}

}  // namespace aiops::pack
