// SPDX-License-Identifier: Apache-2.0
#include "commands/deletion_plan.hpp"

#include "base/thread_pool.hpp"
#include "pack/layout_index.hpp"

#include <set>

namespace aiops::commands {
namespace {

constexpr std::size_t kMostTagsAsked = 256;
constexpr std::size_t kMostReferrers = 10'000;

}  // namespace

void find_tags(registry::RemoteRepository& repository, std::size_t jobs, DeletionPlan& plan) {
  auto tags = repository.tags();
  std::erase_if(tags, [](const auto& tag) { return pack::is_referrers_tag(tag); });
  if (tags.size() > kMostTagsAsked) {
    plan.tags_not_asked = tags.size() - kMostTagsAsked;
    tags.resize(kMostTagsAsked);
  }
  std::vector<char> same(tags.size());
  ThreadPool(jobs).run(tags.size(), [&](std::size_t i) {
    same[i] = repository.stated_digest(tags[i]) == plan.root.descriptor.digest ? 1 : 0;
  });
  for (std::size_t i = 0; i < tags.size(); ++i)
    if (same[i] != 0) plan.tags.push_back(tags[i]);
}

void find_referrers(pack::Repository& repository, DeletionPlan& plan) {
  std::set<Digest> met = {plan.root.descriptor.digest};
  std::vector<Digest> asking = {plan.root.descriptor.digest};
  while (!asking.empty() && plan.referrers.size() < kMostReferrers) {
    const Digest subject = asking.back();
    asking.pop_back();
    for (const auto& listed : repository.referrers(subject)) {
      if (!met.insert(listed.digest).second) continue;
      asking.push_back(listed.digest);
      plan.referrers.push_back(repository.fetch_manifest(listed.digest.str()));
    }
  }
}

}  // namespace aiops::commands
