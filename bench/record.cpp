// SPDX-License-Identifier: Apache-2.0
#include "bench/record.hpp"

#include "base/commit.hpp"
#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/time.hpp"
#include "base/version.hpp"
#include "bench/caches.hpp"
#include "bench/canonical.hpp"
#include "bench/gpu_watch.hpp"
#include "bench/health.hpp"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>

namespace aiops::bench {
namespace {

Json whole(double value) { return static_cast<std::int64_t>(std::llround(value)); }
Json whole(const std::optional<double>& value) { return value ? whole(*value) : Json(nullptr); }

Json figure_json(const std::optional<double>& value) {
  return value ? aiops::bench::figure_json(*value) : Json(nullptr);
}

Json own_argv() {
  Json words = Json::array();
  const std::string all = read_file("/proc/self/cmdline", 4u << 20);
  for (std::size_t at = 0; at < all.size();) {
    const auto end = std::min(all.find('\0', at), all.size());
    words.push_back(printable(all.substr(at, end - at)));
    at = end + 1;
  }
  return words;
}

Json describe_method(const Run& run, const Measurement& measurement) {
  const Samples& samples = measurement.samples;
  Json stop = run.stop_rule;
  stop["reason"] = name_of(samples.stop);
  const bool on_gpu = !measurement.gpu.empty();
  Json method = {
      {"timer", measurement.timer},
      {"isolation", isolation_of(samples.calls)},
      {"calls_per_sample", samples.calls},
      {"blocking_kernel", on_gpu ? Json(false) : Json(nullptr)},
      {"l2", on_gpu ? Json{{"flush_bytes", 0}} : Json(nullptr)},
      {"cache", cache_json(measurement.working_set, run.host.at("cpu"),
                           is_in_a_row(samples.calls, run.order), run.rule.data)},
      {"warmup", {{"n", samples.warm_up_calls}, {"ns", samples.warm_up_ns}, {"reason", "time"}}},
      {"stop", stop},
      {"order", run.order},
      {"seed", run.rule.seed},
      {"process_runs", 1}};
  if (samples.are_queued) method["queued"] = true;
  return method;
}

Json describe_health(const Samples& samples) {
  Json health = samples.clock ? health_json(*samples.clock) : Json(nullptr);
  if (health.is_object() && samples.gpu && !samples.gpu->empty())
    health["gpu"] = gpu_health_json(*samples.gpu);
  return health;
}

Json describe_peak(const Measurement& measurement, const Statistics& statistics) {
  const auto& measured = measurement.peak_per_ns;
  const auto& promise = measurement.promise;
  if (!measured && !promise) return nullptr;
  Json shares = Json::object(), detail = measurement.peak_detail;
  const auto share_of = [&](const char* name, double per_ns) {
    Json peak = figure_json(per_ns);
    shares[name] =
        share_json(measurement.rate, measurement.samples.calls, statistics, peak.get<double>());
    return peak;
  };
  Json of_datasheet, of_machine;
  if (promise) of_datasheet = share_of("datasheet", promise->per_ns);
  if (promise) detail["datasheet"] = promise->source;
  if (measured) of_machine = share_of("measured", *measured);
  return {{"datasheet", of_datasheet}, {"derived", nullptr},
          {"measured", of_machine},    {"unit", measurement.rate.unit},
          {"frac_of", shares},         {"source", measured ? "measured" : "datasheet"},
          {"detail", detail}};
}

// One formula for both kinds: what less of is better is the reciprocal.
double figure_of(const Rate& rate, std::int64_t calls, double ns) {
  const double amount = rate.per_call * static_cast<double>(calls);
  return rate.better == Rate::Better::higher ? amount / ns : ns / amount;
}

Json stop_rule_of(const SampleRule& rule) {
  if (rule.count) return {{"rule", "count"}, {"params", {{"count", *rule.count}}}};
  return {{"rule", kMedianWidthRule},
          {"params",
           {{"relative_half_width", rule.target},
            {"min_samples", rule.min_samples},
            {"min_ns", rule.min_ns},
            {"timeout_ns", rule.timeout_ns}}}};
}

}  // namespace

Json describe_tool() {
  Hasher hasher;
  hasher.update(MappedFile("/proc/self/exe").bytes());
  const bool known = std::string_view(kCommit) != "unknown";  // from a checkout
  return {{"name", "aiops"},
          {"version", kVersion},
          {"git", known ? Json(kCommit) : Json(nullptr)},
          {"dirty", known ? Json(kCommitIsDirty) : Json(nullptr)},
          {"build_flags", std::string(kCompiler) + " " + kBuildType},
          {"binary_sha256", hasher.finish().hex()}};
}

Run::Run(const SampleRule& sample_rule, std::size_t cases_in_turn)
    : started_at(rfc3339_now()),
      begin_ns(sample_clock_ns()),
      rule(sample_rule),
      order(cases_in_turn > 1 ? "random" : "block"),
      host(describe_host()),
      tool(describe_tool()),
      argv(own_argv()),
      stop_rule(stop_rule_of(sample_rule)) {}

Json figure_json(double value) {
  if (!std::isfinite(value) || value == 0) return value == 0 ? Json(0.0) : Json(nullptr);
  const double scale = std::pow(10.0, 5 - std::floor(std::log10(std::abs(value))));
  return std::round(value * scale) / scale;
}

const char* isolation_of(std::int64_t calls) { return calls == 1 ? "isolated" : "batch"; }

Json metric_json(const Rate& rate, std::int64_t calls, const Statistics& statistics) {
  Json interval;
  if (statistics.ci95) {
    const auto end = [&](double ns) { return figure_json(figure_of(rate, calls, ns)); };
    interval = rate.better == Rate::Better::higher
                   ? Json{end(statistics.ci95->high), end(statistics.ci95->low)}
                   : Json{end(statistics.ci95->low), end(statistics.ci95->high)};
  }
  return {{"name", rate.name},
          {"unit", rate.unit},
          {"direction", rate.better == Rate::Better::higher ? "higher" : "lower"},
          {"per_call", rate.per_call},
          {"value", figure_json(figure_of(rate, calls, statistics.median))},
          {"ci95", interval}};
}

Json share_json(const Rate& rate, std::int64_t calls, const Statistics& statistics, double peak) {
  return figure_json(rate.per_call * static_cast<double>(calls) / statistics.median / peak);
}

Json statistics_json(const Statistics& s) {
  const Json interval = s.ci95 ? Json{whole(s.ci95->low), whole(s.ci95->high)} : Json(nullptr);
  return {{"median", whole(s.median)},
          {"ci95", interval},
          {"ci_method", "order statistics, autocorrelation of the signs"},
          {"mad", whole(s.mad)},
          {"iqr", whole(s.iqr)},
          {"min", whole(s.min)},
          {"mean", whole(s.mean)},
          {"p5", whole(s.p5)},
          {"p95", whole(s.p95)},
          {"p99", whole(s.p99)},
          {"autocorr_lag1", figure_json(s.autocorr_lag1)},
          {"n_effective", figure_json(s.n_effective)},
          {"drift_pct", figure_json(s.drift_pct)},
          {"outliers", s.outliers},
          {"bimodal", nullptr}};
}

Json energy_json(const std::optional<Energy>& energy, const Rate& rate, std::int64_t calls,
                 std::size_t samples) {
  if (!energy) return nullptr;
  // A rate is amount / ns in units a second, so amount * 1e-9 is in the unit.
  const bool by_unit = rate.better == Rate::Better::higher && rate.unit.ends_with("/s");
  const double units = static_cast<double>(calls) * static_cast<double>(samples) *
                       (by_unit ? rate.per_call * 1e-9 : 1);
  const double window = static_cast<double>(energy->window_ns);
  const double stale =
      static_cast<double>(energy->source.update_ns) * static_cast<double>(energy->windows);
  return {{"source", energy->source.name},
          {"domains", energy->domains},
          {"j", figure_json(energy->joules)},
          {"idle_j", nullptr},
          {"j_per_unit", figure_json(figure_json(energy->joules).get<double>() / units)},
          {"unit", by_unit ? rate.unit.substr(0, rate.unit.size() - 2) : "call"},
          {"error_pct", figure_json(100 * stale / window)},
          {"window_ns", energy->window_ns},
          {"windows", energy->windows},
          {"resolution_ns", energy->source.update_ns}};
}

Energy energy_of(const Json& json) {
  Energy energy;
  energy.source = energy_source(json.at("source").get<std::string>());
  energy.joules = json.at("j").get<double>();
  energy.window_ns = whole_number<std::int64_t>(json.at("window_ns"));
  energy.windows = whole_number<std::uint64_t>(json.at("windows"));
  energy.domains = json.at("domains").get<std::vector<std::string>>();
  return energy;
}

Json make_record(const Run& run, const Measurement& measurement) {
  const Samples& samples = measurement.samples;
  const Statistics statistics = summarise(samples.values);
  Json host = run.host;
  host["steal_pct"] = figure_json(run.steal.percent());
  Json record = {
      {"schema", kSchema},
      {"id", make_uuid7()},
      {"started_at", run.started_at},
      {"duration_ns", sample_clock_ns() - run.begin_ns},
      {"tool", run.tool},
      {"argv", run.argv},
      {"workload", measurement.workload},
      {"engine", measurement.engine},
      {"host", host},
      {"gpu", measurement.gpu},
      {"method", describe_method(run, measurement)},
      {"samples",
       {{"unit", "ns"},
        {"n", samples.values.size()},
        {"discarded", Json::array()},
        {"values", samples.values}}},
      {"stats", statistics_json(statistics)},
      {"metrics", Json::array({metric_json(measurement.rate, samples.calls, statistics)})},
      {"health", describe_health(samples)},
      {"peak", describe_peak(measurement, statistics)},
      {"energy",
       energy_json(samples.energy, measurement.rate, samples.calls, samples.values.size())},
      {"correctness", measurement.correctness},
      {"gate", nullptr}};
  if (!run.subject.is_null()) record["subject"] = run.subject;
  if (!measurement.counters.is_null()) record["counters"] = measurement.counters;
  record["comparable_sha256"] = comparable_hash(record);
  return record;
}

Json comparable_part(const Json& record) {
  const Json& host = record.at("host");
  Json part = {{"workload", record.at("workload")},
               {"engine", record.at("engine")},
               {"cpu", host.at("cpu")},
               {"virt", host.at("virt")},
               {"cgroup", host.at("cgroup")},
               {"gpu", record.at("gpu")},
               {"isolation", record.at("method").at("isolation")},
               {"timer", record.at("method").at("timer")}};
  // What a figure counts is part of what it is.
  for (const Json& metric : record.at("metrics"))
    part["metrics"].push_back({{"name", metric.at("name")},
                               {"unit", metric.at("unit")},
                               {"direction", metric.at("direction")},
                               {"per_call", metric.at("per_call")}});
  // A newer microcode or engine is what one wants to compare; a different machine is not.
  if (part["cpu"].is_object()) part["cpu"].erase("microcode");
  if (part["engine"].is_object()) part["engine"].erase("version");
  return part;
}

std::string comparable_hash(const Json& record) {
  return std::string(sha256_of(to_canonical(comparable_part(record))).hex());
}

std::string make_uuid7() {
  std::array<unsigned char, 16> id{};
  if (::getrandom(id.data(), id.size(), 0) != static_cast<ssize_t>(id.size()))
    throw Error(ExitCode::failed, "the system gave no random bytes");
  const auto ms =
      static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(
                                     std::chrono::system_clock::now().time_since_epoch())
                                     .count());
  for (unsigned i = 0; i < 6; ++i) id[i] = static_cast<unsigned char>(ms >> (40 - 8 * i));
  id[6] = static_cast<unsigned char>(0x70 | (id[6] & 0x0F));
  id[8] = static_cast<unsigned char>(0x80 | (id[8] & 0x3F));
  std::string hex = to_hex({reinterpret_cast<const char*>(id.data()), id.size()});
  for (const std::size_t at : {20, 16, 12, 8}) hex.insert(at, 1, '-');
  return hex;
}

}  // namespace aiops::bench
