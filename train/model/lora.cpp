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
constexpr std::string_view kPrefix = "base_model.model.";

// "model.layers.0.mlp.up_proj" of "model.layers.0.mlp.up_proj.weight".
std::string_view path_of(const Parameter& parameter) {
  return std::string_view(parameter.name).substr(0, parameter.name.size() - kWeight.size());
}

bool is_target(const Parameter& parameter, const std::string& target) {
  return parameter.role == Parameter::Role::matrix && parameter.name.ends_with(kWeight) &&
         path_of(parameter).ends_with("." + target);
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

// Copies `width` columns from `column` on, of rows of `stride`, to or from rows of their own.
template <typename Copy>
void for_each_row(std::int64_t rows, ThreadPool& threads, const Copy& copy) {
  kernels::for_each_chunk(threads, rows, 64, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; ++row) copy(row);
  });
}

}  // namespace

Parameter saved_module(const Parameter& parameter) {
  Parameter saved = parameter;
  saved.name = std::string(kPrefix) + parameter.name;
  return saved;
}

Lora::Lora(const LoraOptions& options, std::span<const Parameter> base, ThreadPool& threads)
    : options_(options),
      scale_(static_cast<float>(options.alpha / static_cast<double>(options.rank))),
      threads_(threads) {
  if (options_.targets.empty()) options_.targets = matrices_of(base);
  require_matches(options_, base);
  std::vector<const Parameter*> adapted;
  for (const Parameter& p : base)
    if (std::ranges::any_of(options_.targets, [&](const auto& t) { return is_target(p, t); }))
      adapted.push_back(&p);
  const std::int64_t rank = options_.rank;
  Layout measure;
  for (const Parameter* p : adapted) {
    measure.take(rank * static_cast<std::int64_t>(p->shape[1]));
    measure.take(rank * static_cast<std::int64_t>(p->shape[0]));
  }
  values_ = kernels::Arena(measure.used());
  gradients_ = kernels::Arena(measure.used());
  Layout values(values_.data()), gradients(gradients_.data());
  for (const Parameter* p : adapted) {
    Adapter adapter{.weight = p->value.data(),
                    .in = static_cast<std::int64_t>(p->shape[1]),
                    .out = static_cast<std::int64_t>(p->shape[0]),
                    .a = nullptr,
                    .b = nullptr,
                    .a_gradient = nullptr,
                    .b_gradient = nullptr};
    const auto name = [&](const char* which, std::int64_t rows, std::int64_t columns, float*& value,
                          float*& gradient) {
      value = values.take(rows * columns);
      gradient = gradients.take(rows * columns);
      const auto size = static_cast<std::size_t>(rows * columns);
      parameters_.push_back(
          {.name = std::string(kPrefix) + std::string(path_of(*p)) + which,
           .shape = {static_cast<std::uint64_t>(rows), static_cast<std::uint64_t>(columns)},
           .value = {value, size},
           .gradient = {gradient, size},
           .decay = false,
           .role = Parameter::Role::matrix});
    };
    name(".lora_A.weight", rank, adapter.in, adapter.a, adapter.a_gradient);
    name(".lora_B.weight", adapter.out, rank, adapter.b, adapter.b_gradient);
    adapters_.push_back(adapter);
  }
  std::ranges::sort(adapters_, {}, &Adapter::weight);
}

