// SPDX-License-Identifier: Apache-2.0
#include "kernels/squared_error.hpp"

#include "kernels/parallel.hpp"

#include <algorithm>

namespace aiops::kernels {
namespace {

float mean_of_squares(std::int64_t width, const float* outputs, const float* values) {
  float sum = 0;
  for (std::int64_t c = 0; c < width; ++c) {
    const float apart = outputs[c] - values[c];
    sum += apart * apart;
  }
  return sum / static_cast<float>(width);
}

}  // namespace

void squared_error_forward(const SquaredError& shape, const float* outputs,
                           const std::int32_t* targets, const float* values, float* losses,
                           ThreadPool& threads) {
  const std::int64_t width = shape.width;
  for_each_chunk(threads, shape.rows, rows_per_piece(width),
                 [&](std::int64_t begin, std::int64_t end) {
                   for (std::int64_t i = begin; i < end; ++i)
                     losses[i] = targets[i] < 0 ? 0.0F
                                                : mean_of_squares(width, outputs + i * width,
                                                                  values + targets[i] * width);
                 });
}

void squared_error_backward(const SquaredError& shape, float* outputs, const std::int32_t* targets,
                            const float* values, float scale, float* losses, ThreadPool& threads) {
  const std::int64_t width = shape.width;
  const float slope = 2 * scale / static_cast<float>(width);
  for_each_chunk(threads, shape.rows, rows_per_piece(width),
                 [&](std::int64_t begin, std::int64_t end) {
                   for (std::int64_t i = begin; i < end; ++i) {
                     float* row = outputs + i * width;
                     losses[i] = 0;
                     if (targets[i] < 0) {
                       std::fill_n(row, width, 0.0F);
                       continue;
                     }
                     const float* wanted = values + targets[i] * width;
                     losses[i] = mean_of_squares(width, row, wanted);
                     for (std::int64_t c = 0; c < width; ++c) row[c] = slope * (row[c] - wanted[c]);
                   }
                 });
}

}  // namespace aiops::kernels
