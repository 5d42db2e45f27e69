// SPDX-License-Identifier: Apache-2.0
#include "bench/train_floor.hpp"

#include "bench/model_work.hpp"

#include <algorithm>

namespace aiops::bench {
TrainFloor::TrainFloor(const train::ModelConfig& config, std::int64_t tokens,
                       train::Precision precision, ThreadPool& threads)
    : threads_(threads), backend_(kernels::cpu_backend(threads)) {
  for (const auto& [in, out] : matrices_of(config))
    products_.push_back({{tokens, in, out, precision}, {}, {}, {}, {}, {}});
  kernels::Layout measure;
  lay_out(measure);
  arena_ = kernels::Arena(measure.used());
  for (std::size_t i = 0; i < arena_.size(); ++i)  // zeros would be one page, read again and again
    arena_.data()[i] = 0.01F * static_cast<float>(i % 13);
  kernels::Layout layout(arena_.data());
  lay_out(layout);
  for (const Product& p : products_) {
    const auto size = static_cast<std::size_t>(p.shape.in * p.shape.out);
    parameters_.push_back(
        {.name = std::to_string(parameters_.size()),
         .shape = {static_cast<std::uint64_t>(p.shape.out), static_cast<std::uint64_t>(p.shape.in)},
         .value = {p.weight, size},
         .gradient = {p.weight_gradient, size},
         .decay = true});
  }
  optimiser_ = train::make_optimiser({}, parameters_, *backend_);
}

void TrainFloor::lay_out(kernels::Layout& layout) {
  for (Product& p : products_) {
    p.x = layout.take(p.shape.rows * p.shape.in);
    p.weight = layout.take(p.shape.in * p.shape.out);
    p.y = layout.take(p.shape.rows * p.shape.out);
    p.x_gradient = layout.take(p.shape.rows * p.shape.in);
    p.weight_gradient = layout.take(p.shape.in * p.shape.out);
  }
}

void TrainFloor::run() {
  for (const Product& p : products_)
    kernels::linear_forward(p.shape, p.x, p.weight, nullptr, p.y, threads_);
  std::for_each(products_.rbegin(), products_.rend(), [&](const Product& p) {
    kernels::linear_backward_input(p.shape, kernels::Accumulate::no, p.y, p.weight, p.x_gradient,
                                   threads_);
    kernels::linear_backward_weight(p.shape, kernels::Accumulate::no, p.y, p.x, p.weight_gradient,
                                    threads_);
  });
  optimiser_->step(1e-6, ++number_);
}

std::int64_t TrainFloor::flops() const {
  std::int64_t flops = 0;
  for (const Product& p : products_) flops += 6 * p.shape.rows * p.shape.in * p.shape.out;
  return flops;
}

}  // namespace aiops::bench
