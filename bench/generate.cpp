// SPDX-License-Identifier: Apache-2.0
#include "bench/generate.hpp"

#include "base/error.hpp"
#include "base/thread_pool.hpp"
#include "base/units.hpp"
#include "bench/ceiling.hpp"
#include "bench/host.hpp"
#include "bench/largest_error.hpp"
#include "bench/memory_probe.hpp"
#include "bench/model_work.hpp"
#include "bench/record.hpp"
#include "kernels/gemm.hpp"
#include "kernels/random.hpp"
#include "train/device/open.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

namespace aiops::bench {
namespace {

using train::Precision;

constexpr std::size_t kCheckedTokens = 8;

struct Subject {
  BenchModel model;
  std::string precision;
  Precision compute() const { return precision == "bf16" ? Precision::bf16 : Precision::fp32; }
};

// What the tests of a suite share; both null on the CPU.
struct OnGpu {
  std::shared_ptr<const BenchGpu> gpu;
  std::shared_ptr<const kernels::device::Device> device;
};

// A GPU has weights, keys and values in the type that it computes in, the CPU all as fp32.
std::int64_t bytes_each(const Subject& subject, const OnGpu& on) {
  return on.gpu && subject.compute() == Precision::bf16 ? 2 : 4;
}

// A model that continues random tokens, and on the CPU the memory that its bandwidth is measured
// with.
class Speaker {
 public:
  Speaker(const Subject& subject, const OnGpu& on, const Bench& bench)
      : on_(on), config_(subject.model.config), threads_(bench.threads) {
    check_memory(subject);
    if (on_.device) free_ = on_.device->memory().free;
    model_.emplace(config_, threads_,
                   train::ModelOptions{.precision = subject.compute(),
                                       .device = on_.device,
                                       .purpose = train::Purpose::answering});
    if (subject.model.stored)
      subject.model.stored->load(*model_, threads_);
    else
      model_->initialise(bench.rule.seed);
    if (!on_.gpu) memory_.emplace(Traffic{.read = matrix_bytes(config_)}, threads_);
    const auto count = static_cast<std::uint64_t>(config_.max_position_embeddings);
    for (std::uint64_t i = 0; i < count; ++i)
      tokens_.push_back(static_cast<std::int32_t>(kernels::uniform(bench.rule.seed, 1, i) *
                                                  static_cast<double>(config_.vocab_size)));
    check(subject);
  }

  // What follows goes on after `depth` tokens.
  void begin_at(std::int64_t depth) {
    model_->reset_cache();
    if (depth > 0) read(depth);
  }
  std::span<const float> read(std::int64_t count) {
    return model_->forward_cached(std::span(tokens_).subspan(
        static_cast<std::size_t>(model_->cached()), static_cast<std::size_t>(count)));
  }

  std::int64_t cached() const { return model_->cached(); }
  const train::ModelConfig& config() const { return config_; }
  const Json& correctness() const { return correctness_; }
  MemoryProbe& memory() { return *memory_; }
  const OnGpu& on() const { return on_; }
  // Bytes of the GPU that the model and what it computes with take by now.
  std::uint64_t gpu_bytes() const { return free_ - std::min(free_, on_.device->memory().free); }

 private:
  void check_memory(const Subject& subject) const {
    const std::string& name = subject.model.name;
    const std::uint64_t there =
        config_.parameter_count() * static_cast<std::uint64_t>(bytes_each(subject, on_));
    if (on_.device && there > on_.device->memory().free)
      throw Error(ExitCode::failed, name + " needs more than " + format_bytes(there) +
                                        " of the GPU's memory, of which " +
                                        format_bytes(on_.device->memory().free) + " are free");
    const std::uint64_t parameters = config_.parameter_count() * 4;
    const std::uint64_t bytes = parameters + static_cast<std::uint64_t>(matrix_bytes(config_));
    if (bytes > static_cast<std::uint64_t>(available_memory()))
      throw Error(ExitCode::failed,
                  name + " needs more than " + format_bytes(bytes) + " of memory");
  }

  void check(const Subject& subject) {
    begin_at(0);
    const auto logits = read(kCheckedTokens);
    const std::vector<float> at_once(logits.begin(), logits.end());
    begin_at(0);
    std::span<const float> last;
    for (std::size_t i = 0; i < kCheckedTokens; ++i) last = read(1);
    // A rounding to bfloat16 turns on the last bit of what comes before it.
    const double bound = subject.compute() == Precision::bf16 ? 0.05 : 1e-3;
    correctness_ = check_logits(subject.model.name, at_once, last, bound);
  }

