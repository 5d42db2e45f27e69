// SPDX-License-Identifier: Apache-2.0
#include "train/metrics/event_file.hpp"

#include "tests/unit/pack/scratch.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

namespace aiops::train {
namespace {

using namespace std::string_literals;

TEST(Crc32c, HasTheValuesOfItsStandard) {
  EXPECT_EQ(crc32c(""), 0u);
  EXPECT_EQ(crc32c("123456789"), 0xE3069283u);
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8A9136AAu);  // RFC 3720, B.4
  EXPECT_EQ(crc32c(std::string(32, '\xff')), 0x62A8AB43u);
}

TEST(EventFile, WritesScalarsAsProtocolBuffers) {
  const Scalar scalar{"loss", 2.5};
  EXPECT_EQ(scalars_event(1.0, 300, {&scalar, 1}),
            "\x09\0\0\0\0\0\0\xf0\x3f"  // wall_time 1.0
            "\x10\xac\x02"              // step 300
            "\x2a\x0d\x0a\x0b"          // summary, of one value
            "\x0a\x04loss"
            "\x15\0\0\x20\x40"s);  // simple_value 2.5
  EXPECT_EQ(version_event(0),
            "\x09\0\0\0\0\0\0\0\0\x10\0\x1a\x0d"
            "brain.Event:2"s);
  EXPECT_EQ(start_event(0, 5), "\x09\0\0\0\0\0\0\0\0\x10\x05\x3a\x02\x08\x01"s);
}

TEST(EventFile, FramesRecordsWithMaskedChecksums) {
  const std::string record = tf_record("123456789");
  ASSERT_EQ(record.size(), 8 + 4 + 9 + 4u);
  EXPECT_EQ(record.substr(0, 8), "\x09\0\0\0\0\0\0\0"s);
  EXPECT_EQ(record.substr(12, 9), "123456789");
  std::uint32_t masked = 0;
  std::memcpy(&masked, record.data() + 21, 4);
  const std::uint32_t rotated = masked - 0xA282EAD8u;
  EXPECT_EQ(rotated << 15 | rotated >> 17, 0xE3069283u);
}

// TensorBoard reads the files in the order of their names.
TEST(EventFile, GivesLaterRunsOfASecondLaterNames) {
  const pack::Scratch scratch;
  std::vector<std::string> names;
  for (int run = 0; run < 12; ++run) {
    const EventFile file(scratch.path(), 0, 1e9);
    for (const auto& entry : std::filesystem::directory_iterator(scratch.path()))
      if (const std::string name = entry.path().filename();
          std::ranges::find(names, name) == names.end())
        names.push_back(name);
  }
  EXPECT_EQ(names.size(), 12u);
  EXPECT_TRUE(std::ranges::is_sorted(names));
}

}  // namespace
}  // namespace aiops::train
