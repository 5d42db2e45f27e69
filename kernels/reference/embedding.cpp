// SPDX-License-Identifier: Apache-2.0
#include "kernels/reference/embedding.hpp"

namespace aiops::kernels::reference {

Numbers embedding(std::span<const std::int32_t> tokens, std::int64_t width, const Numbers& table) {
  Numbers out;
  for (const std::int32_t token : tokens)
    for (std::int64_t c = 0; c < width; ++c) out.push_back(ConstGrid(table, width)(token, c));
  return out;
}

std::vector<Numbers> embedding_gradient(std::span<const std::int32_t> tokens, std::int64_t width,
                                        const Numbers& table, const Numbers& out_gradient) {
  Numbers dtable(table.size());
  for (std::size_t i = 0; i < tokens.size(); ++i)
    for (std::int64_t c = 0; c < width; ++c)
      Grid(dtable, width)(tokens[i], c) +=
          ConstGrid(out_gradient, width)(static_cast<std::int64_t>(i), c);
  return {dtable};
}

}  // namespace aiops::kernels::reference
