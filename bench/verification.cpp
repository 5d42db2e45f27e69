// SPDX-License-Identifier: Apache-2.0
#include "bench/verification.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "bench/caches.hpp"
#include "bench/gpu_watch.hpp"
#include "bench/health.hpp"
#include "bench/host.hpp"
#include "bench/record.hpp"
#include "bench/verdict.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>
#include <optional>

namespace aiops::bench {
namespace {

constexpr std::uint64_t kLargestFile = 1u << 30;
constexpr JsonLimits kRecordLimits{.bytes = 64u << 20, .depth = 64};
constexpr std::array kParts = {"id",
                               "started_at",
                               "duration_ns",
                               "tool",
                               "argv",
                               "host",
                               "workload",
                               "engine",
                               "gpu",
                               "method",
                               "samples",
                               "stats",
                               "metrics",
                               "health",
                               "peak",
                               "energy",
                               "correctness",
                               "gate",
                               "comparable_sha256"};
constexpr std::int64_t kLongestSample = std::int64_t{1} << 53;  // whole in a double

// Said of a member that is not there, or is something else.
struct Broken {
  std::string field, why;
};

const Json& member(const Json& record, std::string_view path) {
  const Json* at = &record;
  for (std::string_view rest = path; !rest.empty();) {
    const auto name = std::string(rest.substr(0, rest.find('.')));
    rest.remove_prefix(std::min(rest.size(), name.size() + 1));
    if (!at->is_object() || !at->contains(name)) throw Broken{std::string(path), "is missing"};
    at = &at->at(name);
  }
  return *at;
}

class Check {
 public:
  Check(const Json& record, std::span<const StoredRecord> all) : record_(record), all_(all) {}

  std::vector<Finding> run() {
    try {
      part("schema", [&] { expect("schema", kSchema, "and only"); });
      for (const char* name : kParts) member(record_, name);
      if (!findings_.empty()) return findings_;
      names();
      part("samples", [&] { read_samples(); });
      if (!findings_.empty()) return findings_;
      part("stats", [&] { statistics(); });
      part("metrics", [&] { metrics(); });
      part("peak", [&] { peak(); });
      part("health", [&] { health(); });
      part("energy", [&] { energy(); });
      part("method", [&] { method(); });
      part("host", [&] {
        expect("host.fp_sha256", host_fingerprint(member(record_, "host")), "and its members give");
      });
      part("comparable_sha256",
           [&] { expect("comparable_sha256", comparable_hash(record_), "and its members give"); });
      part("gate", [&] { gate(); });
    } catch (const Broken& broken) {
      add(broken.field, broken.why);
    }
    return findings_;
  }

 private:
  template <typename Work>
  void part(const char* name, Work work) {
    try {
      work();
    } catch (const Json::exception&) {
      add(name, "is not what the schema says");
    } catch (const Error& error) {
      add(name, error.message);
    }
  }

  void add(const std::string& field, const std::string& why) {
    findings_.push_back({printable(field), printable(why)});
  }

  void expect(const std::string& field, const Json& says, const Json& follows, const char* words) {
    if (says == follows) return;
    add(field, "says " + to_text(says) + ", " + words + " " + to_text(follows));
  }
  void expect(const std::string& path, const Json& follows, const char* words) {
    expect(path, member(record_, path), follows, words);
  }
  void expect(const std::string& path, const Json& follows) {
    expect(path, follows, "and the samples give");
  }

  // What listings show of a record.
  void names() {
    for (const char* path : {"id", "started_at", "workload.kind"})
      if (!member(record_, path).is_string()) throw Broken{path, "is no text"};
  }

  void read_samples() {
    const Json& values = member(record_, "samples.values");
    for (std::size_t i = 0; i < values.size(); ++i) {
      const std::int64_t value = whole_number<std::int64_t>(values.at(i));
      if (value < 0 || value > kLongestSample)
        throw Broken{"samples.values[" + std::to_string(i) + "]", "is no time"};
      values_.push_back(value);
    }
    if (values_.empty()) throw Broken{"samples.values", "is empty"};
    expect("samples.n", values_.size());
    calls_ = whole_number<std::int64_t>(member(record_, "method.calls_per_sample"));
    if (calls_ < 1) throw Broken{"method.calls_per_sample", "is less than 1"};
    const double total = std::accumulate(values_.begin(), values_.end(), 0.0);
    // Threads have more CPU time than there is time.
    if (member(record_, "method.timer") != "cpu" &&
        member(record_, "duration_ns").get<double>() < total)
      add("duration_ns", "is less than its samples took");
    statistics_ = summarise(values_);
  }