  OnGpu on_;
  std::uint64_t free_ = 0;  // bytes of the GPU before there was a model
  train::ModelConfig config_;
  ThreadPool threads_;
  std::optional<train::Model> model_;
  std::optional<MemoryProbe> memory_;
  std::vector<std::int32_t> tokens_;
  Json correctness_;
};

// The tests of one subject share its model: whoever asks for the next one lets the last go.
class Speakers {
 public:
  explicit Speakers(OnGpu on) : on_(std::move(on)) {}

  const OnGpu& on() const { return on_; }
  std::shared_ptr<Speaker> get(const Subject& subject, const Bench& bench) {
    const std::string name = subject.model.name + " " + subject.precision;
    if (name != name_) {
      last_.reset();
      last_ = std::make_shared<Speaker>(subject, on_, bench);
      name_ = name;
    }
    return last_;
  }

 private:
  OnGpu on_;
  std::string name_;
  std::shared_ptr<Speaker> last_;
};

// What one call of a test must do: of several, as each is done by itself.
struct Parts {
  Work prompt, token;   // of the whole prompt, and of one token
  std::int64_t tokens;  // of a call
  double counted;       // tokens of a call, prompt and made
  Work sum() const {
    const auto n = static_cast<double>(tokens);
    return {prompt.flops + n * token.flops, prompt.bytes + n * token.bytes};
  }
};

Parts parts_of(const train::ModelConfig& config, const GenerateTest& test,
               std::int64_t bytes_each) {
  Parts parts{{}, {}, test.prompt > 0 ? test.tokens : 1, 1};
  if (test.prompt > 0) parts.prompt = work_of_prompt(config, test.prompt, test.depth);
  if (test.tokens > 0) parts.token = work_of_token(config, test.tokens, test.depth + test.prompt);
  if (test.prompt > 0) parts.counted = static_cast<double>(test.prompt + test.tokens);
  for (Work* part : {&parts.prompt, &parts.token})  // which count four bytes
    part->bytes *= static_cast<double>(bytes_each) / 4;
  return parts;
}

struct State {
  GenerateTest test;
  std::shared_ptr<Speaker> speaker;
  Parts parts;
  Measurement result;
  std::optional<CeilingProbe> probe = {};  // none on a GPU

  std::int64_t calls = 0;  // since the last sample began

