// SPDX-License-Identifier: Apache-2.0
#include "kernels/operators.hpp"

#include "kernels/cpu/product_engine.hpp"
#include "tests/unit/kernels/proof.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <ostream>

namespace aiops::kernels {

#define AIOPS_DECLARE(name) std::vector<Proof> prove_##name();
AIOPS_DIFFERENTIABLE_OPERATORS(AIOPS_DECLARE)
AIOPS_OTHER_OPERATORS(AIOPS_DECLARE)
#undef AIOPS_DECLARE

namespace {

struct Operator {
  const char* name;
  std::vector<Proof> (*prove)();
  bool differentiable;
};

void PrintTo(const Operator& one, std::ostream* out) { *out << one.name; }

#define AIOPS_DIFFERENTIABLE(name) Operator{#name, prove_##name, true},
#define AIOPS_OTHER(name) Operator{#name, prove_##name, false},
const Operator kOperators[] = {AIOPS_DIFFERENTIABLE_OPERATORS(AIOPS_DIFFERENTIABLE)
                                   AIOPS_OTHER_OPERATORS(AIOPS_OTHER)};
#undef AIOPS_DIFFERENTIABLE
#undef AIOPS_OTHER

Floats to_floats(const Numbers& numbers) { return {numbers.begin(), numbers.end()}; }

std::vector<Floats> to_floats(const std::vector<Numbers>& arrays) {
  std::vector<Floats> out;
  for (const Numbers& array : arrays) out.push_back(to_floats(array));
  return out;
}

double largest_of(const Numbers& numbers) {
  double most = 0;
  for (const double x : numbers) most = std::max(most, std::abs(x));
  return most;
}

void expect_close(const Floats& got, const Numbers& expected, double tolerance,
                  const std::string& what) {
  ASSERT_EQ(got.size(), expected.size()) << what;
  // The inputs are of the order of 1: what cancels to less is held to the size of its terms.
  const double allowed = tolerance * std::max(largest_of(expected), 1e-2);
  for (std::size_t i = 0; i < got.size(); ++i)
    ASSERT_NEAR(static_cast<double>(got[i]), expected[i], allowed) << what << ", element " << i;
}

// The gradient of the output that the proofs start from.
Numbers out_gradient_for(const Numbers& out) {
  return some_numbers(static_cast<std::int64_t>(out.size()), 99);
}

class EveryOperator : public testing::TestWithParam<Operator> {
 protected:
  const std::vector<Proof> proofs = GetParam().prove();
};

TEST_P(EveryOperator, HasProofs) {
  ASSERT_GE(proofs.size(), 2U) << "several shapes, odd ones among them";
  bool gradient = false;
  for (const Proof& proof : proofs) {
    EXPECT_TRUE(proof.oracle && proof.cpu) << proof.shape;
    EXPECT_EQ(static_cast<bool>(proof.oracle_gradient), static_cast<bool>(proof.cpu_gradient));
    gradient = gradient || proof.oracle_gradient;
  }
  EXPECT_EQ(gradient, GetParam().differentiable);
}

TEST_P(EveryOperator, AgreesWithItsOracle) {
  ThreadPool threads(2);
  for (const Proof& proof : proofs) {
    const Numbers expected = proof.oracle(proof.inputs);
    for (const InstructionSet set : available_instruction_sets()) {
      const InstructionLimit limit(set);
      expect_close(proof.cpu(to_floats(proof.inputs), threads), expected, proof.tolerance.forward,
                   proof.shape + ", " + gemm_engine());
    }
  }
}

TEST_P(EveryOperator, HasTheGradientOfItsOracle) {
  ThreadPool threads(2);
  for (const Proof& proof : proofs) {
    if (!proof.oracle_gradient) continue;
    const Numbers out_gradient = out_gradient_for(proof.oracle(proof.inputs));
    const auto expected = proof.oracle_gradient(proof.inputs, out_gradient);
    for (const InstructionSet set : available_instruction_sets()) {
      const InstructionLimit limit(set);
      const auto got =
          proof.cpu_gradient(to_floats(proof.inputs), to_floats(out_gradient), threads);
      ASSERT_EQ(got.size(), expected.size());
      for (std::size_t i = 0; i < got.size(); ++i)
        expect_close(
            got[i], expected[i], proof.tolerance.gradient,
            proof.shape + ", " + gemm_engine() + ", gradient of input " + std::to_string(i));
    }
  }
}

// d/dx of sum(out · out_gradient), at up to 32 elements of each input.
TEST_P(EveryOperator, HasAnOracleThatFiniteDifferencesConfirm) {
  for (const Proof& proof : proofs) {
    if (!proof.oracle_gradient) continue;
    auto inputs = proof.inputs;
    const Numbers out_gradient = out_gradient_for(proof.oracle(inputs));
    const auto gradients = proof.oracle_gradient(inputs, out_gradient);
    const auto value = [&] {
      const Numbers out = proof.oracle(inputs);
      double sum = 0;
      for (std::size_t i = 0; i < out.size(); ++i) sum += out[i] * out_gradient[i];
      return sum;
    };
    ASSERT_EQ(gradients.size(), inputs.size());
    for (std::size_t a = 0; a < inputs.size(); ++a) {
      ASSERT_EQ(gradients[a].size(), inputs[a].size());
      for (std::size_t i = 0; i < inputs[a].size(); i += 1 + inputs[a].size() / 32) {
        constexpr double kStep = 1e-5;
        const double kept = inputs[a][i];
        inputs[a][i] = kept + kStep;
        const double above = value();
        inputs[a][i] = kept - kStep;
        const double below = value();
        inputs[a][i] = kept;
        ASSERT_NEAR((above - below) / (2 * kStep), gradients[a][i],
                    1e-6 * std::max(1.0, largest_of(gradients[a])))
            << proof.shape << ", input " << a << ", element " << i;
      }
    }
  }
}

TEST_P(EveryOperator, GivesTheSameBitsForAnyNumberOfThreads) {
  ThreadPool one(1);
  for (const Proof& proof : proofs) {
    const auto inputs = to_floats(proof.inputs);
    const Floats out = proof.cpu(inputs, one);
    const Floats out_gradient = to_floats(out_gradient_for({out.begin(), out.end()}));
    for (const std::size_t count : {2U, 3U}) {
      ThreadPool more(count);
      EXPECT_EQ(proof.cpu(inputs, more), out) << proof.shape;
      if (proof.cpu_gradient) {
        EXPECT_EQ(proof.cpu_gradient(inputs, out_gradient, more),
                  proof.cpu_gradient(inputs, out_gradient, one))
            << proof.shape;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Operators, EveryOperator, testing::ValuesIn(kOperators),
                         [](const auto& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace aiops::kernels
