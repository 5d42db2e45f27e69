// SPDX-License-Identifier: Apache-2.0
// A suite is a list of groups, and a group is cases that take turns with the measurements that
// their samples make. So whoever runs a suite decides who takes turns with whom: run_suite() lets
// the cases of each group, bench/ab.hpp those of two groups.
#pragma once

#include "base/json.hpp"
#include "base/status.hpp"
#include "base/stop.hpp"
#include "bench/record.hpp"
#include "bench/sampler.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace aiops::bench {

// What every suite is given beside its own plan.
struct Bench {
  SampleRule rule;
  std::size_t threads = 1;
  Status& status;
  const StopFlag& stop;
  std::function<void(const Json& record)> emit;  // each record as soon as it is complete
  Json subject = nullptr;                        // the artifact that the records are kept with
};

struct Group {
  std::vector<Case> cases;
  // The first cases have a measurement each; those that follow were there to measure them by.
  std::function<std::vector<Measurement>(const std::vector<Samples>&)> describe;
};

struct Suite {
  struct Item {
    std::string note;  // for who waits: "1 MiB"
    std::function<Group()> make;
  };
  std::string name;
  std::size_t measured = 1;  // measurements of each group
  std::vector<Item> items;   // made when their turn comes, and gone before the next
};

// Measures one group after the other and emits the records of each. Throws what cases throw.
void run_suite(const Suite& suite, const Bench& bench);

}  // namespace aiops::bench