  void statistics() {
    const Json again = statistics_json(statistics_);
    for (const auto& [name, value] : again.items()) expect("stats." + name, value);
    for (const auto& [name, value] : member(record_, "stats").items())
      if (!again.contains(name)) add("stats." + name, "is not known");
  }

  static Rate rate_of(const Json& metric) {
    const bool higher = member(metric, "direction") == "higher";
    return {member(metric, "name").get<std::string>(), member(metric, "unit").get<std::string>(),
            member(metric, "per_call").get<double>(),
            higher ? Rate::Better::higher : Rate::Better::lower};
  }

  void metrics() {
    const Json& all = member(record_, "metrics");
    if (!all.is_array() || all.empty()) throw Broken{"metrics", "is empty"};
    for (std::size_t i = 0; i < all.size(); ++i) {
      const std::string path = "metrics[" + std::to_string(i) + "]";
      try {
        metric(path, all[i]);
      } catch (const Broken& broken) {
        throw Broken{path + "." + broken.field, broken.why};
      }
    }
  }

  void metric(const std::string& path, const Json& says) {
    const Rate rate = rate_of(says);
    if (!(rate.per_call > 0)) throw Broken{"per_call", "is not more than 0"};
    const Json again = metric_json(rate, calls_, statistics_);
    for (const auto& [name, value] : again.items())
      expect(path + "." + name, member(says, name), value, "and the samples give");
  }

  void peak() {
    const Json& peak = member(record_, "peak");
    if (peak.is_null()) return;
    const Rate rate = rate_of(member(record_, "metrics").at(0));
    for (const auto& [name, share] : member(record_, "peak.frac_of").items())
      expect("peak.frac_of." + name,
             share_json(rate, calls_, statistics_, member(record_, "peak." + name).get<double>()));
  }

  void health() {
    const Json& says = member(record_, "health");
    if (says.is_null()) return;
    const Json again = health_json(clock_trace(says, values_.size()));
    for (const char* name : {"rule", "verdict", "reason"})
      expect(std::string("health.") + name, again.at(name), "and the slices of the clock give");
    for (const auto& [name, value] : again.at("clk_mhz").items())
      expect("health.clk_mhz." + name, value, "and the slices of the clock give");
    if (!says.contains("gpu")) return;
    const Json gpu = gpu_health_json(gpu_trace(says.at("gpu"), values_.size()));
    for (const auto& [name, value] : gpu.items())
      expect("health.gpu." + name, value, "and the looks at the GPU give");
  }

  void energy() {
    const Json& says = member(record_, "energy");
    if (says.is_null()) return;
    const Energy measured = energy_of(says);
    if (!(measured.joules >= 0) || measured.window_ns < 1 || measured.windows < 1)
      throw Broken{"energy", "is none of a window of time"};
    const Rate rate = rate_of(member(record_, "metrics").at(0));
    const Json again = energy_json(measured, rate, calls_, values_.size());
    for (const auto& [name, value] : again.items())
      expect("energy." + name, value, "and its joules and windows give");
  }

  void method() {
    expect("method.isolation", isolation_of(calls_));
    cache();
    const Json& reason = member(record_, "method.stop.reason");
    if (reason == name_of(StopReason::failed)) return;
    const std::string rule = member(record_, "method.stop.rule").get<std::string>();
    if (rule == "count") {
      expect("method.stop.reason", "count");
      if (member(record_, "method.stop.params.count") > values_.size())
        add("samples.n", "is less than method.stop.params.count");
    } else if (rule == kMedianWidthRule) {
      expect("method.stop.reason", stop_again());
    }
  }

  void cache() {
    if (!member(record_, "method").contains("cache")) return;
    const Json& bytes = member(record_, "method.cache.working_set_bytes");
    const auto working_set =
        bytes.is_null() ? std::nullopt : std::optional(whole_number<std::int64_t>(bytes));
    const bool in_a_row = is_in_a_row(calls_, member(record_, "method.order").get<std::string>());
    const bool cold = member(record_, "method.cache").value("meant", Json()) == "cold";
    Json again = cache_json(working_set, member(record_, "host.cpu"), in_a_row,
                            cold ? SampleRule::Data::cold : SampleRule::Data::anywhere);
    if (!member(record_, "method.cache").contains("meant")) again.erase("meant");
    for (const auto& [name, value] : again.items())
      expect("method.cache." + name, value, "and the CPU's caches give");
  }

