// SPDX-License-Identifier: Apache-2.0
#include "train/model/model.hpp"

#include "base/error.hpp"
#include "kernels/device/backend.hpp"
#include "kernels/random.hpp"
#include "kernels/rope.hpp"
#include "train/model/rope_scaling.hpp"
#include "train/model/state.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

namespace aiops::train {
namespace {

using kernels::Arena;
using kernels::Layout;

// A prompt goes through the layers in pieces of this many tokens, so that the activations of
// generation stay small however long the prompt is.
constexpr std::size_t kPromptPiece = 256;

std::uint64_t floats_of_tensors(const ModelConfig& config) {
  config.check();
  Layout measure;
  lay_out_tensors(config, measure);
  return measure.used();
}

Tensors tensors_in(const ModelConfig& config, const Arena& arena) {
  Layout layout(arena.data());
  return lay_out_tensors(config, layout);
}

std::unique_ptr<kernels::Backend> make_backend(const ModelOptions& options, ThreadPool& threads) {
  if (!options.device) return kernels::cpu_backend(threads, options.precision);
  return kernels::device::device_backend(options.device, options.precision);
}

// Gradients, which ranks on the CPU share.
Arena make_gradient_memory(kernels::Backend& backend, const kernels::MakeArena& make,
                           std::uint64_t floats) {
  return backend.is_host() ? make(floats) : backend.memory(floats);
}

void check_range(std::span<const std::int32_t> numbers, std::int64_t lowest, std::int64_t end,
                 const char* what) {
  for (const std::int32_t number : numbers)
    if (number < lowest || number >= end)
      throw Error(ExitCode::failed, std::string(what) + " " + std::to_string(number) +
                                        " is outside the model's " + std::to_string(end) + " " +
                                        what + "s");
}

void check_positions(const Batch& batch, const ModelConfig& config) {
  for (std::size_t i = 0; i < batch.positions.size(); ++i) {
    const std::int32_t position = batch.positions[i];
    const bool begins = position == 0 || i % static_cast<std::size_t>(batch.length) == 0;
    if (position < 0 || position >= config.max_position_embeddings ||
        (!begins && position != batch.positions[i - 1] + 1))
      throw Error(ExitCode::failed,
                  "position " + std::to_string(position) + " does not follow the one before it");
  }
}

void check_batch(const Batch& batch, const ModelConfig& config) {
  const auto tokens = static_cast<std::size_t>(batch.rows * batch.length);
  if (batch.rows < 1 || batch.length < 1 || batch.tokens.size() != tokens ||
      batch.targets.size() != tokens ||
      (!batch.positions.empty() && batch.positions.size() != tokens))
    throw Error(ExitCode::failed,
                "a batch needs rows × length tokens and as many targets and positions");
  if (batch.length > config.max_position_embeddings)
    throw Error(ExitCode::failed,
                "rows of " + std::to_string(batch.length) +
                    " tokens are longer than the model's max_position_embeddings, " +
                    std::to_string(config.max_position_embeddings));
  check_range(batch.tokens, 0, config.vocab_size, "token");
  const std::int64_t outputs = config.outputs();
  check_range(batch.targets, -1,
              config.head.kind == HeadKind::regression
                  ? static_cast<std::int64_t>(batch.values.size()) / outputs
                  : outputs,
              "target");
  check_positions(batch, config);
}

}  // namespace

Model::State::State(const ModelConfig& model_config, ThreadPool& pool, ModelOptions model_options,
                    const kernels::MakeArena& make_gradients)
    : config(model_config),
      options(model_options),
      family(describe(model_config.family)),
      width(model_config),
      threads(pool),
      backend(make_backend(options, pool)),
      value_memory(*backend, floats_of_tensors(model_config),
                   options.is_frozen() ? kernels::Twin::Of::frozen : kernels::Twin::Of::parameters),
      gradient_arena(make_gradient_memory(*backend, make_gradients,
                                          options.is_frozen() ? 0 : value_memory.there().size())),
      values(tensors_in(model_config, value_memory.there())),
      gradients(tensors_in(model_config, gradient_arena)),
      parameters(
          name_parameters(model_config, tensors_in(model_config, value_memory.here()), gradients)),
      fresh(gradients, width, parameters) {
  const auto there = name_parameters(model_config, values, gradients);
  for (std::size_t i = 0; i < there.size(); ++i) parameters[i].there = there[i].value.data();
  if (options.is_frozen())
    for (Parameter& parameter : parameters) parameter.gradient = {};
  if (options.lora.rank == 0) return;
  lora = std::make_unique<Lora>(
      options.lora, parameters, *backend, threads,
      [&](std::uint64_t floats) { return make_gradient_memory(*backend, make_gradients, floats); });
  unused_gradient =
      backend->memory(static_cast<std::uint64_t>(std::max({width.hidden, width.mlp, width.qkv})));
  trainable.assign(lora->parameters().begin(), lora->parameters().end());
  if (!config.head.is_language()) {
    gradient_arena = make_gradient_memory(*backend, make_gradients,
                                          static_cast<std::uint64_t>(width.outputs * width.hidden));
    gradients.head = gradient_arena.data();
    parameters.back().gradient = gradient_arena.span().first(parameters.back().value.size());
    trainable.push_back(saved_module(parameters.back()));
  }
  fresh = FreshGradients(gradients, width, parameters);
}

void Model::State::prepare(std::int64_t rows, std::int64_t length, Keep keep, std::int64_t reach) {
  if (family.positions == PositionKind::rotary && reach > rope_positions) {
    rope_positions = std::min(std::max(2 * rope_positions, reach), config.max_position_embeddings);
    const std::int64_t half = rope_positions * config.head_dim / 2;
    Layout measure;
    measure.take(2 * half);
    rope_memory = kernels::Twin(*backend, measure.used(), kernels::Twin::Of::state);
    rope_memory.for_host();
    float* const here = rope_memory.here().data();
    kernels::rope_table(rope_positions, scaled_frequencies(config), here, here + half,
                        rope_amplitude(config.rope_scaling));
    rope_memory.for_operators();
    cosine = rope_memory.there().data();
    sine = cosine + half;
  }
  if (plan.rows == rows && plan.length == length && plan.keep == keep) return;
  plan.rows = rows;
  plan.length = length;
  plan.keep = keep;
  plan.bytes_each = backend->bytes_each();
  Layout measure;
  lay_out_plan(config, measure, plan);
  if (measure.used() > activation_arena.size()) {
    activation_arena = Arena();  // give the old one back first
    activation_arena = backend->memory(measure.used());
  }
  Layout layout(activation_arena.data());
  lay_out_plan(config, layout, plan);
}

void Model::State::prepare(const Batch& batch, Keep keep) {
  const auto table =
      family.positions == PositionKind::learned ? PositionTable::learned : PositionTable::none;
  const bool sums = keep != Keep::nothing && !lora;
  staged = stager.stage(*backend, batch, table, sums ? Occurrence::counted : Occurrence::unused);
  if (keep != Keep::nothing) stager.stage(*backend, batch.draws, staged);
  prepare(batch.rows, batch.length, keep, staged.reach);
  use_parameters();
}

void Model::State::use_parameters() {
  value_memory.for_operators();
  if (lora) lora->use_parameters();
}

Model::Model(const ModelConfig& config, ThreadPool& threads, ModelOptions options,
             const kernels::MakeArena& make_gradients)
    : state_(std::make_unique<State>(config, threads, options, make_gradients)) {}

Model::~Model() = default;

const ModelConfig& Model::config() const { return state_->config; }

const ModelOptions& Model::options() const { return state_->options; }

std::span<Parameter> Model::parameters() {
  state_->value_memory.for_host();
  return state_->parameters;
}

std::span<Parameter> Model::trainable() {
  if (!state_->lora) return parameters();
  state_->value_memory.for_host();  // the head of a classifier
  state_->lora->give_to_host();
  return state_->trainable;
}

std::vector<std::span<float>> Model::gradients() const {
  std::vector<std::span<float>> all;
  for (const Parameter& p : state_->lora ? state_->trainable : state_->parameters)
    all.push_back(p.gradient);
  return all;
}

std::vector<std::span<float>> Model::gradient_memory() const {
  std::vector<std::span<float>> all;
  if (state_->gradient_arena.size() > 0) all.push_back(state_->gradient_arena.span());
  if (state_->lora) all.push_back(state_->lora->gradient_memory());
  return all;
}

Lora* Model::lora() { return state_->lora.get(); }

void Model::merge_adapters() {
  if (!state_->lora) return;
  state_->value_memory.for_host();
  state_->lora->merge();
}

kernels::Backend& Model::backend() { return *state_->backend; }

void Model::initialise(std::uint64_t seed) {
  const ModelConfig& config = state_->config;
  const std::string_view scaled = state_->family.scaled_matrix;
  const double shrink = 1 / std::sqrt(2 * static_cast<double>(config.num_hidden_layers));
  for (const Parameter& parameter : parameters()) {
    if (parameter.role == Parameter::Role::vector) {
      const bool is_bias = parameter.name.ends_with(".bias");
      std::ranges::fill(parameter.value, is_bias ? 0.0F : 1.0F);
      continue;
    }
    const bool is_scaled = !scaled.empty() && parameter.name.ends_with(scaled);
    const auto deviation =
        static_cast<float>(config.initializer_range * (is_scaled ? shrink : 1.0));
    kernels::fill_normal(seed, kernels::stream_of(parameter.name), deviation, parameter.value,
                         state_->threads);
  }
}

void Model::initialise_head(std::uint64_t seed) {
  for (const Parameter& parameter : parameters())
    if (parameter.role == Parameter::Role::head)
      kernels::fill_normal(seed, kernels::stream_of(parameter.name),
                           static_cast<float>(state_->config.initializer_range), parameter.value,
                           state_->threads);
}

void Model::zero_gradients() {
  if (state_->lora) state_->lora->zero_gradients();
  state_->fresh.begin(*state_->backend);
}

double Model::forward_backward(const Batch& batch, float scale) {
  State& s = *state_;
  check_batch(batch, s.config);
  s.prepare(batch, s.options.recompute == Recompute::layers ? Keep::inputs : Keep::all);
  const auto count = static_cast<std::int64_t>(batch.targets.size());
  const auto work = [&] {
    s.forward(nullptr);
    s.head_backward(count, scale);
    s.backward();
    s.fresh.settle(*s.backend);
  };
  s.backend->pass(std::ref(work));
  return s.sum_of_read_losses(count, {});
}

double Model::loss(const Batch& batch, std::span<float> each) {
  check_batch(batch, state_->config);
  state_->prepare(batch, Keep::nothing);
  state_->forward(nullptr);
  return state_->sum_of_losses(batch, each, nullptr);
}

double Model::predict(const Batch& batch, std::vector<float>& outputs) {
  check_batch(batch, state_->config);
  state_->prepare(batch, Keep::nothing);
  state_->forward(nullptr);
  outputs.clear();
  return state_->sum_of_losses(batch, {}, &outputs);
}

void Model::reset_cache() { state_->cache.tokens = 0; }

std::int64_t Model::cached() const { return state_->cache.tokens; }

std::span<const float> Model::forward_cached(std::span<const std::int32_t> tokens) {
  State& s = *state_;
  const auto total = s.cache.tokens + static_cast<std::int64_t>(tokens.size());
  if (tokens.empty()) throw Error(ExitCode::failed, "no token to continue from");
  if (total > s.config.max_position_embeddings)
    throw Error(ExitCode::failed, "the text is longer than the model's max_position_embeddings, " +
                                      std::to_string(s.config.max_position_embeddings));
  check_range(tokens, 0, s.config.vocab_size, "token");
  if (s.cache.memory.size() == 0)
    s.cache.memory = s.backend->memory(static_cast<std::uint64_t>(
        s.config.num_hidden_layers * s.config.max_position_embeddings * 2 * s.width.key *
        s.backend->bytes_each() / static_cast<std::int64_t>(sizeof(float))));
  const auto table =
      s.family.positions == PositionKind::learned ? PositionTable::learned : PositionTable::none;
  s.use_parameters();
  for (std::size_t first = 0; first < tokens.size(); first += kPromptPiece) {
    const auto piece = tokens.subspan(first, std::min(kPromptPiece, tokens.size() - first));
    const auto length = static_cast<std::int64_t>(piece.size());
    s.staged = s.stager.stage(*s.backend, piece, s.cache.tokens, table);
    s.prepare(1, length, Keep::nothing, s.staged.reach);
    s.forward(&s.cache);
    s.cache.tokens += length;
  }
  s.project_head(s.plan.length - 1, 1);
  return s.backend->read(s.plan.logits, s.width.outputs);
}

}  // namespace aiops::train
