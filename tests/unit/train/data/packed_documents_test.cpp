// SPDX-License-Identifier: Apache-2.0
#include "train/data/packed_documents.hpp"

#include "base/error.hpp"
#include "train/data/permutation.hpp"

#include <gmock/gmock.h>

#include <set>

namespace aiops::train {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// Documents of these lengths, of the tokens 0, 1, 2, …, and the token that ends the data.
struct Documents {
  explicit Documents(std::vector<std::uint64_t> lengths) {
    std::uint64_t at = 0;
    for (const std::uint64_t length : lengths) {
      starts.push_back(at);
      at += length;
    }
    starts.push_back(at);
    for (std::uint64_t i = 0; i <= at; ++i) tokens.push_back(static_cast<std::int32_t>(i));
  }
  std::vector<std::int32_t> tokens;
  std::vector<std::uint64_t> starts;
};

TEST(PackedDocuments, LieWholeInTheirRowsEachOnce) {
  std::vector<std::uint64_t> lengths;
  for (std::uint64_t i = 0; i < 500; ++i) lengths.push_back(1 + mix(7, i) % 30);
  const Documents documents(lengths);
  const PackedDocuments packed(documents.tokens, documents.starts, 30, TooLong::part, 0, 3);
  EXPECT_GT(packed.filled(), 0.98);
  Rows rows;
  packed.read_training(0, static_cast<std::int64_t>(packed.training()), rows);
  std::set<std::int32_t> seen;
  for (std::size_t i = 0; i < rows.tokens.size(); ++i) {
    if (i % 30 == 0) {
      EXPECT_EQ(rows.positions[i], 0);
    }
    if (rows.targets[i] < 0) continue;  // padding
    EXPECT_EQ(rows.targets[i], rows.tokens[i] + 1);
    EXPECT_TRUE(seen.insert(rows.tokens[i]).second);
    if (rows.positions[i] > 0) {
      EXPECT_EQ(rows.tokens[i], rows.tokens[i - 1] + 1);
    }
  }
  EXPECT_EQ(seen.size(), documents.tokens.size() - 1);
  Rows again;
  PackedDocuments(documents.tokens, documents.starts, 30, TooLong::part, 0, 3)
      .read_training(0, static_cast<std::int64_t>(packed.training()), again);
  EXPECT_EQ(again.tokens, rows.tokens);
}

TEST(PackedDocuments, PadWithADocumentThatDoesNotCount) {
  const Documents documents({2});
  const PackedDocuments packed(documents.tokens, documents.starts, 4, TooLong::part, 0, 1);
  Rows rows;
  packed.read_training(0, 1, rows);
  EXPECT_THAT(rows.tokens, ElementsAre(0, 1, 0, 0));
  EXPECT_THAT(rows.targets, ElementsAre(1, 2, -1, -1));
  EXPECT_THAT(rows.positions, ElementsAre(0, 1, 0, 1));
  EXPECT_EQ(rows.counted(), 2);
}

TEST(PackedDocuments, PartCutOrSkipWhatIsTooLong) {
  const Documents documents({7, 2});
  const auto tokens_with = [&](TooLong too_long) {
    const PackedDocuments packed(documents.tokens, documents.starts, 3, too_long, 0, 1);
    EXPECT_EQ(packed.too_long(), 1u);
    Rows rows;
    packed.read_training(0, static_cast<std::int64_t>(packed.training()), rows);
    return rows.counted();
  };
  EXPECT_EQ(tokens_with(TooLong::part), 9);
  EXPECT_EQ(tokens_with(TooLong::cut), 5);
  EXPECT_EQ(tokens_with(TooLong::skip), 2);
}

TEST(PackedDocuments, CountOnlyTheTokensThatAreToBeLearnt) {
  const std::vector<std::int32_t> tokens{~5, ~6, 7, 8, ~9};
  const std::vector<std::uint64_t> starts{0, 4};
  const PackedDocuments packed(tokens, starts, 4, TooLong::skip, 0, 1);
  Rows rows;
  packed.read_training(0, 1, rows);
  EXPECT_THAT(rows.tokens, ElementsAre(5, 6, 7, 8));
  EXPECT_THAT(rows.targets, ElementsAre(-1, 7, 8, -1));
}

TEST(PackedDocuments, RefuseTooLittleData) {
  const Documents documents({3, 3});
  EXPECT_NO_THROW(PackedDocuments(documents.tokens, documents.starts, 6, TooLong::part, 0, 1));
  try {
    PackedDocuments(documents.tokens, documents.starts, 6, TooLong::part, 0.1, 1);
    FAIL() << "one row cannot be both";
  } catch (const Error& error) {
    EXPECT_THAT(error.message, HasSubstr("its documents make 1 row of 6 tokens"));
  }
}

}  // namespace
}  // namespace aiops::train
