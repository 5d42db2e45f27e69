// SPDX-License-Identifier: Apache-2.0
#include "train/model/lora.hpp"

#include "base/error.hpp"
#include "kernels/gemm.hpp"
#include "kernels/parallel.hpp"
#include "kernels/random.hpp"

#include <algorithm>
#include <cmath>

namespace aiops::train {
namespace {

using kernels::Accumulate;
using kernels::Gemm;
using kernels::Layout;
using kernels::Linear;
using kernels::Transpose;

constexpr std::string_view kWeight = ".weight";
constexpr std::string_view kPrefix = "base_model.model.";  // of the names that PEFT gives
constexpr const char* kA = ".lora_A.weight";
constexpr const char* kB = ".lora_B.weight";

// "model.layers.0.mlp.up_proj" of "model.layers.0.mlp.up_proj.weight".
std::string_view path_of(const Parameter& parameter) {
  return std::string_view(parameter.name).substr(0, parameter.name.size() - kWeight.size());
}

bool is_target(const Parameter& parameter, const std::string& target) {
  return parameter.role == Parameter::Role::matrix && is_named(path_of(parameter), target);
}

// The last words of the matrices' names, each once.
std::vector<std::string> matrices_of(std::span<const Parameter> base) {
  std::vector<std::string> names;
  for (const Parameter& p : base) {
    if (p.role != Parameter::Role::matrix) continue;
    const std::string_view path = path_of(p);
    std::string name(path.substr(path.rfind('.') + 1));
    if (std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
  }
  return names;
}

void require_matches(const LoraOptions& options, std::span<const Parameter> base) {
  for (const std::string& target : options.targets) {
    const auto matches = [&](const Parameter& p) { return is_target(p, target); };
    if (std::ranges::any_of(base, matches)) continue;
    std::string list;
    for (const std::string& name : matrices_of(base)) list += (list.empty() ? "" : ", ") + name;
    throw Error(ExitCode::usage, "lora.targets: no matrix of this model is called '" + target + "'",
                "name some of " + list);
  }
}

float scale_of(const LoraOptions::Size& size, LoraScale scale) {
  const auto rank = static_cast<double>(size.rank);
  return static_cast<float>(size.alpha / (scale == LoraScale::by_root ? std::sqrt(rank) : rank));
}

template <typename Copy>
void for_each_row(std::int64_t rows, ThreadPool& threads, const Copy& copy) {
  kernels::for_each_chunk(threads, rows, 64, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; ++row) copy(row);
  });
}

void multiply(float* values, std::int64_t count, float factor) {
  for (std::int64_t i = 0; i < count; ++i) values[i] *= factor;
}

}  // namespace

bool is_named(std::string_view matrix, std::string_view target) {
  return matrix == target || (matrix.size() > target.size() && matrix.ends_with(target) &&
                              matrix[matrix.size() - target.size() - 1] == '.');
}

Parameter saved_module(const Parameter& parameter) {
  Parameter saved = parameter;
  saved.name = std::string(kPrefix) + parameter.name;
  return saved;
}

