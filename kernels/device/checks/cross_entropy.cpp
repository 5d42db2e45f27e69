// SPDX-License-Identifier: Apache-2.0
#include "kernels/reference/cross_entropy.hpp"

#include "kernels/device/checks/checks.hpp"

#include <fmt/format.h>

namespace aiops::kernels::device {
namespace {

void both_ways(Workbench& bench, const CrossEntropy& shape, Type type) {
  constexpr float kScale = 0.25F;
  const std::string text = fmt::format("{} rows of {}", shape.rows, shape.vocab);
  // The first, the last, and one that is not counted.
  const std::vector<std::int32_t> targets{0, static_cast<std::int32_t>(shape.vocab - 1), -1};
  const Array there_targets = bench.put(targets);
  const Numbers logits = bench.numbers(shape.rows * shape.vocab, type);
  const Array there = bench.put(logits, type);
  const Array losses = bench.room(shape.rows, Type::fp32);
  const aiops_cross_entropy_forward forward{.type = static_cast<std::int32_t>(type),
                                            .rows = shape.rows,
                                            .vocab = shape.vocab,
                                            .logits = there.data(),
                                            .targets = there_targets.as<std::int32_t>(),
                                            .losses = losses.floats()};
  const Numbers expected = reference::cross_entropy(shape, targets, logits);
  bench.check(text, type, forward, {{losses, expected}});

  const Array again = bench.room(shape.rows, Type::fp32);
  const aiops_cross_entropy_backward backward{.type = static_cast<std::int32_t>(type),
                                              .scale = kScale,
                                              .rows = shape.rows,
                                              .vocab = shape.vocab,
                                              .logits = there.data(),
                                              .targets = there_targets.as<std::int32_t>(),
                                              .losses = again.floats()};
  const Numbers scales(static_cast<std::size_t>(shape.rows), static_cast<double>(kScale));
  bench.check(text, type, backward,
              {{again, expected},
               {there, reference::cross_entropy_gradient(shape, targets, logits, scales)[0]}});
}

}  // namespace

void check_cross_entropy(Workbench& bench) {
  for (const Type type : kTypes)
    for (const std::int64_t vocab : {2, 96, 513, 4096}) both_ways(bench, {3, vocab}, type);
}

}  // namespace aiops::kernels::device
