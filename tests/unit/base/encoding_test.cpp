// SPDX-License-Identifier: Apache-2.0
#include "base/encoding.hpp"

#include "base/error.hpp"

#include <gtest/gtest.h>

namespace aiops {
namespace {

// RFC 4648 §10
TEST(Base64, MatchesTheRfcVectors) {
  const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [raw, text] : vectors) {
    EXPECT_EQ(to_base64(raw), text);
    EXPECT_EQ(from_base64(text), raw);
  }
}

TEST(Base64, ReadsBothAlphabetsAndRefusesOthers) {
  EXPECT_EQ(from_base64("-_8"), from_base64("+/8="));
  EXPECT_THROW(from_base64("Zm9v!"), Error);
  EXPECT_THROW(from_base64("Z"), Error);
}

TEST(Hex, RoundTrips) {
  EXPECT_EQ(to_hex(std::string("\x00\xff\x10", 3)), "00ff10");
  EXPECT_EQ(from_hex("00FF10"), std::string("\x00\xff\x10", 3));
  EXPECT_THROW(from_hex("0"), Error);
  EXPECT_THROW(from_hex("0g"), Error);
}

TEST(Utf8, RefusesOverlongFormsSurrogatesAndCutSequences) {
  EXPECT_TRUE(is_utf8("h\xC3\xA9llo \xF0\x9F\x98\x80"));
  for (const char* bad : {"\xC0\x80", "\xED\xA0\x80", "\xE2\x82", "\xF5\x80\x80\x80", "\x80"})
    EXPECT_FALSE(is_utf8(bad)) << bad;
}

TEST(Printable, ShowsControlCharactersAsEscapes) {
  EXPECT_EQ(printable("a\x1b[31mb\xC2\x9B"
                      "c\xFF"),
            "a\\x1b[31mb\\xc2\\x9bc\\xff");
}

}  // namespace
}  // namespace aiops