void Lora::initialise(std::uint64_t seed) {
  for (const Parameter& p : parameters_) {
    if (p.name.ends_with(".lora_B.weight")) {
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

std::uint64_t Lora::working_floats(std::int64_t tokens) const {
  std::int64_t widest = 0;
  for (const Adapter& adapter : adapters_) widest = std::max(widest, adapter.out);
  return static_cast<std::uint64_t>(tokens * (2 * options_.rank + widest));
}

std::span<const Lora::Adapter> Lora::inside(const Linear& shape, const float* weight) const {
  const auto first = std::ranges::lower_bound(adapters_, weight, {}, &Adapter::weight);
  const auto last =
      std::ranges::lower_bound(adapters_, weight + shape.out * shape.in, {}, &Adapter::weight);
  return {first, last};
}

void Lora::reserve(std::int64_t rows, std::int64_t out) {
  const auto low = static_cast<std::size_t>(rows * options_.rank);
  const auto slice = static_cast<std::size_t>(rows * out);
  if (low_.size() < low) low_.resize(low);
  if (low_gradient_.size() < low) low_gradient_.resize(low);
  if (slice_.size() < slice) slice_.resize(slice);
}

void Lora::project(const Adapter& adapter, std::int64_t rows, const float* x) {
  const Gemm product{.m = rows, .n = options_.rank, .k = adapter.in, .transpose_b = Transpose::yes};
  kernels::gemm(product, x, adapter.a, low_.data(), threads_);
  for (std::int64_t i = 0; i < rows * options_.rank; ++i)
    low_[static_cast<std::size_t>(i)] *= scale_;
}

void Lora::forward(const Linear& shape, const float* x, const float* weight, float* y) {
  for (const Adapter& adapter : inside(shape, weight)) {
    reserve(shape.rows, adapter.out);
    project(adapter, shape.rows, x);
    kernels::gemm(
        {.m = shape.rows, .n = adapter.out, .k = options_.rank, .transpose_b = Transpose::yes},
        low_.data(), adapter.b, slice_.data(), threads_);
    float* column = y + (adapter.weight - weight) / shape.in;
    for_each_row(shape.rows, threads_, [&](std::int64_t row) {
      const float* from = slice_.data() + row * adapter.out;
      float* to = column + row * shape.out;
      for (std::int64_t i = 0; i < adapter.out; ++i) to[i] += from[i];
    });
  }
}

void Lora::backward(const Linear& shape, const float* y_gradient, const float* x,
                    const float* weight, float* x_gradient) {
  const std::int64_t rows = shape.rows, rank = options_.rank;
  for (const Adapter& adapter : inside(shape, weight)) {
    reserve(rows, adapter.out);
    project(adapter, rows, x);
    const float* column = y_gradient + (adapter.weight - weight) / shape.in;
    for_each_row(rows, threads_, [&](std::int64_t row) {
      std::copy_n(column + row * shape.out, adapter.out, slice_.data() + row * adapter.out);
    });
    kernels::gemm({.m = adapter.out,
                   .n = rank,
                   .k = rows,
                   .transpose_a = Transpose::yes,
                   .accumulate = Accumulate::yes},
                  slice_.data(), low_.data(), adapter.b_gradient, threads_);
    kernels::gemm({.m = rows, .n = rank, .k = adapter.out}, slice_.data(), adapter.b,
                  low_gradient_.data(), threads_);
    for (std::int64_t i = 0; i < rows * rank; ++i)
      low_gradient_[static_cast<std::size_t>(i)] *= scale_;
    kernels::gemm({.m = rank,
                   .n = adapter.in,
                   .k = rows,
                   .transpose_a = Transpose::yes,
                   .accumulate = Accumulate::yes},
                  low_gradient_.data(), x, adapter.a_gradient, threads_);
    kernels::gemm({.m = rows, .n = adapter.in, .k = rank, .accumulate = Accumulate::yes},
                  low_gradient_.data(), adapter.a, x_gradient, threads_);
  }
}

void Lora::merge() const {
  std::vector<float> scaled;
  for (const Adapter& adapter : adapters_) {
    scaled.assign(adapter.b, adapter.b + adapter.out * options_.rank);
    for (float& value : scaled) value *= scale_;
    kernels::gemm(
        {.m = adapter.out, .n = adapter.in, .k = options_.rank, .accumulate = Accumulate::yes},
        scaled.data(), adapter.a, adapter.weight, threads_);
  }
}

}  // namespace aiops::train
