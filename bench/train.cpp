// SPDX-License-Identifier: Apache-2.0
#include "bench/train.hpp"

#include "base/error.hpp"
#include "base/thread_pool.hpp"
#include "base/units.hpp"
#include "bench/host.hpp"
#include "bench/record.hpp"
#include "bench/train_floor.hpp"
#include "kernels/gemm.hpp"
#include "kernels/random.hpp"
#include "train/device/open.hpp"
#include "train/optimiser/optimiser.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <optional>

namespace aiops::bench {
namespace {

using train::Precision;

// What one combination of the plan is.
struct TrainCase {
  std::string model, precision;
  std::int64_t rows, length;
  std::int64_t tokens() const { return rows * length; }
  Precision compute() const { return precision == "bf16" ? Precision::bf16 : Precision::fp32; }
};

rusage usage() {
  rusage now{};
  ::getrusage(RUSAGE_SELF, &now);
  return now;
}

// A model, its optimiser, and a batch of random tokens for every step.
class Stepper {
 public:
  Stepper(const TrainCase& c, const train::ModelConfig& config, std::uint64_t seed,
          ThreadPool& threads, std::shared_ptr<const kernels::device::Device> device)
      : model_(config, threads, {.precision = c.compute(), .device = std::move(device)}),
        gradients_(model_.gradients()),
        rows_(c.rows),
        length_(c.length) {
    model_.initialise(seed);
    optimiser_ = train::make_optimiser({}, model_.trainable(), model_.backend());
    for (std::int64_t i = 0; i <= c.tokens(); ++i)
      tokens_.push_back(
          static_cast<std::int32_t>(kernels::uniform(seed, 1, static_cast<std::uint64_t>(i)) *
                                    static_cast<double>(config.vocab_size)));
  }

  void step() {
    const std::size_t count = tokens_.size() - 1;
    model_.zero_gradients();
    const double loss = model_.forward_backward({.rows = rows_,
                                                 .length = length_,
                                                 .tokens = std::span(tokens_).first(count),
                                                 .targets = std::span(tokens_).subspan(1)},
                                                1.0F / static_cast<float>(count));
    const double norm = train::gradient_norm(gradients_, model_.backend());
    optimiser_->step(1e-4, ++number_, train::clip_factor(norm, 1.0));
    loss_ = loss / static_cast<double>(count);
  }

  // Waits for the update, which a device has only been told of.
  void finish() { model_.backend().read(model_.backend().results(1), 1); }

  double loss() const { return loss_; }

 private:
  train::Model model_;
  std::vector<std::span<float>> gradients_;
  std::int64_t rows_, length_;
  std::unique_ptr<train::Optimiser> optimiser_;
  std::vector<std::int32_t> tokens_;
  std::int64_t number_ = 0;
  double loss_ = 0;
};

// A step on random tokens of a fresh model knows nothing: its loss is the logarithm of the
// vocabulary, within what initial weights make of it.
Json check_loss(double loss, const train::ModelConfig& config, const TrainCase& c) {
  const double expected = std::log(static_cast<double>(config.vocab_size));
  const double error = std::abs(loss - expected);
  if (!(error < 0.5))
    throw Error(ExitCode::failed, c.model + ": the first loss is " + std::to_string(loss) +
                                      ", and a model that knows nothing has " +
                                      std::to_string(expected));
  return {{"checked", true},
          {"method", "first loss against ln(vocabulary)"},
          {"max_err", error},
          {"pass", true}};
}

void check_fits(const TrainCase& c, const train::ModelConfig& config, TrainPlan::Floor floor,
                const kernels::device::Device* device) {
  if (c.length > config.max_position_embeddings)
    throw Error(ExitCode::usage, "rows of " + std::to_string(c.length) + " tokens: " + c.model +
                                     " takes " + std::to_string(config.max_position_embeddings));
  // Values, gradients and two moments, and the floor has them again.
  const std::uint64_t bytes =
      config.parameter_count() * 16 * (floor == TrainPlan::Floor::yes ? 2 : 1);
  if (device != nullptr && bytes > device->memory().free)
    throw Error(ExitCode::failed, c.model + " needs more than " + format_bytes(bytes) +
                                      " of the GPU's memory, of which " +
                                      format_bytes(device->memory().free) + " are free");
  if (bytes > static_cast<std::uint64_t>(available_memory()))
    throw Error(ExitCode::failed,
                c.model + " needs more than " + format_bytes(bytes) + " of memory",
                floor == TrainPlan::Floor::yes ? "measure without --floor" : "");
}

// What the groups of a suite share.
struct Tools {
  ThreadPool threads;
  std::shared_ptr<const BenchGpu> gpu;                    // null: the CPU
  std::shared_ptr<const kernels::device::Device> device;  // the same
};
using SharedTools = std::shared_ptr<Tools>;

Measurement describe(const TrainCase& c, const Bench& bench, const train::ModelConfig& config,
                     const BenchGpu* gpu) {
  Measurement result;
  result.workload = {
      {"kind", "train"},
      {"params",
       {{"model", c.model}, {"rows", c.rows}, {"length", c.length}, {"precision", c.precision}}},
      {"dtype", c.precision},
      {"accum_dtype", "fp32"},
      {"seed", bench.rule.seed},
      {"parameters", config.parameter_count()}};
  if (gpu != nullptr) {
    result.engine = gpu->model_engine();
    result.gpu = gpu->describe();
  } else {
    result.workload["params"]["threads"] = bench.threads;
    result.engine = {{"name", "aiops"},
                     {"version", nullptr},
                     {"backend", "cpu"},
                     {"flags", {{"tiles", kernels::gemm_engine(c.compute())}}}};
  }
  // A rate is work a nanosecond; tokens are counted by the second.
  result.rate = {"tokens_s", "tokens/s", static_cast<double>(c.tokens()) * 1e9};
  return result;
}

// What a group's cases work on.
struct CaseState {
  SharedTools tools;
  std::uint64_t free;  // bytes of the GPU before there was a model; 0 on the CPU
  Measurement result;
  Stepper stepper;
  std::optional<TrainFloor> floor = {};
  long faults = 0;

