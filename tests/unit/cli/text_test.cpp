// SPDX-License-Identifier: Apache-2.0
#include "cli/text.hpp"

#include "cli/output.hpp"
#include "fake.hpp"

namespace aiops {
namespace {

using testing::ElementsAre;

TEST(Text, WrapsAtBlanksAndKeepsIndentedLines) {
  EXPECT_THAT(wrap("one two three four", 9), ElementsAre("one two", "three", "four"));
  EXPECT_THAT(wrap("a\nb\n\nc\n  kept   as is\nd", 80),
              ElementsAre("a b", "", "c", "  kept   as is", "d"));
  EXPECT_THAT(wrap("overlongword x", 4), ElementsAre("overlongword", "x"));
}

TEST(Text, ClipsBetweenCodePoints) {
  EXPECT_EQ(clip("größer", 6), "größer");
  EXPECT_EQ(clip("größer", 4), "grö…");
  EXPECT_EQ(clip("größer", 3), "gr…");
  EXPECT_EQ(clip("abc", 0), "");
}

TEST(Text, AlignsTables) {
  const Table table{{"NAME", "SIZE"}, {{"größe", "1 KiB"}, {"b", "20 KiB"}}};
  EXPECT_EQ(format_table(table, Style{}, 80), "NAME   SIZE\ngröße  1 KiB\nb      20 KiB\n");
  EXPECT_EQ(format_table(table, Style{}, 10), "NAME   SI…\ngröße  1 …\nb      20…\n");
  EXPECT_EQ(format_tsv(table), "größe\t1 KiB\nb\t20 KiB\n");
  EXPECT_EQ(format_table({{"NAME"}, {}}, Style{}, 80), "");
}

TEST(Text, TableCellsCannotDriveTheTerminal) {
  EXPECT_EQ(format_tsv({{"NAME"}, {{"a\033[2J\tb"}}}), "a\\x1b[2J\\x09b\n");
}

}  // namespace
}  // namespace aiops