  // Goes back to where the test begins, ahead of a sample, so that the tokens before it are not
  // timed again: always for a prompt, for tokens alone when a sample like the last does not fit.
  void prepare() {
    if (test.prompt > 0 || speaker->cached() + calls > test.end()) speaker->begin_at(test.depth);
    calls = 0;
  }
  void call() {
    ++calls;
    const std::int64_t begin = test.prompt > 0 ? test.depth : test.end() - 1;
    if (speaker->cached() > begin) speaker->begin_at(test.depth);  // several calls in a sample
    if (test.prompt > 0) speaker->read(test.prompt);
    for (std::int64_t i = test.prompt > 0 ? test.tokens : 1; i > 0; --i) speaker->read(1);
  }
};

// The time that rates allow, by whichever of bytes and operations takes longer for a part.
double least_ns(const Parts& parts, double bytes_per_ns, double flop_per_ns) {
  const auto of = [&](const Work& work) {
    return std::max(work.bytes / bytes_per_ns, work.flops / flop_per_ns);
  };
  return of(parts.prompt) + static_cast<double>(parts.tokens) * of(parts.token);
}

// What memory and multiply-adds allow.
void add_ceiling(State& state, const Samples& reads) {
  const auto ceiling = state.probe->result();
  if (!ceiling) return;
  const double bytes_per_ns = static_cast<double>(state.speaker->memory().bytes() * reads.calls) /
                              summarise(reads.values).median;
  const double ns = least_ns(state.parts, bytes_per_ns, ceiling->flop_per_ns);
  Measurement& result = state.result;
  result.peak_per_ns = result.rate.per_call / ns;
  result.peak_detail = describe(*ceiling);
  result.peak_detail["method"] =
      "the longer of: bytes at the rate of reading the model's size, operations at the FMA rate";
  result.peak_detail["read_gb_s"] = figure_json(bytes_per_ns);
  result.peak_detail["gflop_s"] = figure_json(ceiling->flop_per_ns);
}

// The same of a GPU's datasheet, and what is counted beside the samples.
void add_gpu(State& state, Precision precision) {
  Measurement& result = state.result;
  result.counters = {{"gpu_mib", static_cast<double>(state.speaker->gpu_bytes()) / (1 << 20)}};
  const auto* model = state.speaker->on().gpu->datasheet();
  if (model == nullptr) return;
  const double flops = precision == Precision::bf16 ? model->bf16_flops : model->fp32_flops;
  result.promise = {.per_ns = result.rate.per_call /
                              least_ns(state.parts, model->memory_bytes * 1e-9, flops * 1e-9),
                    .source = model->source};
}

Measurement describe(const Subject& subject, const GenerateTest& test, const Parts& parts,
                     const train::ModelConfig& config, const BenchGpu* gpu, const Bench& bench) {
  Measurement result;
  result.workload = {
      {"kind", "generate"},
      {"params",
       {{"model", subject.model.name}, {"test", test.name()}, {"precision", subject.precision}}},
      {"dtype", subject.precision},
      {"accum_dtype", "fp32"},
      {"seed", bench.rule.seed},
      {"parameters", config.parameter_count()},
      {"flops", std::llround(parts.sum().flops)},
      {"flop_rule", "2mnk of matrices and of causal attention; the head for the last token"},
      {"bytes_min", std::llround(parts.sum().bytes)},
      {"byte_rule", gpu != nullptr ? "every weight, key and value in the type that is computed "
                                     "in, once for a prompt and each token"
                                   : "every weight as fp32, every key and value, once for a prompt "
                                     "and each token"},
      {"weight_bytes", matrix_bytes(config)}};
  if (!subject.model.weights.is_null()) result.workload["weights"] = subject.model.weights;
  result.rate = {"tokens_s", "tokens/s", parts.counted * 1e9};
  if (gpu != nullptr) {
    result.engine = gpu->model_engine();
    result.gpu = gpu->describe();
    return result;
  }
  result.workload["params"]["threads"] = bench.threads;
  result.engine = {{"name", "aiops"},
                   {"version", nullptr},
                   {"backend", "cpu"},
                   {"flags", {{"tiles", kernels::gemm_engine(subject.compute())}}}};
  return result;
}

Group test_group(const Subject& subject, const GenerateTest& test,
                 const std::shared_ptr<Speakers>& speakers, const Bench& bench) {
  const auto speaker = speakers->get(subject, bench);
  const OnGpu& on = speakers->on();
  const Parts parts = parts_of(speaker->config(), test, bytes_each(subject, on));
  const std::shared_ptr<State> state(
      new State{test, speaker, parts,
                describe(subject, test, parts, speaker->config(), on.gpu.get(), bench)});
  state->result.correctness = speaker->correctness();
  speaker->begin_at(test.depth);
  Group group;
  group.cases.push_back({[state] { state->call(); }, [state] { state->prepare(); }});
  if (on.gpu) {
    on.gpu->watch(group.cases.back(), on.device);
    group.describe = [state, precision = subject.compute()](const std::vector<Samples>& samples) {
      state->result.samples = samples[0];
      add_gpu(*state, precision);
      return std::vector<Measurement>{state->result};
    };
    return group;
  }
  state->probe.emplace(bench.threads, subject.compute());
  group.cases.push_back({[state] { state->speaker->memory().run(); }, {}, Case::Decides::no});
  if (CeilingProbe::supported())
    group.cases.push_back({[state] { state->probe->slice(); }, {}, Case::Decides::no});
  group.describe = [state](const std::vector<Samples>& samples) {
    state->result.samples = samples[0];
    add_ceiling(*state, samples[1]);
    return std::vector<Measurement>{state->result};
  };
  return group;
}

}  // namespace

Json check_logits(const std::string& model, std::span<const float> at_once,
                  std::span<const float> one_by_one, double bound) {
  const double error = largest_error(at_once, one_by_one);
  if (error > bound)
    throw Error(ExitCode::failed, model +
                                      ": logits of a prompt at once and token by token differ " +
                                      "by " + format_number(error) + " of the largest");
  return {{"checked", true},
          {"method", "logits of a prompt at once against token by token"},
          {"max_err", error},
          {"pass", true}};
}

Suite generate_suite(const GeneratePlan& plan, const Bench& bench) {
  for (const auto& model : plan.models)
    for (const GenerateTest& test : plan.tests)
      if (const auto most = model.config.max_position_embeddings; test.end() > most)
        throw Error(ExitCode::usage, test.name() + " is " + std::to_string(test.end()) +
                                         " tokens: " + model.name + " takes " +
                                         std::to_string(most));
  OnGpu on;
  if (plan.gpu) on.gpu = std::make_shared<const BenchGpu>(*plan.gpu);
  if (on.gpu)
    on.device = train::open_device(plan.gpu->ordinal, plan.gpu->search, train::Determinism::on);
  const auto speakers = std::make_shared<Speakers>(on);
  Suite suite{"generate", 1, {}};
  for (const auto& model : plan.models)
    for (const auto& precision : plan.precisions)
      for (const GenerateTest& test : plan.tests)
        suite.items.push_back({model.name + " " + precision + " " + test.name(), [=, &bench] {
                                 return test_group({model, precision}, test, speakers, bench);
                               }});
  return suite;
}

}  // namespace aiops::bench