  // Decides sample by sample once more.
  const char* stop_again() {
    const auto param = [&](const char* name) -> const Json& {
      return member(record_, std::string("method.stop.params.") + name);
    };
    SampleRule rule;
    rule.target = param("relative_half_width").get<double>();
    rule.min_samples = whole_number<std::uint64_t>(param("min_samples"));
    rule.min_ns = whole_number<std::int64_t>(param("min_ns"));
    rule.timeout_ns = whole_number<std::int64_t>(param("timeout_ns"));
    StopRule again(rule);
    std::int64_t total = 0;
    for (std::size_t n = 1; n <= values_.size(); ++n) {
      total = std::min(total + values_[n - 1], std::numeric_limits<std::int64_t>::max() / 2);
      if (const auto reason = again.decide(std::span(values_).first(n), total))
        return name_of(*reason);
    }
    return name_of(StopReason::count);
  }

  void gate() {
    const Json& gate = member(record_, "gate");
    if (gate.is_null()) return;
    const std::string digest = member(record_, "gate.baseline_digest").get<std::string>();
    const auto baseline = std::find_if(all_.begin(), all_.end(), [&](const StoredRecord& other) {
      return record_digest(other.json) == digest;
    });
    if (baseline == all_.end())
      throw Broken{"gate.baseline_digest", "is of no record that is in the file"};
    const GatePolicy policy = gate_policy(gate);
    if (policy.comparisons == 0) throw Broken{"gate.params.comparisons", "is 0"};
    const Json again = gate_json(decide_rounds(baseline->json, record_, policy), policy, "rounds");
    for (const auto& [name, value] : again.items())
      expect("gate." + name, value, "and the samples of both give");
  }

  const Json& record_;
  std::span<const StoredRecord> all_;
  std::vector<Finding> findings_;
  std::vector<std::int64_t> values_;
  std::int64_t calls_ = 1;
  Statistics statistics_;
};

std::vector<std::pair<std::string_view, std::size_t>> lines_of(std::string_view text) {
  std::vector<std::pair<std::string_view, std::size_t>> lines;  // and their numbers
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.find_first_not_of(" \t\r") != std::string_view::npos) lines.emplace_back(line, number);
  }
  return lines;
}

bool is_json(std::string_view text) { return Json::accept(text); }

}  // namespace

std::vector<StoredRecord> read_records(const std::filesystem::path& file) {
  return parse_records(read_file(file, kLargestFile), file.string());
}

std::vector<StoredRecord> parse_records(const std::string& text, const std::string& name) {
  const auto lines = lines_of(text);
  if (lines.empty()) throw Error(ExitCode::failed, name + ": has no record");
  std::vector<StoredRecord> records;
  if (lines.size() > 1 && is_json(lines[0].first)) {
    for (const auto& [line, number] : lines) {
      const std::string where = name + ":" + std::to_string(number);
      records.push_back({parse_json(line, where, kRecordLimits), where, {}});
    }
    return records;
  }
  Json whole = parse_json(text, name, kRecordLimits);
  if (!whole.is_array()) return {{std::move(whole), name, {}}};
  for (std::size_t i = 0; i < whole.size(); ++i)
    records.push_back({std::move(whole[i]), name + "[" + std::to_string(i) + "]", {}});
  if (records.empty()) throw Error(ExitCode::failed, name + ": has no record");
  return records;
}

std::vector<Finding> check_figures(const Json& record, std::span<const StoredRecord> all) {
  return Check(record, all).run();
}

std::optional<Finding> check_subject(const Json& record, const std::string& manifest_digest) {
  if (!record.is_object() || !record.contains("subject")) return std::nullopt;
  const Json& subject = record.at("subject");
  const Json named = subject.is_object() ? subject.value("manifest_digest", Json()) : Json();
  if (named == manifest_digest) return std::nullopt;
  return Finding{"subject.manifest_digest",
                 printable("is " + to_text(named) + ", and the artifact is " + manifest_digest)};
}

Error figure_mismatch(const std::string& message) {
  Error error(ExitCode::unverified, message);
  error.reason = "figure-mismatch";
  return error;
}

void require_none(const std::vector<Finding>& findings, std::string_view what) {
  if (findings.empty()) return;
  throw figure_mismatch(
      std::string(what) + ": " + findings[0].field + " " + findings[0].why +
      (findings.size() == 1 ? "" : ", and " + std::to_string(findings.size() - 1) + " more"));
}

void require_figures(const Json& record, std::span<const StoredRecord> all, std::string_view what) {
  require_none(check_figures(record, all), what);
}

}  // namespace aiops::bench
