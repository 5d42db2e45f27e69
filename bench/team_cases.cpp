// SPDX-License-Identifier: Apache-2.0
#include "bench/team_cases.hpp"

namespace aiops::bench {

void measure_together(std::vector<TeamCase> cases, const Bench& bench, Team& team) {
  std::vector<Case> timed;
  for (const TeamCase& subject : cases)
    timed.push_back({[&] { team.run(subject.work); }, [&] { team.wake(); }});
  const Run run(bench.rule, timed.size());
  const std::vector<Samples> samples = take_samples(timed, bench.rule, bench.stop);
  for (std::size_t i = 0; i < cases.size(); ++i) {
    cases[i].measurement.samples = samples[i];
    bench.emit(make_record(run, cases[i].measurement));
  }
}

}  // namespace aiops::bench
