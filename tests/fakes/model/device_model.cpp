// SPDX-License-Identifier: Apache-2.0
// Where things lie, and what a step does besides the passes.
#include "tests/fakes/model/device_model.hpp"

#include "kernels/cpu/bfloat16.hpp"
#include "kernels/occurrences.hpp"
#include "kernels/rope.hpp"
#include "train/model/rope_scaling.hpp"

#include <algorithm>
#include <bit>
#include <numeric>

namespace aiops::fakes {

using device::Memory;
using kernels::Layout;
using train::Parameter;

namespace {

constexpr std::uint64_t kIntegersOfToken = 10;  // tokens, targets, positions, where they occur

// Of the results of a step's clipping.
struct Norms {
  double squares;
  float norm, scale;
};

}  // namespace

DeviceModel::DeviceModel(const device::Device& gpu, train::Model& from, std::int64_t rows,
                         std::int64_t length, Type type)
    : gpu_(gpu),
      queue_(gpu),
      type_(type),
      config_(from.config()),
      family_(train::describe(config_.family)),
      width_(config_),
      staging_(gpu, (static_cast<std::uint64_t>(rows * length) + 32) * kIntegersOfToken *
                        sizeof(std::int32_t)) {
  plan_.rows = rows;
  plan_.length = length;
  plan_.keep = train::Keep::all;
  lay_out();
  put_parameters(from);
  if (family_.positions == train::PositionKind::rotary) put_rope_table();
  const std::vector<std::int32_t> none(static_cast<std::size_t>(rows * length));
  queue_step(stage({.rows = rows, .length = length, .tokens = none, .targets = none}, 1, {}));
  queue_.plan_ends();
}

// As train/model/model.cpp does on the host.
void DeviceModel::lay_out() {
  Layout measure;
  train::lay_out_tensors(config_, measure);
  floats_ = measure.used();
  for (auto* memory : {&value_memory_, &gradient_memory_, &m_, &v_}) {
    memory->emplace(gpu_, floats_ * sizeof(float));
    queue_.stream().fill((*memory)->data(), 0, (*memory)->size());
  }
  if (type_ == Type::bf16) {
    copy_memory_.emplace(gpu_, floats_ * sizeof(std::uint16_t));
    queue_.stream().fill(copy_memory_->data(), 0, copy_memory_->size());
  }
  Layout values(value_memory_->as<float>());
  Layout gradients(gradient_memory_->as<float>());
  values_ = train::lay_out_tensors(config_, values);
  gradients_ = train::lay_out_tensors(config_, gradients);
  parameters_ = train::name_parameters(config_, values_, gradients_);

  Layout measure_plan;
  train::lay_out_plan(config_, measure_plan, plan_);
  activation_memory_.emplace(gpu_, measure_plan.used() * sizeof(float));
  Layout activations(activation_memory_->as<float>());
  train::lay_out_plan(config_, activations, plan_);
  results_.emplace(gpu_, sizeof(Norms));
  losses_.emplace(gpu_, static_cast<std::uint64_t>(tokens()) * sizeof(float),
                  Memory::Place::pinned);
}

void DeviceModel::put_parameters(train::Model& from) {
  const Memory host(gpu_, floats_ * sizeof(float), Memory::Place::pinned);
  const Memory rounded(gpu_, floats_ * sizeof(std::uint16_t), Memory::Place::pinned);
  std::ranges::fill(host.span<float>(), 0.0F);
  std::ranges::fill(rounded.span<std::uint16_t>(), std::uint16_t{0});
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    const auto at = static_cast<std::size_t>(parameters_[i].value.data() - values_.embedding);
    const std::span<const float> value = from.parameters()[i].value;
    std::ranges::copy(value, host.span<float>().begin() + static_cast<std::ptrdiff_t>(at));
    for (std::size_t k = 0; k < value.size(); ++k)
      rounded.span<std::uint16_t>()[at + k] = static_cast<std::uint16_t>(
          std::bit_cast<std::uint32_t>(kernels::to_bfloat16(value[k])) >> 16U);
  }
  queue_.stream().upload(value_memory_->data(), host, host.size());
  if (copy_memory_) queue_.stream().upload(copy_memory_->data(), rounded, rounded.size());
  queue_.stream().synchronise();
}