Lora::Lora(const LoraOptions& options, std::span<const Parameter> base, ThreadPool& threads,
           const kernels::MakeArena& make_gradients)
    : options_(options), threads_(threads) {
  if (options_.targets.empty()) options_.targets = matrices_of(base);
  require_matches(options_, base);
  Layout measure;
  for (const Parameter& p : base) {
    if (std::ranges::none_of(options_.targets, [&](const auto& t) { return is_target(p, t); }))
      continue;
    const std::string path(path_of(p));
    const LoraOptions::Size size = options_.size_of(path);
    adapters_.push_back({.weight = p.value.data(),
                         .in = static_cast<std::int64_t>(p.shape[1]),
                         .out = static_cast<std::int64_t>(p.shape[0]),
                         .rank = size.rank,
                         .scale = scale_of(size, options_.scale),
                         .stream = kernels::stream_of("dropout of " + path)});
    for (const char* which : {kA, kB}) {
      const bool is_a = which == kA;
      const std::uint64_t rank = static_cast<std::uint64_t>(size.rank);
      parameters_.push_back({.name = std::string(kPrefix) + path + which,
                             .shape = {is_a ? rank : p.shape[0], is_a ? p.shape[1] : rank},
                             .value = {},
                             .gradient = {},
                             .decay = false,
                             .role = Parameter::Role::matrix});
    }
    measure.take(size.rank * adapters_.back().in);
    measure.take(adapters_.back().out * size.rank);
  }
  values_ = kernels::Arena(measure.used());
  gradients_ = make_gradients(measure.used());
  Layout values(values_.data()), gradients(gradients_.data());
  for (std::size_t i = 0; i < adapters_.size(); ++i) {
    Adapter& adapter = adapters_[i];
    const auto place = [&](Parameter& parameter, float*& value, float*& gradient) {
      const std::size_t count = parameter.shape[0] * parameter.shape[1];
      value = values.take(static_cast<std::int64_t>(count));
      gradient = gradients.take(static_cast<std::int64_t>(count));
      parameter.value = {value, count};
      parameter.gradient = {gradient, count};
    };
    place(parameters_[2 * i], adapter.a, adapter.a_gradient);
    place(parameters_[2 * i + 1], adapter.b, adapter.b_gradient);
  }
  std::ranges::sort(adapters_, {}, &Adapter::weight);
}

void Lora::initialise(std::uint64_t seed) {
  for (const Parameter& p : parameters_) {
    if (p.name.ends_with(kB)) {
      std::ranges::fill(p.value, 0.0F);
      continue;
    }
    const std::uint64_t stream = kernels::stream_of(p.name);
    const double bound = 1 / std::sqrt(static_cast<double>(p.shape[1]));
    for (std::size_t i = 0; i < p.value.size(); ++i)
      p.value[i] = static_cast<float>((2 * kernels::uniform(seed, stream, i) - 1) * bound);
  }
}

void Lora::zero_gradients() { std::ranges::fill(gradients_.span(), 0.0F); }

Lora::Room Lora::lay_out_room(std::int64_t tokens, Layout& layout) const {
  std::int64_t rank = 0, out = 0, in = 0;
  for (const Adapter& adapter : adapters_) {
    rank = std::max(rank, adapter.rank);
    out = std::max(out, adapter.out);
    in = std::max(in, adapter.in);
  }
  Room room;
  room.low = layout.take(tokens * rank);
  room.low_gradient = layout.take(tokens * rank);
  room.slice = layout.take(tokens * out);
  if (options_.dropout > 0) room.kept = layout.take(tokens * in);
  return room;
}

std::uint64_t Lora::working_floats(std::int64_t tokens) const {
  Layout measure;
  lay_out_room(tokens, measure);
  return measure.used();
}

void Lora::reserve(std::int64_t tokens) {
  if (tokens <= tokens_) return;
  tokens_ = tokens;
  working_ = kernels::Arena();  // give the old one back first
  working_ = kernels::Arena(working_floats(tokens));
  Layout layout(working_.data());
  room_ = lay_out_room(tokens, layout);
}

std::span<const Lora::Adapter> Lora::inside(const Linear& shape, const float* weight) const {
  const auto first = std::ranges::lower_bound(adapters_, weight, {}, &Adapter::weight);
  const auto last =
      std::ranges::lower_bound(adapters_, weight + shape.out * shape.in, {}, &Adapter::weight);
  return {first, last};
}

kernels::Dropout Lora::dropout(const Adapter& adapter, std::int64_t rows,
                               const Dropping& dropping) const {
  return {.count = rows * adapter.in,
          .rate = options_.dropout,
          .seed = dropping.seed,
          .stream = adapter.stream,
          .first = dropping.first_token * static_cast<std::uint64_t>(adapter.in)};
}

