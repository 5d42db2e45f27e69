// SPDX-License-Identifier: Apache-2.0
#include "bench/team_cases.hpp"

namespace aiops::bench {

Group team_group(std::vector<TeamCase> cases, const std::shared_ptr<Team>& team) {
  const auto all = std::make_shared<std::vector<TeamCase>>(std::move(cases));
  Group group;
  for (const TeamCase& subject : *all)
    group.cases.push_back(
        {[team, &subject] { team->run(subject.work); }, [team] { team->wake(); }});
  group.describe = [all](const std::vector<Samples>& samples) {
    std::vector<Measurement> results;
    for (std::size_t i = 0; i < all->size(); ++i) {
      results.push_back((*all)[i].measurement);
      results.back().samples = samples[i];
    }
    return results;
  };
  return group;
}

}  // namespace aiops::bench