void DeviceModel::put_rope_table() {
  const auto half = static_cast<std::uint64_t>(plan_.length * config_.head_dim / 2);
  rope_memory_.emplace(gpu_, 2 * half * sizeof(float));
  const Memory host(gpu_, rope_memory_->size(), Memory::Place::pinned);
  kernels::rope_table(plan_.length, train::scaled_frequencies(config_), host.as<float>(),
                      host.as<float>() + half);
  queue_.stream().upload(rope_memory_->data(), host, host.size());
  queue_.stream().synchronise();
  cosine_ = rope_memory_->as<float>();
  sine_ = cosine_ + half;
}

DeviceModel::Occurring DeviceModel::stage_occurrences(std::span<const std::int32_t> tokens) {
  const kernels::Occurrences found = kernels::occurrences_of(tokens);
  return {static_cast<std::int64_t>(found.tokens.size()),
          staging_.put(std::span<const std::int32_t>(found.tokens)),
          staging_.put(std::span<const std::int32_t>(found.starts)),
          staging_.put(std::span<const std::int32_t>(found.places))};
}

DeviceModel::Staged DeviceModel::stage(const train::Batch& batch, std::int64_t number,
                                       kernels::AdamWConstants constants) {
  staging_.begin();
  std::vector<std::int32_t> counted(batch.tokens.size());
  for (std::size_t i = 0; i < counted.size(); ++i)
    counted[i] = static_cast<std::int32_t>(i % static_cast<std::size_t>(batch.length));
  const auto put_factors = [&] {
    const kernels::AdamWFactors factors = kernels::adamw_factors(constants, number);
    return reinterpret_cast<const aiops_adamw_factors*>(
        staging_.put(std::span<const kernels::AdamWFactors>(&factors, 1)));
  };
  Staged staged{};
  staged.ids = staging_.put(batch.tokens);
  staged.targets = staging_.put(batch.targets);
  staged.counted = staging_.put(std::span<const std::int32_t>(counted));
  staged.tokens = stage_occurrences(batch.tokens);
  staged.positions = stage_occurrences(counted);
  staged.decaying = put_factors();
  constants.weight_decay = 0;
  staged.plain = put_factors();
  return staged;
}

// Per parameter: they decay or not.
void DeviceModel::update(const Staged& staged) {
  auto* const norms = results_->as<Norms>();
  queue_(aiops_gradient_norm{.count = static_cast<std::int64_t>(floats_),
                             .values = gradient_memory_->as<float>(),
                             .squares = &norms->squares});
  queue_(aiops_clip_scale{.max_norm = staged.max_norm,
                          .squares = &norms->squares,
                          .norm = &norms->norm,
                          .scale = &norms->scale});
  for (const Parameter& one : parameters_) {
    const auto at = one.value.data() - values_.embedding;
    queue_(aiops_adamw{.count = static_cast<std::int64_t>(one.value.size()),
                       .factors = one.decay ? staged.decaying : staged.plain,
                       .gradient = one.gradient.data(),
                       .gradient_scale = &norms->scale,
                       .value = one.value.data(),
                       .m = m_->as<float>() + at,
                       .v = v_->as<float>() + at,
                       .copy = copy_memory_ ? copy_memory_->as<std::uint16_t>() + at : nullptr});
  }
}

void DeviceModel::queue_step(const Staged& staged) {
  queue_.clear(gradient_memory_->data(), gradient_memory_->size());
  forward(staged);
  head(staged);
  backward(staged);
  update(staged);
}

double DeviceModel::step(const train::Batch& batch, std::int64_t number,
                         kernels::AdamWConstants constants, float scale, float max_norm) {
  Staged staged = stage(batch, number, constants);
  staged.scale = scale;
  staged.max_norm = max_norm;
  staging_.upload(queue_.stream());
  queue_step(staged);
  queue_.stream().download(*losses_, reinterpret_cast<const std::byte*>(plan_.losses),
                           losses_->size());
  queue_.stream().synchronise();
  const auto losses = losses_->span<float>();
  return std::accumulate(losses.begin(), losses.end(), 0.0);
}

std::vector<float> DeviceModel::values() {
  const Memory host(gpu_, floats_ * sizeof(float), Memory::Place::pinned);
  queue_.stream().download(host, value_memory_->data(), host.size());
  queue_.stream().synchronise();
  const auto all = host.span<float>();
  return {all.begin(), all.end()};
}

const void* DeviceModel::weight(const float* value) const {
  if (!copy_memory_) return value;
  return copy_memory_->as<std::uint16_t>() + (value - values_.embedding);
}

void* DeviceModel::behind(void* activations, std::int64_t count) const {
  return static_cast<std::byte*>(activations) + count * (type_ == Type::bf16 ? 2 : 4);
}

}  // namespace aiops::fakes
