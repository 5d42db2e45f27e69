// SPDX-License-Identifier: Apache-2.0
#include "kernels/device/checks/checks.hpp"
#include "kernels/reference/linear.hpp"

#include <algorithm>

namespace aiops::kernels::device {

namespace {

void check_copies_in_a_graph(Workbench& bench) {
  bench.check("graphs", "recorded once, launched 3 times", [&](CheckResult& result) {
    constexpr std::uint64_t kBytes = 64U << 10U;
    const Device& device = bench.device();
    Stream& stream = bench.stream();
    const Memory from(device, kBytes, Memory::Place::pinned);
    const Memory to(device, kBytes, Memory::Place::pinned);
    const Memory memory(device, kBytes);
    std::ranges::fill(to.span<unsigned char>(), static_cast<unsigned char>(0xEE));
    const Graph graph = Graph::capture(stream, [&] {
      stream.upload(memory.data(), from, kBytes);
      stream.download(to, memory.data(), kBytes);
    });
    stream.synchronise();
    unsigned char expected = 0xEE;
    for (int launch = 0;; ++launch) {
      const auto is_other = [expected](unsigned char byte) { return byte != expected; };
      if (std::ranges::any_of(to.span<unsigned char>(), is_other))
        result.state = CheckResult::State::differs;
      if (launch == 3) break;
      expected = static_cast<unsigned char>(launch + 1);
      std::ranges::fill(from.span<unsigned char>(), expected);
      graph.launch(stream);
      stream.synchronise();
    }
  });
}

// A linear layer, recorded once, on other inputs each time.
void check_operator_in_a_graph(Workbench& bench) {
  bench.check("graphs", "a linear layer, launched 2 times", [&](CheckResult& result) {
    const Linear shape{5, 16, 8};
    const Numbers weight = bench.numbers(shape.out * shape.in, Type::fp32);
    const Array there_weight = bench.put(weight, Type::fp32);
    const Array there_x = bench.room(shape.rows * shape.in, Type::fp32);
    const Array y = bench.room(shape.rows * shape.out, Type::fp32);
    const aiops_linear_forward parameters{.type = AIOPS_F32,
                                          .activation = AIOPS_NO_ACTIVATION,
                                          .rows = shape.rows,
                                          .in = shape.in,
                                          .out = shape.out,
                                          .x = there_x.data(),
                                          .weight = there_weight.data(),
                                          .bias = nullptr,
                                          .pre_activation = nullptr,
                                          .y = y.data()};
    const Memory workspace(bench.device(), bench.device().plan(parameters).workspace);
    bench.stream().synchronise();
    const Graph graph =
        Graph::capture(bench.stream(), [&] { bench.stream().launch(parameters, &workspace); });
    result.allowed = Tolerance{}.fp32;
    for (int launch = 0; launch < 2; ++launch) {
      const Numbers x = bench.numbers(shape.rows * shape.in, Type::fp32);
      const Array fresh = bench.put(x, Type::fp32);
      bench.stream().copy(there_x.data(), fresh.data(), fresh.bytes());
      graph.launch(bench.stream());
      bench.compare({{y, reference::linear(shape, x, weight)}}, result);
    }
  });
}

}  // namespace

// Work that is recorded does not run, and runs each time that its graph is launched.
void check_graphs(Workbench& bench) {
  check_copies_in_a_graph(bench);
  check_operator_in_a_graph(bench);
}

}  // namespace aiops::kernels::device
