// SPDX-License-Identifier: Apache-2.0
#include "bench/suite.hpp"

namespace aiops::bench {

void run_suite(const Suite& suite, const Bench& bench) {
  Task task(bench.status, suite.name, suite.items.size(), Status::Unit::items);
  for (const Suite::Item& item : suite.items) {
    task.note(item.note);
    const Group group = item.make();
    Run run(bench.rule, group.cases.size());
    run.subject = bench.subject;
    const std::vector<Samples> samples = take_samples(group.cases, bench.rule, bench.stop);
    for (const Measurement& measurement : group.describe(samples))
      bench.emit(make_record(run, measurement));
    task.advance(1);
  }
}

}  // namespace aiops::bench
