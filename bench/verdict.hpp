// SPDX-License-Identifier: Apache-2.0
// Comparisons of records, as records have them. Where a verdict is undecided for what the machine
// did, or for where the data was, and not for what the samples say, its reason begins with a word
// for that: "throttled: …", "warm: …", "warm and cold: …".
#pragma once

#include "base/json.hpp"
#include "bench/gate.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace aiops::bench {

// Two records whose samples were taken in the same rounds. When the clock fell meanwhile, both
// sides saw it fall, and the verdict stands unless the fall is seen to have hit one of them harder:
// the ratio of a round then depends on when it was taken. A GPU that was held down decides nothing.
Decision decide_rounds(const Json& baseline, const Json& candidate, const GatePolicy& policy);
// Records of the same work, one for each run of the program. One that is throttled is undecided:
// the others did not see its clock fall (bench/health.hpp); for caches, see bench/caches.hpp.
Decision decide_runs(const std::vector<Json>& baseline, const std::vector<Json>& candidate,
                     const GatePolicy& policy);

// The `gate` of a candidate's record. `design` is "rounds" or "runs".
Json gate_json(const Decision& decision, const GatePolicy& policy, const char* design);
GatePolicy gate_policy(const Json& gate);  // as gate_json wrote it

// A record's name by its content: "sha256:…" of its canonical form.
std::string record_digest(const Json& record);

// Natural logarithms of the second's time for a unit of work over the first's, round by round.
std::vector<double> log_ratios(const Json& baseline, const Json& candidate);

// Where two records differ in what makes them comparable: "workload.params.threads: 1 and 2".
std::vector<std::string> differences(const Json& a, const Json& b);

}  // namespace aiops::bench
