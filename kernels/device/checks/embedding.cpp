// SPDX-License-Identifier: Apache-2.0
#include "kernels/reference/embedding.hpp"

#include "kernels/device/checks/checks.hpp"
#include "kernels/occurrences.hpp"

#include <fmt/format.h>

namespace aiops::kernels::device {

// The first and the last row of the table, some more than once, and some that never occur.
void check_embedding(Workbench& bench) {
  constexpr std::int64_t kVocab = 7;
  const std::vector<std::int32_t> tokens{6, 2, 2, 0, 6, 2, 4};
  const auto count = static_cast<std::int64_t>(tokens.size());
  const Occurrences found = occurrences_of(tokens);
  const Array ids = bench.put(tokens);
  const Array those = bench.put(found.tokens);
  const Array starts = bench.put(found.starts);
  const Array places = bench.put(found.places);
  for (const Type type : kTypes)
    for (const std::int64_t width : {8, 37, 300}) {
      const std::string text = fmt::format("{} tokens of {}, {} wide", count, kVocab, width);
      const Numbers table = bench.numbers(kVocab * width, type);
      const Array there = bench.put(table, type);
      const Array out = bench.room(count * width, type);
      const aiops_embedding_forward forward{.type = static_cast<std::int32_t>(type),
                                            .tokens = count,
                                            .vocab = kVocab,
                                            .width = width,
                                            .ids = ids.as<std::int32_t>(),
                                            .table = there.data(),
                                            .out = out.data()};
      bench.check(text, type, forward, {{out, reference::embedding(tokens, width, table)}});

      const Numbers out_gradient = bench.numbers(count * width, type);
      const Numbers before = bench.numbers(kVocab * width, Type::fp32);
      const Array there_gradient = bench.put(out_gradient, type);
      const Array sum = bench.put(before, Type::fp32);
      const aiops_embedding_backward backward{.type = static_cast<std::int32_t>(type),
                                              .tokens_that_occur = those.count(),
                                              .width = width,
                                              .tokens = those.as<std::int32_t>(),
                                              .starts = starts.as<std::int32_t>(),
                                              .places = places.as<std::int32_t>(),
                                              .out_gradient = there_gradient.data(),
                                              .table_gradient = sum.floats()};
      const auto gradient = reference::embedding_gradient(tokens, width, table, out_gradient);
      bench.check(text, type, backward, {{sum, plus(before, gradient[0])}});
    }
}

}  // namespace aiops::kernels::device