const float* Lora::drop(const Adapter& adapter, std::int64_t rows, const float* x,
                        const std::optional<Dropping>& dropping) {
  if (!dropping || options_.dropout == 0) return x;
  kernels::dropout_forward(dropout(adapter, rows, *dropping), x, room_.kept, threads_);
  return room_.kept;
}

void Lora::project(const Adapter& adapter, std::int64_t rows, const float* x) {
  const Gemm product{.m = rows, .n = adapter.rank, .k = adapter.in, .transpose_b = Transpose::yes};
  kernels::gemm(product, x, adapter.a, room_.low, threads_);
  multiply(room_.low, rows * adapter.rank, adapter.scale);
}

void Lora::forward(const Linear& shape, const float* x, const float* weight, float* y,
                   const std::optional<Dropping>& dropping) {
  reserve(shape.rows);
  for (const Adapter& adapter : inside(shape, weight)) {
    project(adapter, shape.rows, drop(adapter, shape.rows, x, dropping));
    kernels::gemm(
        {.m = shape.rows, .n = adapter.out, .k = adapter.rank, .transpose_b = Transpose::yes},
        room_.low, adapter.b, room_.slice, threads_);
    float* column = y + (adapter.weight - weight) / shape.in;
    for_each_row(shape.rows, threads_, [&](std::int64_t row) {
      const float* from = room_.slice + row * adapter.out;
      float* to = column + row * shape.out;
      for (std::int64_t i = 0; i < adapter.out; ++i) to[i] += from[i];
    });
  }
}

void Lora::backward(const Linear& shape, const float* y_gradient, const float* x,
                    const float* weight, float* x_gradient,
                    const std::optional<Dropping>& dropping) {
  const std::int64_t rows = shape.rows;
  reserve(rows);
  for (const Adapter& adapter : inside(shape, weight)) {
    const std::int64_t rank = adapter.rank;
    const float* kept = drop(adapter, rows, x, dropping);
    project(adapter, rows, kept);
    const float* column = y_gradient + (adapter.weight - weight) / shape.in;
    for_each_row(rows, threads_, [&](std::int64_t row) {
      std::copy_n(column + row * shape.out, adapter.out, room_.slice + row * adapter.out);
    });
    kernels::gemm({.m = adapter.out,
                   .n = rank,
                   .k = rows,
                   .transpose_a = Transpose::yes,
                   .accumulate = Accumulate::yes},
                  room_.slice, room_.low, adapter.b_gradient, threads_);
    kernels::gemm({.m = rows, .n = rank, .k = adapter.out}, room_.slice, adapter.b,
                  room_.low_gradient, threads_);
    multiply(room_.low_gradient, rows * rank, adapter.scale);
    kernels::gemm({.m = rank,
                   .n = adapter.in,
                   .k = rows,
                   .transpose_a = Transpose::yes,
                   .accumulate = Accumulate::yes},
                  room_.low_gradient, kept, adapter.a_gradient, threads_);
    if (kept == x) {
      kernels::gemm({.m = rows, .n = adapter.in, .k = rank, .accumulate = Accumulate::yes},
                    room_.low_gradient, adapter.a, x_gradient, threads_);
    } else {
      kernels::gemm({.m = rows, .n = adapter.in, .k = rank}, room_.low_gradient, adapter.a,
                    room_.kept, threads_);
      kernels::dropout_backward(dropout(adapter, rows, *dropping), room_.kept, x_gradient,
                                threads_);
    }
  }
}

void Lora::silence() {
  for (const Parameter& p : parameters_)
    if (p.name.ends_with(kB)) std::ranges::fill(p.value, 0.0F);
}

void Lora::merge() const {
  std::vector<float> scaled;
  for (const Adapter& adapter : adapters_) {
    scaled.assign(adapter.b, adapter.b + adapter.out * adapter.rank);
    for (float& value : scaled) value *= adapter.scale;
    kernels::gemm(
        {.m = adapter.out, .n = adapter.in, .k = adapter.rank, .accumulate = Accumulate::yes},
        scaled.data(), adapter.a, adapter.weight, threads_);
  }
}

}  // namespace aiops::train
