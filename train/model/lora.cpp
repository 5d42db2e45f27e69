// SPDX-License-Identifier: Apache-2.0
#include "train/model/lora.hpp"

#include "base/error.hpp"
#include "kernels/gemm.hpp"
#include "kernels/random.hpp"

#include <algorithm>
#include <cmath>

namespace aiops::train {
namespace {

using kernels::Accumulate;
using kernels::Layout;

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

Lora::Lora(const LoraOptions& options, std::span<const Parameter> base, kernels::Backend& backend,
           ThreadPool& threads, const kernels::MakeArena& make_gradients)
    : options_(options), backend_(backend), threads_(threads) {
  if (options_.targets.empty()) options_.targets = matrices_of(base);
  require_matches(options_, base);
  Layout measure;
  for (const Parameter& p : base) {
    if (std::ranges::none_of(options_.targets, [&](const auto& t) { return is_target(p, t); }))
      continue;
    const std::string path(path_of(p));
    const LoraOptions::Size size = options_.size_of(path);
    adapters_.push_back({.weight = p.for_operators(),
                         .on_host = p.value.data(),
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
  values_ = kernels::Twin(backend, measure.used(), kernels::Twin::Of::parameters);
  gradients_ = make_gradients(measure.used());
  place_tensors();
  std::ranges::sort(adapters_, {}, &Adapter::weight);
}

void Lora::place_tensors() {
  Layout here(values_.here().data()), there(values_.there().data()), gradients(gradients_.data());
  const auto place = [&](Parameter& parameter) {
    const std::size_t count = parameter.shape[0] * parameter.shape[1];
    const auto floats = static_cast<std::int64_t>(count);
    parameter.value = {here.take(floats), count};
    parameter.there = there.take(floats);
    parameter.gradient = {gradients.take(floats), count};
  };
  for (std::size_t i = 0; i < adapters_.size(); ++i) {
    Parameter &a = parameters_[2 * i], &b = parameters_[2 * i + 1];
    place(a);
    place(b);
    Adapter& adapter = adapters_[i];
    adapter.a_on_host = a.value;
    adapter.b_on_host = b.value;
    adapter.a = a.there;
    adapter.b = b.there;
    adapter.a_gradient = a.gradient.data();
    adapter.b_gradient = b.gradient.data();
  }
}

void Lora::initialise(std::uint64_t seed) {
  give_to_host();
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

void Lora::zero_gradients() {
  backend_.clear(gradients_.data(), gradients_.size() * sizeof(float));
}

Lora::Room Lora::lay_out_room(std::int64_t tokens, Layout& layout) const {
  std::int64_t rank = 0, out = 0, in = 0;
  for (const Adapter& adapter : adapters_) {
    rank = std::max(rank, adapter.rank);
    out = std::max(out, adapter.out);
    in = std::max(in, adapter.in);
  }
  const std::int64_t bytes = backend_.bytes_each();
  const auto take = [&](std::int64_t width) {
    return Elements(layout.take((tokens * width * bytes + 3) / 4), bytes);
  };
  Room room;
  room.low = take(rank);
  room.low_gradient = take(rank);
  room.slice = take(out);
  if (options_.dropout > 0) room.kept = take(in);
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
  working_ = backend_.memory(working_floats(tokens));
  Layout layout(working_.data());
  room_ = lay_out_room(tokens, layout);
}

std::span<const Lora::Adapter> Lora::inside(const Shape& shape, const float* weight) const {
  const auto first = std::ranges::lower_bound(adapters_, weight, {}, &Adapter::weight);
  const auto last =
      std::ranges::lower_bound(adapters_, weight + shape.out * shape.in, {}, &Adapter::weight);
  return {first, last};
}

aiops_dropout_elements Lora::elements_of(const Adapter& adapter, std::int64_t rows,
                                         const Dropping& dropping) const {
  return {.count = rows * adapter.in,
          .rate = options_.dropout,
          .seed = dropping.seed,
          .stream = adapter.stream,
          .first = 0,
          .width = static_cast<std::uint64_t>(dropping.length * adapter.in),
          .row = dropping.first_row};
}

Elements Lora::drop(const Adapter& adapter, std::int64_t rows, Elements x,
                    const std::optional<Dropping>& dropping) {
  if (!dropping || options_.dropout == 0) return x;
  backend_.run(aiops_dropout_forward{.type = backend_.elements(),
                                     .elements = elements_of(adapter, rows, *dropping),
                                     .x = x,
                                     .y = room_.kept});
  return room_.kept;
}

void Lora::drop_backward(const Adapter& adapter, std::int64_t rows, Elements x_gradient,
                         const Dropping& dropping) {
  backend_.run(aiops_dropout_backward{.type = backend_.elements(),
                                      .elements = elements_of(adapter, rows, dropping),
                                      .y_gradient = room_.kept,
                                      .x_gradient = x_gradient});
}

void Lora::move_rows(std::int64_t rows, std::int64_t width, float factor, Elements from,
                     std::int64_t from_stride, Elements to, std::int64_t to_stride,
                     aiops_accumulate accumulate) {
  backend_.run(aiops_scaled_rows{.type = backend_.elements(),
                                 .accumulate = accumulate,
                                 .factor = factor,
                                 .rows = rows,
                                 .width = width,
                                 .from_stride = from_stride,
                                 .to_stride = to_stride,
                                 .from = from,
                                 .to = to});
}

void Lora::project(const Adapter& adapter, std::int64_t rows, Elements x) {
  const std::int64_t rank = adapter.rank;
  layer(rows, adapter.in, rank).forward(x, adapter.a, nullptr, room_.low);
  move_rows(rows, rank, adapter.scale, room_.low, rank, room_.low, rank, AIOPS_OVERWRITE);
}

void Lora::forward(const Shape& shape, Elements x, const float* weight, Elements y,
                   const std::optional<Dropping>& dropping) {
  reserve(shape.rows);
  for (const Adapter& adapter : inside(shape, weight)) {
    project(adapter, shape.rows, drop(adapter, shape.rows, x, dropping));
    layer(shape.rows, adapter.rank, adapter.out)
        .forward(room_.low, adapter.b, nullptr, room_.slice);
    move_rows(shape.rows, adapter.out, 1, room_.slice, adapter.out,
              y + (adapter.weight - weight) / shape.in, shape.out, AIOPS_ADD);
  }
}

void Lora::backward(const Shape& shape, Elements y_gradient, Elements x, const float* weight,
                    Elements x_gradient, const std::optional<Dropping>& dropping) {
  reserve(shape.rows);
  for (const Adapter& adapter : inside(shape, weight)) {
    move_rows(shape.rows, adapter.out, 1, y_gradient + (adapter.weight - weight) / shape.in,
              shape.out, room_.slice, adapter.out, AIOPS_OVERWRITE);
    backward(adapter, shape.rows, x, x_gradient, dropping);
  }
}

// Of one adapter, whose part of the output's gradient lies in room_.slice.
void Lora::backward(const Adapter& adapter, std::int64_t rows, Elements x, Elements x_gradient,
                    const std::optional<Dropping>& dropping) {
  const std::int64_t rank = adapter.rank;
  const Elements kept = drop(adapter, rows, x, dropping);
  project(adapter, rows, kept);
  const LinearLayer up = layer(rows, rank, adapter.out), down = layer(rows, adapter.in, rank);
  up.weight_gradient(room_.slice, room_.low, AIOPS_ADD, adapter.b_gradient);
  up.input_gradient(room_.slice, adapter.b, AIOPS_OVERWRITE, room_.low_gradient);
  move_rows(rows, rank, adapter.scale, room_.low_gradient, rank, room_.low_gradient, rank,
            AIOPS_OVERWRITE);
  down.weight_gradient(room_.low_gradient, kept, AIOPS_ADD, adapter.a_gradient);
  if (kept == x) {
    down.input_gradient(room_.low_gradient, adapter.a, AIOPS_ADD, x_gradient);
  } else {
    down.input_gradient(room_.low_gradient, adapter.a, AIOPS_OVERWRITE, room_.kept);
    drop_backward(adapter, rows, x_gradient, *dropping);
  }
}

void Lora::silence() {
  give_to_host();
  for (const Parameter& p : parameters_)
    if (p.name.ends_with(kB)) std::ranges::fill(p.value, 0.0F);
}

void Lora::merge() {
  give_to_host();
  std::vector<float> scaled;
  for (const Adapter& adapter : adapters_) {
    scaled.assign(adapter.b_on_host.begin(), adapter.b_on_host.end());
    for (float& value : scaled) value *= adapter.scale;
    kernels::gemm(
        {.m = adapter.out, .n = adapter.in, .k = adapter.rank, .accumulate = Accumulate::yes},
        scaled.data(), adapter.a_on_host.data(), adapter.on_host, threads_);
  }
}

}  // namespace aiops::train
