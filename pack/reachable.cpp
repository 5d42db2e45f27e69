// SPDX-License-Identifier: Apache-2.0
// Referrers point at their subject, not the subject at them: so names are followed first, and then
// the fallback indexes of everything reached, until nothing new comes (a signature may itself be
// signed).
#include "pack/reachable.hpp"

#include "pack/manifest.hpp"

namespace aiops::pack {
namespace {

class Walk {
 public:
  explicit Walk(const ReadSmall& read) : read_(read) {}

  void follow(const Descriptor& root) {
    std::vector<Descriptor> waiting{root};  // not recursion: an index may nest as deep as it likes
    while (!waiting.empty()) {
      const Descriptor next = std::move(waiting.back());
      waiting.pop_back();
      if (!seen_.insert(next.digest).second) continue;
      const auto what = "manifest " + next.digest.short_form();
      const bool index = is_index(next.media_type);
      if (!index && !is_manifest(next.media_type)) continue;
      const auto bytes = read_(next);
      if (bytes.empty()) continue;
      if (index) {
        for (auto& child : Index::parse(bytes, what).manifests) waiting.push_back(std::move(child));
      } else {
        const auto manifest = Manifest::parse(bytes, what);
        seen_.insert(manifest.config.digest);
        for (const auto& layer : manifest.layers) seen_.insert(layer.digest);
      }
    }
  }

  bool has(const Digest& digest) const { return seen_.contains(digest); }
  const std::set<Digest>& seen() const { return seen_; }
  std::set<Digest> take() { return std::move(seen_); }

 private:
  const ReadSmall& read_;
  std::set<Digest> seen_;
};

}  // namespace

std::set<Digest> reachable(const LayoutIndex& index, const ReadSmall& read) {
  Walk walk(read);
  for (const auto& entry : index.entries())
    if (!is_referrers_tag(entry.name)) walk.follow(entry.descriptor);
  for (bool grew = true; grew;) {
    grew = false;
    for (const auto& entry : index.entries()) {
      if (walk.has(entry.descriptor.digest)) continue;
      if (!lists_referrers_of_any(entry.name, walk.seen())) continue;
      walk.follow(entry.descriptor);
      grew = true;
    }
  }
  return walk.take();
}

}  // namespace aiops::pack
