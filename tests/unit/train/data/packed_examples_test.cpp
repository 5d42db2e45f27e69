// SPDX-License-Identifier: Apache-2.0
#include "train/data/packed_examples.hpp"

#include <gmock/gmock.h>

#include <set>

namespace aiops::train {
namespace {

using testing::ElementsAre;

TEST(PackedExamples, HaveOneTargetEachAtTheirLastToken) {
  const std::vector<std::int32_t> tokens{1, 2, 3, 4, 5, 0};
  const std::vector<std::uint64_t> starts{0, 3, 5};
  const PackedExamples packed(tokens, starts, {.labels = {7, 8}}, 6, TooLong::cut, 0, 1);
  Rows rows;
  packed.read_training(0, 1, rows);
  EXPECT_THAT(rows.tokens, ElementsAre(1, 2, 3, 4, 5, 0));
  EXPECT_THAT(rows.targets, ElementsAre(-1, -1, 7, -1, 8, -1));
  EXPECT_THAT(rows.positions, ElementsAre(0, 1, 2, 0, 1, 0));
  EXPECT_EQ(rows.counted(), 2);
}

TEST(PackedExamples, NumberTheirValues) {
  const std::vector<std::int32_t> tokens{1, 2, 3, 4, 5, 0};
  const std::vector<std::uint64_t> starts{0, 3, 5};
  const PackedExamples packed(tokens, starts, {.values = {1, 2, 3, 4}, .width = 2}, 3, TooLong::cut,
                              0, 1);
  Rows rows;
  packed.read_training(0, 2, rows);
  for (std::size_t row = 0; row < 2; ++row) {
    const bool is_first = rows.tokens[row * 3] == 1;
    const auto target = static_cast<std::size_t>(rows.targets[row * 3 + (is_first ? 2 : 1)]);
    EXPECT_EQ(rows.values[2 * target], is_first ? 1 : 3);
    EXPECT_EQ(rows.values[2 * target + 1], is_first ? 2 : 4);
  }
  const Batch second = rows.batch(1, 1, 3);
  EXPECT_EQ(second.values.size(), 4u);  // the targets number those of all rows
}

TEST(PackedExamples, CutOrSkipWhatIsTooLong) {
  const std::vector<std::int32_t> tokens{1, 2, 3, 4, 5, 0};
  const std::vector<std::uint64_t> starts{0, 4, 5};
  const auto targets = [&](TooLong too_long) {
    const PackedExamples packed(tokens, starts, {.labels = {7, 8}}, 3, too_long, 0, 1);
    Rows rows;
    packed.read_training(0, static_cast<std::int64_t>(packed.training()), rows);
    return std::multiset<std::int32_t>(rows.targets.begin(), rows.targets.end());
  };
  EXPECT_THAT(targets(TooLong::cut), ElementsAre(-1, -1, -1, -1, 7, 8));
  EXPECT_THAT(targets(TooLong::skip), ElementsAre(-1, -1, 8));
}

// Data sorted by label does not give rows of one label.
TEST(PackedExamples, MixExamplesOfOneLength) {
  std::vector<std::int32_t> tokens;
  std::vector<std::uint64_t> starts;
  DocumentTargets targets;
  for (std::uint64_t i = 0; i < 200; ++i) {
    starts.push_back(2 * i);
    tokens.insert(tokens.end(), 2, 1);
    targets.labels.push_back(i < 100 ? 0 : 1);
  }
  starts.push_back(400);
  tokens.push_back(0);
  const auto rows_of = [&](std::uint64_t seed) {
    const PackedExamples packed(tokens, starts, targets, 8, TooLong::cut, 0, seed);
    Rows rows;
    packed.read_training(0, static_cast<std::int64_t>(packed.training()), rows);
    return rows.targets;
  };
  const auto rows = rows_of(1);
  std::size_t mixed = 0;
  for (std::size_t row = 0; row < rows.size(); row += 8) {
    const std::multiset<std::int32_t> here(rows.begin() + static_cast<std::ptrdiff_t>(row),
                                           rows.begin() + static_cast<std::ptrdiff_t>(row) + 8);
    mixed += here.contains(0) && here.contains(1) ? 1 : 0;
  }
  EXPECT_GT(mixed, 35u);  // of 50
  EXPECT_EQ(rows_of(1), rows);
  EXPECT_NE(rows_of(2), rows);
}

}  // namespace
}  // namespace aiops::train
