// SPDX-License-Identifier: Apache-2.0
#include "registry/range.hpp"

#include "base/error.hpp"

#include <gtest/gtest.h>

namespace aiops::registry {
namespace {

Response answer(int status, std::vector<std::pair<std::string, std::string>> fields) {
  Response response;
  response.status = status;
  response.headers.fields = std::move(fields);
  response.url = Url::parse("http://h/b", "test");
  return response;
}

TEST(ContentRange, ReadsFirstLastAndTotal) {
  const auto range = parse_content_range("bytes 100-199/1000");
  ASSERT_TRUE(range);
  EXPECT_EQ(range->first, 100u);
  EXPECT_EQ(range->last, 199u);
  EXPECT_EQ(range->total, 1000u);
  EXPECT_FALSE(parse_content_range("bytes 5-9/*")->total);
}

TEST(ContentRange, RefusesWhatCannotBe) {
  for (const char* bad :
       {"", "bytes */100", "bytes 9-5/10", "bytes 5-9/9", "bytes=5-9/10", "bytes 5-9",
        "bytes 5-9/10x", "bytes -1-9/10", "bytes 99999999999999999999-9/10"})
    EXPECT_FALSE(parse_content_range(bad)) << bad;
}

TEST(BytesToSkip, AcceptsOnlyThePartAskedFor) {
  EXPECT_EQ(bytes_to_skip(answer(206, {{"Content-Range", "bytes 10-99/100"}}), 10, 100), 0u);
  EXPECT_EQ(bytes_to_skip(answer(206, {{"content-range", "bytes 10-99/*"}}), 10, 100), 0u);
  EXPECT_THROW(bytes_to_skip(answer(206, {{"Content-Range", "bytes 0-99/100"}}), 10, 100), Error);
  EXPECT_THROW(bytes_to_skip(answer(206, {{"Content-Range", "bytes 10-99/200"}}), 10, 100), Error);
  EXPECT_THROW(bytes_to_skip(answer(206, {}), 10, 100), Error);
  EXPECT_THROW(
      bytes_to_skip(answer(206, {{"Content-Type", "multipart/byteranges; boundary=x"}}), 10, 100),
      Error);
}

TEST(BytesToSkip, ANewStartDropsWhatIsThereAlready) {
  EXPECT_EQ(bytes_to_skip(answer(200, {{"Content-Length", "100"}}), 10, 100), 10u);
  EXPECT_EQ(bytes_to_skip(answer(200, {}), 0, 100), 0u);
  EXPECT_THROW(bytes_to_skip(answer(200, {{"Content-Length", "0"}}), 0, 100), Error);
  EXPECT_THROW(bytes_to_skip(answer(200, {{"Content-Encoding", "gzip"}}), 0, 100), Error);
  EXPECT_THROW(bytes_to_skip(answer(204, {}), 0, 100), Error);
}

}  // namespace
}  // namespace aiops::registry
