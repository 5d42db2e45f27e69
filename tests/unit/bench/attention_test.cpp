// SPDX-License-Identifier: Apache-2.0
#include "bench/attention.hpp"

#include "base/error.hpp"
#include "base/thread_pool.hpp"
#include "bench/attention_check.hpp"
#include "bench/ceiling.hpp"
#include "bench/largest_error.hpp"
#include "bench/random_floats.hpp"
#include "bench/train.hpp"
#include "tests/unit/bench/alone.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace aiops::bench {
namespace {

TEST(Attention, MeasuresEveryCombination) {
  Alone alone;
  run_suite(
      attention_suite({{1, 2}, {8, 80}, {4}, {2, 4}, {16}, train_precisions(), attention_passes()},
                      alone.bench),
      alone.bench);
  ASSERT_EQ(alone.records.size(), 32u);
  const Json &forward = alone.records[0], &backward = alone.records[1];
  // 8 queries of 4 heads see 1 … 8 keys of 16 numbers.
  EXPECT_EQ(forward.at("workload").at("flops"), 4 * 16 * 4 * 36);
  EXPECT_EQ(backward.at("workload").at("flops"), 10 * 16 * 4 * 36);
  EXPECT_EQ(forward.at("workload").at("bytes_min"), 4 * (2 * 8 * 64 + 2 * 8 * 32 + 8 * 4));
  EXPECT_EQ(backward.at("workload").at("bytes_min"), 4 * (4 * 8 * 64 + 4 * 8 * 32 + 8 * 4));
  for (const Json& record : alone.records) {
    EXPECT_EQ(record.at("correctness").at("pass"), true);
    EXPECT_EQ(record.at("peak").is_null(), !CeilingProbe::supported());
  }
}

TEST(Attention, ALibraryIsNotAskedForWhatItWouldReadOtherwise) {
  Alone alone;
  EXPECT_THROW(
      attention_suite({{1}, {8}, {4}, {}, {16}, {"bf16"}, {"forward"}, {"onednn"}}, alone.bench),
      Error);
}

TEST(Attention, HeadsThatAreNotShareableAreRefused) {
  Alone alone;
  const auto suite = [&](std::int64_t rows, std::int64_t kv_heads) {
    return attention_suite({{rows}, {8}, {4}, {kv_heads}, {16}, {"fp32"}, {"forward"}},
                           alone.bench);
  };
  EXPECT_THROW(suite(1, 3), Error);
  EXPECT_THROW(suite(1, 8), Error);
  EXPECT_THROW(run_suite(suite(std::int64_t{1} << 40, 4), alone.bench), Error);  // no such memory
}

// A number that is wrong in what is looked at, and one that is none.
TEST(Attention, AWrongPassIsNotMeasured) {
  AttentionProblem p;
  p.shape.sequences = 1;
  p.shape.queries = p.shape.keys = 70;
  p.shape.heads = p.shape.kv_heads = 1;
  p.shape.head_dim = p.shape.q_stride = p.shape.kv_stride = 8;
  std::mt19937_64 random(1);
  for (auto* input : {&p.q, &p.k, &p.v, &p.out_gradient}) *input = random_floats(560, random);
  for (auto* output : {&p.out, &p.q_gradient, &p.k_gradient, &p.v_gradient}) output->resize(560);
  p.logsumexp.resize(70);
  ThreadPool threads(1);
  attention_forward(p.shape, p.q.data(), p.k.data(), p.v.data(), p.out.data(), p.logsumexp.data(),
                    threads);
  attention_backward(
      p.shape,
      {p.q.data(), p.k.data(), p.v.data(), p.out.data(), p.logsumexp.data(), p.out_gradient.data()},
      p.q_gradient.data(), p.k_gradient.data(), p.v_gradient.data(), threads);
  EXPECT_EQ(check_attention(p, 1, "").at("pass"), true);
  EXPECT_EQ(check_attention_gradient(p, 1, "").at("pass"), true);
  for (auto* output : {&p.q_gradient, &p.k_gradient, &p.v_gradient})
    for (const float wrong : {output->back() + 0.1F, NAN}) {
      const float right = output->back();
      output->back() = wrong;
      EXPECT_THROW(check_attention_gradient(p, 1, ""), Error);
      output->back() = right;
    }
  p.out.back() += 0.1F;
  EXPECT_THROW(check_attention(p, 1, ""), Error);
}

TEST(LargestError, IsAShareOfTheLargestNumber) {
  const std::vector<double> exact = {0, -4, 2};
  EXPECT_EQ(largest_error(std::vector<float>{0, -4, 2}, exact), 0);
  EXPECT_EQ(largest_error(std::vector<float>{1, -4, 2}, exact), 0.25);
  EXPECT_EQ(largest_error(std::vector<float>{NAN, -4, 2}, exact), INFINITY);
  EXPECT_EQ(largest_error(std::vector<float>{1}, std::vector<double>{0}), INFINITY);
}

}  // namespace
}  // namespace aiops::bench
