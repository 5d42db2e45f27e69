// SPDX-License-Identifier: Apache-2.0
// Which manifest of an index is meant. An index holds variants of one thing, and what build tools
// put beside them: attestations, signatures, images. One that is a model is meant, however its
// descriptor is typed; of an index without any, the only manifest that is not about another. What
// is not one alone is for a person to name: a guess would unpack the wrong weights.
#include "base/encoding.hpp"
#include "base/error.hpp"
#include "pack/json_members.hpp"
#include "pack/media_type.hpp"
#include "pack/unpack.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace aiops::pack {
namespace {

constexpr std::size_t kMostRead = 64;  // manifests, to learn what they are
constexpr std::size_t kMostShown = 8;

struct Candidate {
  Descriptor descriptor;
  std::string platform;
  bool model = false;
};

bool is_model_type(std::string_view type) {
  return type == media_type::kModelManifest || type.starts_with(media_type::kModelPrefix) ||
         type.starts_with("application/vnd.kitops.modelkit.") ||
         type.starts_with("application/vnd.docker.ai.model.config.");
}

// "linux/arm64/v8", or empty
std::string platform_of(const Json& entry) {
  const auto platform = entry.find("platform");
  if (platform == entry.end() || !platform->is_object()) return {};
  std::string text;
  for (const auto* member : {"os", "architecture", "variant"}) {
    const auto part = platform->find(member);
    if (part == platform->end() || !part->is_string()) continue;
    text += (text.empty() ? "" : "/") + printable(part->get<std::string>());
  }
  return text;
}

// Nothing where it was left out: indexes may be sparse.
std::optional<Document> fetched(Repository& from, const Descriptor& child) {
  try {
    return from.fetch_manifest(child.digest.str());
  } catch (const Error& error) {
    if (error.code != ExitCode::not_found) throw;
    return std::nullopt;
  }
}

// Without what build tools mark as attestations, and what is about another manifest. Manifests
// are read only where the index does not say what they are.
std::vector<Candidate> candidates(Repository& from, const Document& root, const std::string& what) {
  const Index index = Index::parse(root.bytes, what);
  const Json json = parse_json(root.bytes, what);
  std::vector<Candidate> found;
  std::size_t read = 0;
  for (std::size_t i = 0; i < index.manifests.size(); ++i) {
    const Descriptor& child = index.manifests[i];
    if (!is_manifest(child.media_type)) continue;
    if (child.annotations.contains("vnd.docker.reference.type")) continue;
    Candidate candidate{child, platform_of(json["manifests"][i]), false};
    if (child.artifact_type.empty() && index.manifests.size() > 1 && ++read <= kMostRead) {
      const auto document = fetched(from, child);
      if (!document) continue;
      const auto manifest = Manifest::parse(document->bytes, what);
      if (manifest.subject) continue;
      candidate.descriptor.artifact_type = manifest.effective_artifact_type();
      candidate.model = is_model_type(manifest.config.media_type);
    }
    candidate.model = candidate.model || is_model_type(candidate.descriptor.artifact_type);
    found.push_back(std::move(candidate));
  }
  return found;
}

std::string shown(const Candidate& candidate) {
  const Descriptor& descriptor = candidate.descriptor;
  std::string text = candidate.platform;
  for (const auto key : {annotation::kTitle, annotation::kRefName})
    if (const auto value = descriptor.annotations.find(std::string(key));
        value != descriptor.annotations.end())
      text += (text.empty() ? "" : ", ") + printable(value->second.substr(0, 80));
  if (text.empty()) text = printable(descriptor.artifact_type.substr(0, 80));
  return descriptor.digest.str() + (text.empty() ? "" : " (" + text + ")");
}

[[noreturn]] void refuse_choice(const Repository& from, const std::string& what,
                                const std::vector<Candidate>& left) {
  if (left.empty()) throw Error(ExitCode::usage, what + ": an index of nothing to unpack");
  std::string list;
  for (std::size_t i = 0; i < left.size() && i < kMostShown; ++i)
    list += (i == 0 ? "" : "; ") + shown(left[i]);
  if (left.size() > kMostShown)
    list += "; and " + std::to_string(left.size() - kMostShown) + " more";
  throw Error(ExitCode::usage,
              what + ": an index of " + std::to_string(left.size()) +
                  (left.front().model ? " models: " : " manifests, none a model: ") + list,
              "name one: " + from.name() + "@" + left.front().descriptor.digest.str());
}

}  // namespace

Document model_manifest(Repository& from, const Document& root) {
  if (!is_index(root.descriptor.media_type)) return root;
  const auto what = from.name() + "@" + root.descriptor.digest.short_form();
  auto left = candidates(from, root, what);
  if (std::ranges::any_of(left, &Candidate::model))
    std::erase_if(left, [](const Candidate& one) { return !one.model; });
  if (left.empty())  // perhaps indexes again: a person may want one of those
    for (auto& child : Index::parse(root.bytes, what).manifests)
      left.push_back({std::move(child), {}, false});
  else if (left.size() == 1)
    return from.fetch_manifest(left.front().descriptor.digest.str());
  refuse_choice(from, what, left);
}

}  // namespace aiops::pack