  void step() {
    const long before = usage().ru_minflt;
    stepper.step();
    faults += usage().ru_minflt - before;
  }
};

Measurement measured(CaseState& state, const std::vector<Samples>& samples) {
  Measurement& result = state.result;
  result.samples = samples[0];
  const double calls =
      static_cast<double>(samples[0].values.size()) * static_cast<double>(samples[0].calls) +
      static_cast<double>(samples[0].warm_up_calls);
  result.counters = {{"page_faults_per_step", static_cast<double>(state.faults) / calls},
                     {"peak_mib", static_cast<double>(usage().ru_maxrss) / 1024}};
  if (state.free > 0) {
    const std::uint64_t free = state.tools->device->memory().free;
    result.counters["gpu_mib"] =
        static_cast<double>(state.free - std::min(free, state.free)) / (1 << 20);
  }
  if (state.floor) {
    const double ns = summarise(samples[1].values).median / static_cast<double>(samples[1].calls);
    result.peak_per_ns = result.rate.per_call / ns;
    result.peak_detail = {
        {"method", "all matrix products of the step on buffers of their own, and AdamW"},
        {"gflop_s", std::round(static_cast<double>(state.floor->flops()) / ns)}};
  }
  return result;
}

Group case_group(const TrainCase& c, TrainPlan::Floor wanted, const Bench& bench,
                 const SharedTools& tools) {
  const train::ModelConfig config = train_shape(c.model);
  check_fits(c, config, wanted, tools->device.get());
  const std::shared_ptr<CaseState> state(
      new CaseState{tools, tools->device ? tools->device->memory().free : 0,
                    describe(c, bench, config, tools->gpu.get()),
                    Stepper(c, config, bench.rule.seed, tools->threads, tools->device)});
  state->stepper.step();
  state->result.correctness = check_loss(state->stepper.loss(), config, c);
  state->stepper.step();  // what the first step left for the second to touch
  Group group;
  group.cases.push_back({[state] { state->step(); }});
  if (tools->gpu) {
    group.cases.back().finish = [state] { state->stepper.finish(); };
    tools->gpu->watch(group.cases.back(), tools->device);
  }
  if (wanted == TrainPlan::Floor::yes) {
    state->floor.emplace(config, c.tokens(), c.compute(), tools->threads);
    state->floor->run();
    state->result.workload["flops"] = state->floor->flops();
    state->result.workload["flop_rule"] = "6 · tokens · weights, attention not counted";
    group.cases.push_back({[state] { state->floor->run(); }});
  }
  group.describe = [state](const std::vector<Samples>& samples) {
    return std::vector<Measurement>{measured(*state, samples)};
  };
  return group;
}

}  // namespace

std::vector<std::string> train_precisions() { return {"fp32", "bf16"}; }

Suite train_suite(const TrainPlan& plan, const Bench& bench) {
  if (plan.gpu && plan.floor == TrainPlan::Floor::yes)
    throw Error(ExitCode::usage, "the floor of a step is of the CPU", "measure without --floor");
  const SharedTools tools(new Tools{ThreadPool(bench.threads), nullptr, nullptr});
  if (plan.gpu) tools->gpu = std::make_shared<const BenchGpu>(*plan.gpu);
  if (plan.gpu)
    tools->device = train::open_device(plan.gpu->ordinal, plan.gpu->search, train::Determinism::on);
  Suite suite{"train", 1, {}};
  for (const auto& model : plan.models)
    for (const std::int64_t rows : plan.rows)
      for (const std::int64_t length : plan.lengths)
        for (const auto& precision : plan.precisions)
          suite.items.push_back(
              {model + " " + std::to_string(rows) + "x" + std::to_string(length) + " " + precision,
               [=, &bench, floor = plan.floor] {
                 return case_group({model, precision, rows, length}, floor, bench, tools);
               }});
  return suite;
}

}  // namespace aiops::bench
