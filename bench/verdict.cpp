// SPDX-License-Identifier: Apache-2.0
#include "bench/verdict.hpp"

#include "base/digest.hpp"
#include "base/error.hpp"
#include "base/units.hpp"
#include "bench/caches.hpp"
#include "bench/canonical.hpp"
#include "bench/health.hpp"
#include "bench/record.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

namespace aiops::bench {
namespace {

// Nanoseconds for a unit of the work that the record's figure counts, sample by sample.
std::vector<double> log_times(const Json& record) {
  const double work = record.at("method").at("calls_per_sample").get<double>() *
                      record.at("metrics").at(0).at("per_call").get<double>();
  std::vector<double> times;
  for (const Json& value : record.at("samples").at("values"))  // a clock's step is no nothing
    times.push_back(std::log(std::max(1.0, value.get<double>()) / work));
  return times;
}

constexpr double kSeen = 0.05;  // p from which a fall of the clock is seen to have hit unlike
constexpr const char* kThrottled = "throttled: ";
constexpr const char* kWarm = "warm: ";
constexpr const char* kCaches = "warm and cold: ";

Decision refused(Decision decision, std::string reason) {
  decision.verdict = Verdict::undecided;
  decision.reason = std::move(reason);
  return decision;
}

// By how much the ratio changed when the clock fell, where it is seen to have: by chance one in
// twenty such shifts looks so large, and one below the threshold changes no verdict.
std::optional<double> unlike_by(const std::vector<double>& ratios, const std::vector<bool>& low,
                                const GatePolicy& policy) {
  std::vector<double> before, after;
  for (std::size_t i = 0; i < ratios.size(); ++i) (low[i] ? after : before).push_back(ratios[i]);
  if (before.empty() || after.empty()) return std::nullopt;
  const Shift shift = unpaired_shift(before, after);
  const bool matters = std::abs(shift.estimate) >= std::log1p(policy.threshold);
  return matters && shift.p <= kSeen ? std::optional(std::expm1(shift.estimate)) : std::nullopt;
}

// What is wrong with the first run of which something is, and with how many.
std::optional<std::string> in_some(const std::vector<Json>& runs,
                                   std::optional<std::string> (*why_not)(const Json&)) {
  std::size_t count = 0;
  std::string first;
  for (const Json& run : runs)
    if (const auto why = why_not(run); why && count++ == 0) first = *why;
  if (count == 0) return std::nullopt;
  return fmt::format("{} in {} of {}", first, count, counted(runs.size(), "run"));
}

Json percent(double share) { return figure_json(100 * share); }

void compare(const std::string& path, const Json& a, const Json& b, std::vector<std::string>& out) {
  if (a == b) return;
  if (!a.is_object() || !b.is_object()) {
    out.push_back(path + ": " + to_text(a) + " and " + to_text(b));
    return;
  }
  Json all = a;
  all.update(b);
  for (const auto& [name, unused] : all.items())
    compare(path.empty() ? name : path + "." + name, a.value(name, Json()), b.value(name, Json()),
            out);
}

}  // namespace

std::vector<double> log_ratios(const Json& baseline, const Json& candidate) {
  std::vector<double> ratios = log_times(candidate);
  const std::vector<double> base = log_times(baseline);
  if (base.size() != ratios.size())
    throw Error(ExitCode::failed, "samples of the same rounds are not equally many");
  for (std::size_t i = 0; i < ratios.size(); ++i) ratios[i] -= base[i];
  return ratios;
}

Decision decide_rounds(const Json& baseline, const Json& candidate, const GatePolicy& policy) {
  const std::vector<double> ratios = log_ratios(baseline, candidate);
  Decision decision = decide_paired(ratios, policy);
  for (const Json* side : {&baseline, &candidate})
    if (const auto why = not_cold(*side)) return refused(std::move(decision), kWarm + *why);
  if (const auto why = unlike_caches(baseline, candidate))
    return refused(std::move(decision), kCaches + *why);
  for (const Json* side : {&baseline, &candidate})
    if (const auto why = gpu_throttling_of(*side))
      return refused(std::move(decision), kThrottled + *why);
  const auto throttling = throttling_of(candidate);
  if (!throttling) return decision;
  const auto unlike = unlike_by(ratios, throttled_rounds(candidate), policy);
  if (!unlike) return decision;
  return refused(std::move(decision),
                 fmt::format("{}{}, and hit the sides unlike: their ratio changed by {:+.2g} %",
                             kThrottled, *throttling, 100 * *unlike));
}

Decision decide_runs(const std::vector<Json>& baseline, const std::vector<Json>& candidate,
                     const GatePolicy& policy) {
  const auto medians = [](const std::vector<Json>& records) {
    std::vector<double> all;
    for (const Json& record : records) all.push_back(median_of(log_times(record)));
    return all;
  };
  Decision decision = decide_stored(medians(baseline), medians(candidate), policy);
  std::vector<Json> runs = baseline;
  runs.insert(runs.end(), candidate.begin(), candidate.end());
  if (const auto why = in_some(runs, throttling_of))
    return refused(std::move(decision), kThrottled + *why);
  if (const auto why = in_some(runs, not_cold)) return refused(std::move(decision), kWarm + *why);
  if (const auto why = unlike_caches(runs)) return refused(std::move(decision), kCaches + *why);
  return decision;
}

Json gate_json(const Decision& decision, const GatePolicy& policy, const char* design) {
  const bool rounds = std::string_view(design) == "rounds";
  return {
      {"design", design},
      {"rule", rounds ? "signed ranks of rounds, order drawn" : "rank sum of medians of runs"},
      {"params",
       {{"alpha", policy.alpha},
        {"threshold", policy.threshold},
        {"comparisons", policy.comparisons}}},
      {"n", decision.n},
      {"p", figure_json(decision.p)},
      {"effect_pct", percent(decision.effect)},
      {"ci95_pct", decision.ci95 ? Json{percent(decision.ci95->low), percent(decision.ci95->high)}
                                 : Json(nullptr)},
      {"detectable_pct", decision.detectable ? percent(*decision.detectable) : Json(nullptr)},
      {"verdict", name_of(decision.verdict)},
      {"reason", decision.reason.empty() ? Json(nullptr) : Json(decision.reason)}};
}

GatePolicy gate_policy(const Json& gate) {
  const Json& params = gate.at("params");
  GatePolicy policy;
  policy.alpha = params.at("alpha").get<double>();
  policy.threshold = params.at("threshold").get<double>();
  policy.comparisons = whole_number<std::uint64_t>(params.at("comparisons"));
  return policy;
}

std::string record_digest(const Json& record) { return sha256_of(to_canonical(record)).str(); }

std::vector<std::string> differences(const Json& a, const Json& b) {
  std::vector<std::string> out;
  compare("", comparable_part(a), comparable_part(b), out);
  return out;
}

}  // namespace aiops::bench
