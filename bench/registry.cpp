// SPDX-License-Identifier: Apache-2.0
// What is timed: of a push the whole transfer, manifest included, digests known before (a push of
// something packed knows them); of a pull the whole transfer with the hashing that checks it. The
// operations take turns, so that a busy network is busy for both. Counted beside the samples are
// requests, retries and this process's CPU time, per sample and per byte: a client that is fast
// because it burns a core is not a good one.
#include "bench/registry.hpp"

#include "base/units.hpp"
#include "bench/random_artifact.hpp"
#include "bench/record.hpp"
#include "pack/transfer.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <memory>

namespace aiops::bench {
namespace {

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// What one operation cost beside time, over all its calls.
struct Cost {
  std::uint64_t calls = 0, requests = 0, retries = 0;
  double cpu = 0;
};

// What is sent and fetched.
struct Artifact {
  std::uint64_t blob_bytes;
  std::size_t blobs;
};

// Where all of it goes. The noise is one for all artifacts, so that no blob comes twice.
struct Place {
  RegistryPlan plan;
  pack::Repository& remote;
  registry::Traffic& traffic;
  std::vector<pack::Document>& pushed;
  const Bench& bench;
  NoiseRepository noise;
};

class Transfers {
 public:
  Transfers(const Artifact& artifact, std::shared_ptr<Place> place)
      : artifact_(artifact),
        place_(std::move(place)),
        plan_(place_->plan),
        remote_(place_->remote),
        traffic_(place_->traffic),
        pushed_(place_->pushed),
        bench_(place_->bench),
        noise_(place_->noise) {}

  std::vector<Case> cases() {
    std::vector<Case> cases;
    costs_.resize(plan_.operations.size());
    for (std::size_t i = 0; i < plan_.operations.size(); ++i) {
      const bool is_push = plan_.operations[i] == "push";
      cases.push_back({[this, i, is_push] { counted(costs_[i], is_push); },
                       [this, is_push] { prepare(is_push); }});
    }
    return cases;
  }

  std::vector<Measurement> describe(const std::vector<Samples>& samples) const {
    std::vector<Measurement> results;
    for (std::size_t i = 0; i < samples.size(); ++i)
      results.push_back(describe(plan_.operations[i], costs_[i], samples[i]));
    return results;
  }

 private:
  void prepare(bool is_push) {
    if (is_push || !is_there_) {
      is_there_ = true;
      pushed_.push_back(noise_.make(artifact_.blobs, artifact_.blob_bytes));
      if (!is_push) transfer(noise_, pushed_.back(), remote_);
    }
  }

  void transfer(pack::Repository& from, const pack::Document& root, pack::Repository& to) {
    SilentStatus quiet;
    pack::transfer(from, to, root, {}, {.jobs = plan_.jobs}, quiet, bench_.stop);
  }

  void counted(Cost& cost, bool is_push) {
    const std::uint64_t requests = traffic_.requests, retries = traffic_.retries;
    const double cpu = cpu_seconds();
    if (is_push) {
      transfer(noise_, pushed_.back(), remote_);
    } else {
      NullRepository nowhere;
      transfer(remote_, remote_.fetch_manifest(pushed_.back().descriptor.digest.str()), nowhere);
    }
    ++cost.calls;
    cost.cpu += cpu_seconds() - cpu;
    cost.requests += traffic_.requests - requests;
    cost.retries += traffic_.retries - retries;
  }

  Measurement describe(const std::string& operation, const Cost& cost,
                       const Samples& samples) const {
    const auto bytes = static_cast<double>(artifact_.blob_bytes * artifact_.blobs);
    const auto calls = static_cast<double>(std::max<std::uint64_t>(cost.calls, 1));
    Measurement result;
    result.workload = {{"kind", "registry"},
                       {"params",
                        {{"operation", operation},
                         {"blob_bytes", artifact_.blob_bytes},
                         {"blobs", artifact_.blobs},
                         {"jobs", plan_.jobs}}},
                       {"dtype", "bytes"},
                       {"seed", bench_.rule.seed},
                       {"bytes_min", artifact_.blob_bytes * artifact_.blobs},
                       {"byte_rule", "bytes of blobs; manifests and headers not counted"},
                       {"flops", nullptr}};
    result.engine = {{"name", "aiops"},
                     {"version", nullptr},
                     {"backend", "registry"},
                     {"flags", {{"repository", remote_.name()}}}};
    result.counters = {{"requests_per_call", static_cast<double>(cost.requests) / calls},
                       {"retries", cost.retries},
                       {"cpu_s_per_gb", cost.cpu / calls / (bytes * 1e-9)}};
    result.samples = samples;
    result.rate = {"gb_s", "GB/s", bytes};
    result.correctness = {
        {"checked", true},
        {"method", operation == "push" ? "the registry's answer to the digest" : "sha256"},
        {"max_err", 0},
        {"pass", true}};
    return result;
  }

  Artifact artifact_;
  std::shared_ptr<Place> place_;
  const RegistryPlan& plan_;
  pack::Repository& remote_;
  registry::Traffic& traffic_;
  std::vector<pack::Document>& pushed_;
  const Bench& bench_;
  NoiseRepository& noise_;
  bool is_there_ = false;  // the newest of `pushed_` is of this artifact
  std::vector<Cost> costs_;
};

}  // namespace

std::vector<std::string> registry_operations() { return {"push", "pull"}; }

Suite registry_suite(const RegistryPlan& plan, pack::Repository& remote, registry::Traffic& traffic,
                     std::vector<pack::Document>& pushed, const Bench& bench) {
  const std::shared_ptr<Place> place(
      new Place{plan, remote, traffic, pushed, bench, NoiseRepository(bench.rule.seed)});
  Suite suite{"registry", plan.operations.size(), {}};
  for (const std::int64_t size : plan.sizes)
    for (const std::int64_t blobs : plan.blobs)
      suite.items.push_back(
          {std::to_string(blobs) + " x " + format_bytes(static_cast<std::uint64_t>(size)), [=] {
             const Artifact artifact{static_cast<std::uint64_t>(size),
                                     static_cast<std::size_t>(blobs)};
             const auto transfers = std::make_shared<Transfers>(artifact, place);
             return Group{transfers->cases(), [transfers](const std::vector<Samples>& samples) {
                            return transfers->describe(samples);
                          }};
           }});
  return suite;
}

}  // namespace aiops::bench
