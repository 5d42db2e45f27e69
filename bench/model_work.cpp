// SPDX-License-Identifier: Apache-2.0
#include "bench/model_work.hpp"

namespace aiops::bench {
namespace {

double weights_of(const Matrix& matrix) {
  return static_cast<double>(matrix.in) * static_cast<double>(matrix.out);
}

// Two products of a head's length for each pair of a query and a key that it sees.
double attention_flops(const train::ModelConfig& c, double pairs) {
  return 4.0 * static_cast<double>(c.num_hidden_layers * c.num_attention_heads * c.head_dim) *
         pairs;
}

double cache_bytes(const train::ModelConfig& c, double keys) {
  return 4.0 * static_cast<double>(c.num_hidden_layers * 2 * c.num_key_value_heads * c.head_dim) *
         keys;
}

}  // namespace

std::vector<Matrix> matrices_of(const train::ModelConfig& c) {
  const std::int64_t query = c.num_attention_heads * c.head_dim;
  const std::int64_t key = c.num_key_value_heads * c.head_dim;
  const std::int64_t gated = c.family == train::Family::gpt2 ? 1 : 2;
  std::vector<Matrix> matrices;
  for (std::int64_t layer = 0; layer < c.num_hidden_layers; ++layer) {
    matrices.push_back({c.hidden_size, query + 2 * key});
    matrices.push_back({query, c.hidden_size});
    matrices.push_back({c.hidden_size, gated * c.intermediate_size});
    matrices.push_back({c.intermediate_size, c.hidden_size});
  }
  matrices.push_back({c.hidden_size, c.vocab_size});
  return matrices;
}

std::int64_t matrix_bytes(const train::ModelConfig& config) {
  std::int64_t bytes = 0;
  for (const Matrix& matrix : matrices_of(config)) bytes += 4 * matrix.in * matrix.out;
  return bytes;
}

Work work_of_prompt(const train::ModelConfig& config, std::int64_t tokens, std::int64_t depth) {
  const auto n = static_cast<double>(tokens), d = static_cast<double>(depth);
  const auto matrices = matrices_of(config);
  Work work{attention_flops(config, n * d + n * (n + 1) / 2), cache_bytes(config, d + n)};
  for (const Matrix& matrix : matrices) {
    work.flops += 2 * n * weights_of(matrix);
    work.bytes += 4 * weights_of(matrix);
  }
  work.flops -= 2 * (n - 1) * weights_of(matrices.back());
  return work;
}

Work work_of_token(const train::ModelConfig& config, std::int64_t tokens, std::int64_t depth) {
  const double keys = static_cast<double>(depth) + static_cast<double>(tokens + 1) / 2;
  Work work{attention_flops(config, keys), cache_bytes(config, keys)};
  for (const Matrix& matrix : matrices_of(config)) {
    work.flops += 2 * weights_of(matrix);
    work.bytes += 4 * weights_of(matrix);
  }
  return work;
}

}  // namespace aiops::bench
