// SPDX-License-Identifier: Apache-2.0
#include "bench/sweep.hpp"

#include "base/error.hpp"

#include <gtest/gtest.h>

namespace aiops::bench {
namespace {

using Values = std::vector<std::int64_t>;

TEST(Sweep, ReadsListsStepsAndFactors) {
  EXPECT_EQ(parse_count_sweep("7", "--m"), (Values{7}));
  EXPECT_EQ(parse_count_sweep("64,128", "--m"), (Values{64, 128}));
  EXPECT_EQ(parse_count_sweep("1-8+3", "--m"), (Values{1, 4, 7}));
  EXPECT_EQ(parse_count_sweep("1-8*2", "--m"), (Values{1, 2, 4, 8}));
  EXPECT_EQ(parse_count_sweep("5-5*2", "--m"), (Values{5}));
  EXPECT_EQ(parse_count_sweep("64,16-64*2,3", "--m"), (Values{64, 16, 32, 3}));
}

TEST(Sweep, ReadsSizes) {
  EXPECT_EQ(parse_byte_sweep("32KiB,1MiB-16MiB*4", "--size"),
            (Values{32 << 10, 1 << 20, 4 << 20, 16 << 20}));
  EXPECT_EQ(parse_byte_sweep("1KiB-3KiB+1KiB", "--size"), (Values{1024, 2048, 3072}));
}

TEST(Sweep, EndsWhereNumbersEnd) {
  EXPECT_EQ(parse_count_sweep("4611686018427387904-9223372036854775807*2", "--m").size(), 1u);
}

TEST(Sweep, RefusesWhatIsNotASweepAndNamesTheFlag) {
  for (const char* text : {"", ",", "1,", "a", "0", "-3", "8-1+1", "1-8", "1-8*1", "1-8+0", "1-8*x",
                           "1-8+", "1.5", "1-100000+1", "99999999999999999999"}) {
    try {
      parse_count_sweep(text, "--m");
      ADD_FAILURE() << "accepted " << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.code, ExitCode::usage) << text;
      EXPECT_EQ(error.message.rfind("--m", 0), 0u) << error.message;
    }
  }
}

TEST(Sweep, WordsAreThoseThatAreKnown) {
  EXPECT_EQ(parse_word_sweep("nt,nn,nt", "--transpose", {"nn", "nt"}),
            (std::vector<std::string>{"nt", "nn"}));
  EXPECT_THROW(parse_word_sweep("xx", "--transpose", {"nn", "nt"}), Error);
  EXPECT_THROW(parse_word_sweep("", "--transpose", {"nn", "nt"}), Error);
}

}  // namespace
}  // namespace aiops::bench
