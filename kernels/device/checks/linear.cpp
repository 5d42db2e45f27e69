// SPDX-License-Identifier: Apache-2.0
#include "kernels/reference/linear.hpp"

#include "kernels/device/checks/checks.hpp"
#include "kernels/reference/bias.hpp"
#include "kernels/reference/gelu.hpp"

#include <fmt/format.h>

namespace aiops::kernels::device {
namespace {

// At the borders of tiles of 16 and 64, and odd ones. `out` and `in` are multiples of 8: the GELU's
// input is kept.
constexpr Linear kShapes[] = {{1, 8, 8}, {3, 40, 24}, {64, 64, 64}, {65, 72, 136}, {17, 128, 64}};

std::string text_of(const Linear& shape, const char* rest) {
  return fmt::format("{} rows, {} to {}{}", shape.rows, shape.in, shape.out, rest);
}

struct Layer {
  Layer(Workbench& bench, const Linear& of, Type in)
      : shape(of),
        type(in),
        x(bench.numbers(of.rows * of.in, in)),
        weight(bench.numbers(of.out * of.in, in)),
        bias(bench.numbers(of.out, in)),
        y_gradient(bench.numbers(of.rows * of.out, in)),
        there_x(bench.put(x, in)),
        there_weight(bench.put(weight, in)),
        there_bias(bench.put(bias, in)),
        there_y_gradient(bench.put(y_gradient, in)) {}

  Linear shape;
  Type type;
  Numbers x, weight, bias, y_gradient;
  Array there_x, there_weight, there_bias, there_y_gradient;
};

aiops_linear_forward forward_of(const Layer& l, const Array& y) {
  return {.type = static_cast<std::int32_t>(l.type),
          .activation = AIOPS_NO_ACTIVATION,
          .rows = l.shape.rows,
          .in = l.shape.in,
          .out = l.shape.out,
          .x = l.there_x.data(),
          .weight = l.there_weight.data(),
          .bias = nullptr,
          .pre_activation = nullptr,
          .y = y.data()};
}

void check_forward(Workbench& bench, const Layer& l) {
  const std::int64_t size = l.shape.rows * l.shape.out;
  const Numbers product = reference::linear(l.shape, l.x, l.weight);
  const Numbers biased = reference::bias({l.shape.rows, l.shape.out}, l.bias, product);
  {
    const Array y = bench.room(size, l.type);
    bench.check(text_of(l.shape, ""), l.type, forward_of(l, y), {{y, product}});
  }
  {
    const Array y = bench.room(size, l.type);
    auto parameters = forward_of(l, y);
    parameters.bias = l.there_bias.data();
    bench.check(text_of(l.shape, ", bias"), l.type, parameters, {{y, biased}});
  }
  const Array y = bench.room(size, l.type);
  const Array pre = bench.room(size, l.type);
  auto parameters = forward_of(l, y);
  parameters.bias = l.there_bias.data();
  parameters.activation = AIOPS_GELU;
  parameters.pre_activation = pre.data();
  bench.check(text_of(l.shape, ", bias, GELU"), l.type, parameters,
              {{y, reference::gelu(biased)}, {pre, biased}});
}

void check_backward_input(Workbench& bench, const Layer& l) {
  const std::int64_t size = l.shape.rows * l.shape.in;
  const Numbers gradient = reference::linear_gradient(l.shape, l.x, l.weight, l.y_gradient)[0];
  const Array plain = bench.room(size, l.type);
  aiops_linear_backward_input parameters{.type = static_cast<std::int32_t>(l.type),
                                         .accumulate = AIOPS_OVERWRITE,
                                         .rows = l.shape.rows,
                                         .in = l.shape.in,
                                         .out = l.shape.out,
                                         .y_gradient = l.there_y_gradient.data(),
                                         .weight = l.there_weight.data(),
                                         .pre_activation = nullptr,
                                         .x_gradient = plain.data()};
  bench.check(text_of(l.shape, ""), l.type, parameters, {{plain, gradient}});

  Numbers added = bench.numbers(size, l.type);
  const Array to = bench.put(added, l.type);
  for (std::size_t i = 0; i < added.size(); ++i) added[i] += gradient[i];
  parameters.accumulate = AIOPS_ADD;
  parameters.x_gradient = to.data();
  bench.check(text_of(l.shape, ", added"), l.type, parameters, {{to, added}});
  parameters.accumulate = AIOPS_OVERWRITE;

  const Numbers pre = bench.numbers(size, l.type);
  const Array there_pre = bench.put(pre, l.type);
  const Array through = bench.room(size, l.type);
  parameters.pre_activation = there_pre.data();
  parameters.x_gradient = through.data();
  bench.check(text_of(l.shape, ", GELU"), l.type, parameters,
              {{through, reference::gelu_gradient(pre, gradient)[0]}});
}

void check_backward_weight(Workbench& bench, const Layer& l) {
  const Numbers gradient = reference::linear_gradient(l.shape, l.x, l.weight, l.y_gradient)[1];
  const Numbers bias_gradient =
      reference::bias_gradient({l.shape.rows, l.shape.out}, l.y_gradient)[0];
  const Array weight = bench.room(l.shape.out * l.shape.in, Type::fp32);
  const Array bias = bench.room(l.shape.out, Type::fp32);
  aiops_linear_backward_weight parameters{.type = static_cast<std::int32_t>(l.type),
                                          .accumulate = AIOPS_OVERWRITE,
                                          .rows = l.shape.rows,
                                          .in = l.shape.in,
                                          .out = l.shape.out,
                                          .y_gradient = l.there_y_gradient.data(),
                                          .x = l.there_x.data(),
                                          .weight_gradient = weight.floats(),
                                          .bias_gradient = bias.floats()};
  bench.check(text_of(l.shape, ", bias"), l.type, parameters,
              {{weight, gradient}, {bias, bias_gradient}});

  const Numbers before = bench.numbers(l.shape.out * l.shape.in, Type::fp32);
  const Array sum = bench.put(before, Type::fp32);
  Numbers expected = before;
  for (std::size_t i = 0; i < expected.size(); ++i) expected[i] += gradient[i];
  parameters.accumulate = AIOPS_ADD;
  parameters.weight_gradient = sum.floats();
  parameters.bias_gradient = nullptr;
  bench.check(text_of(l.shape, ", added"), l.type, parameters, {{sum, expected}});
}

}  // namespace

void check_linear(Workbench& bench) {
  for (const Type type : kTypes)
    for (const Linear& shape : kShapes) {
      const Layer layer(bench, shape, type);
      check_forward(bench, layer);
      check_backward_input(bench, layer);
      check_backward_weight(bench, layer);
    }
}

}  // namespace aiops::kernels::device
