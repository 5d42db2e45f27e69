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

// A model that continues random tokens, and the memory that its bandwidth is measured with.
class Speaker {
 public:
  Speaker(const Subject& subject, const Bench& bench)
      : config_(subject.model.config), threads_(bench.threads) {
    check_memory(subject.model.name);
    model_.emplace(config_, threads_, train::ModelOptions{.precision = subject.compute()});
    if (subject.model.stored)
      subject.model.stored->load(*model_, threads_);
    else
      model_->initialise(bench.rule.seed);
    memory_.emplace(Traffic{.read = matrix_bytes(config_)}, threads_);
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

 private:
  void check_memory(const std::string& name) const {
    const std::uint64_t bytes =
        config_.parameter_count() * 4 + static_cast<std::uint64_t>(matrix_bytes(config_));
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
  std::shared_ptr<Speaker> get(const Subject& subject, const Bench& bench) {
    const std::string name = subject.model.name + " " + subject.precision;
    if (name != name_) {
      last_.reset();
      last_ = std::make_shared<Speaker>(subject, bench);
      name_ = name;
    }
    return last_;
  }

 private:
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

Parts parts_of(const train::ModelConfig& config, const GenerateTest& test) {
  Parts parts{{}, {}, test.prompt > 0 ? test.tokens : 1, 1};
  if (test.prompt > 0) parts.prompt = work_of_prompt(config, test.prompt, test.depth);
  if (test.tokens > 0) parts.token = work_of_token(config, test.tokens, test.depth + test.prompt);
  if (test.prompt > 0) parts.counted = static_cast<double>(test.prompt + test.tokens);
  return parts;
}

struct State {
  GenerateTest test;
  std::shared_ptr<Speaker> speaker;
  CeilingProbe probe;
  Measurement result;

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

// What memory and multiply-adds allow, whichever of them takes longer for a part.
void add_ceiling(State& state, const Samples& reads) {
  const auto ceiling = state.probe.result();
  if (!ceiling) return;
  const Parts parts = parts_of(state.speaker->config(), state.test);
  const double bytes_per_ns = static_cast<double>(state.speaker->memory().bytes() * reads.calls) /
                              summarise(reads.values).median;
  const auto least_ns = [&](const Work& work) {
    return std::max(work.bytes / bytes_per_ns, work.flops / ceiling->flop_per_ns);
  };
  const double ns =
      least_ns(parts.prompt) + static_cast<double>(parts.tokens) * least_ns(parts.token);
  Measurement& result = state.result;
  result.peak_per_ns = result.rate.per_call / ns;
  result.peak_detail = describe(*ceiling);
  result.peak_detail["method"] =
      "the longer of: bytes at the rate of reading the model's size, operations at the FMA rate";
  result.peak_detail["read_gb_s"] = figure_json(bytes_per_ns);
  result.peak_detail["gflop_s"] = figure_json(ceiling->flop_per_ns);
}

Measurement describe(const Subject& subject, const GenerateTest& test,
                     const train::ModelConfig& config, const Bench& bench) {
  const Parts parts = parts_of(config, test);
  Measurement result;
  result.workload = {
      {"kind", "generate"},
      {"params",
       {{"model", subject.model.name},
        {"test", test.name()},
        {"precision", subject.precision},
        {"threads", bench.threads}}},
      {"dtype", subject.precision},
      {"accum_dtype", "fp32"},
      {"seed", bench.rule.seed},
      {"parameters", config.parameter_count()},
      {"flops", std::llround(parts.sum().flops)},
      {"flop_rule", "2mnk of matrices and of causal attention; the head for the last token"},
      {"bytes_min", std::llround(parts.sum().bytes)},
      {"byte_rule", "every weight as fp32, every key and value, once for a prompt and each token"},
      {"weight_bytes", matrix_bytes(config)}};
  if (!subject.model.weights.is_null()) result.workload["weights"] = subject.model.weights;
  result.engine = {{"name", "aiops"},
                   {"version", nullptr},
                   {"backend", "cpu"},
                   {"flags", {{"tiles", kernels::gemm_engine(subject.compute())}}}};
  result.rate = {"tokens_s", "tokens/s", parts.counted * 1e9};
  return result;
}

Group test_group(const Subject& subject, const GenerateTest& test,
                 const std::shared_ptr<Speakers>& speakers, const Bench& bench) {
  const auto speaker = speakers->get(subject, bench);
  const std::shared_ptr<State> state(new State{test, speaker,
                                               CeilingProbe(bench.threads, subject.compute()),
                                               describe(subject, test, speaker->config(), bench)});
  state->result.correctness = speaker->correctness();
  speaker->begin_at(test.depth);
  Group group;
  group.cases.push_back({[state] { state->call(); }, [state] { state->prepare(); }});
  group.cases.push_back({[state] { state->speaker->memory().run(); }, {}, Case::Decides::no});
  if (CeilingProbe::supported())
    group.cases.push_back({[state] { state->probe.slice(); }, {}, Case::Decides::no});
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
  const auto speakers = std::make_shared<Speakers>();
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
