// SPDX-License-Identifier: Apache-2.0
#include "train/ranks/handshake.hpp"

#include "train/ranks/seating.hpp"

#include <gmock/gmock.h>

namespace aiops::train {
namespace {

using testing::HasSubstr;

Hello hello(std::uint32_t first, std::uint32_t count, const char* host) {
  Hello hello;
  hello.ranks = 6;
  hello.first = first;
  hello.count = count;
  hello.port = static_cast<std::uint16_t>(4000 + first);
  hello.host = mark_of(host);
  hello.program = "aiops 1";
  return hello;
}

std::optional<Message> read(std::string_view bytes, std::size_t at_once = 1) {
  MessageReader reader;
  while (!bytes.empty() && !reader.message()) {
    const std::size_t size = std::min({bytes.size(), at_once, reader.wanted()});
    reader.take(bytes.substr(0, size));
    bytes.remove_prefix(size);
  }
  return reader.message();
}

Error refusal(std::string_view bytes) {
  try {
    read(bytes);
  } catch (const Error& error) {
    return error;
  }
  return Error(ExitCode::ok, "none");
}

std::vector<Message> one_of_each() {
  Place place;
  place.nonce = draw_nonce();
  place.group = 1;
  place.groups = 3;
  place.hosts = 2;
  place.first = 2;
  place.count = 2;
  place.on_host = 3;
  place.port = 77;
  place.address_before = "fe80::1";
  return {hello(2, 4, "h"), place, Refusal{ExitCode::usage, "it is of another run"},
          LinkRequest{place.nonce, 7}, Linked{}};
}

TEST(Handshake, ReadsWhatItWrites) {
  for (const Message& message : one_of_each()) {
    const std::string bytes = encode(message);
    for (const std::size_t at_once : {1, 5, 1000}) {
      const auto again = read(bytes, at_once);
      ASSERT_TRUE(again.has_value());
      EXPECT_TRUE(*again == message) << message.index();
    }
    for (std::size_t size = 0; size < bytes.size(); ++size)
      EXPECT_FALSE(read(bytes.substr(0, size)).has_value());
  }
}

TEST(Handshake, RefusesWhatIsNoMessageAtOnce) {
  EXPECT_EQ(refusal("G").code, ExitCode::unavailable);
  EXPECT_EQ(refusal("SSH-2.0-OpenSSH").message, "what answers is no rank of an aiops run");
  EXPECT_EQ(refusal("aiopsrnX").code, ExitCode::unavailable);
  std::string long_one = encode(Linked{});
  long_one[12] = 1, long_one[13] = 4;  // 1025 bytes
  EXPECT_EQ(refusal(long_one).code, ExitCode::unavailable);
  std::string unknown = encode(Linked{});
  unknown[10] = 9;
  EXPECT_EQ(refusal(unknown).code, ExitCode::unavailable);
}

TEST(Handshake, TellsAnotherVersion) {
  std::string other = encode(one_of_each().front());
  other[8] = 7;
  EXPECT_EQ(refusal(other).code, ExitCode::usage);
  EXPECT_THAT(refusal(other).message, HasSubstr("it speaks version 7"));
  EXPECT_THAT(refusal(other).message, HasSubstr("this one 1"));
}

TEST(Handshake, RefusesNumbersThatMakeNoSense) {
  const auto is_refused = [](Message message) {
    return refusal(encode(message)).code == ExitCode::unavailable;
  };
  EXPECT_FALSE(is_refused(hello(5, 1, "h")));
  EXPECT_TRUE(is_refused(hello(5, 2, "h")));
  EXPECT_TRUE(is_refused(hello(0, 0, "h")));
  EXPECT_TRUE(is_refused(hello(0xFFFFFFFF, 1, "h")));
  Hello many = hello(0, 1, "h");
  many.ranks = 70000;
  EXPECT_TRUE(is_refused(many));
  Place place = std::get<Place>(one_of_each()[1]);
  place.group = 3;
  EXPECT_TRUE(is_refused(place));
  place.group = 1;
  place.port = 0;
  EXPECT_TRUE(is_refused(place));
  EXPECT_TRUE(is_refused(Refusal{ExitCode::usage, ""}));
}

TEST(Handshake, KeepsForeignWordsFromTheTerminal) {
  const auto message = read(encode(Refusal{ExitCode::usage, "\x1b[2J\n"}));
  EXPECT_EQ(std::get<Refusal>(*message).why, "\\x1b[2J\\x0a");
}

TEST(Seating, MakesGroupsOfRanksThatFollowEachOtherOnAHost) {
  const auto places = seat({{hello(0, 1, "a"), ""},
                            {hello(1, 1, "a"), "10.0.0.1"},
                            {hello(2, 1, "b"), "10.0.0.2"},
                            {hello(3, 1, "b"), "10.0.0.2"},
                            {hello(4, 1, "a"), "10.0.0.1"},
                            {hello(5, 1, "c"), "10.0.0.3"}},
                           draw_nonce());
  ASSERT_EQ(places.size(), 6u);
  const std::vector<std::array<std::uint32_t, 4>> expected{
      {0, 0, 2, 3}, {0, 0, 2, 3}, {1, 2, 2, 2}, {1, 2, 2, 2}, {2, 4, 1, 3}, {3, 5, 1, 1}};
  for (std::size_t i = 0; i < 6; ++i) {
    const Place& place = places[i];
    EXPECT_EQ((std::array{place.group, place.first, place.count, place.on_host}), expected[i]) << i;
    EXPECT_EQ(place.groups, 4u);
    EXPECT_EQ(place.hosts, 3u);
  }
  EXPECT_EQ(places[2].address_before, "");  // where rank 0 is, they know
  EXPECT_EQ(places[4].address_before, "10.0.0.2");
  EXPECT_EQ(places[4].port, 4002);
  EXPECT_EQ(places[4].first_before, 2u);
}

TEST(Seating, LeavesTogetherWhatOneProcessStandsFor) {
  const auto places = seat({{hello(0, 2, "a"), ""},
                            {hello(2, 2, "a"), "10.0.0.1"},
                            {hello(4, 1, "b"), "10.0.0.2"},
                            {hello(5, 1, "b"), "10.0.0.2"}},
                           draw_nonce());
  ASSERT_EQ(places.size(), 4u);
  EXPECT_EQ(places[0].count, 2u);
  EXPECT_EQ(places[1].group, 1u);
  EXPECT_EQ(places[1].on_host, 4u);
  EXPECT_EQ(places[3].group, 2u);
  EXPECT_EQ(places[3].first, 4u);
}

TEST(Seating, KnowsThisHostAgain) { EXPECT_EQ(mark_of_this_host(), mark_of_this_host()); }

}  // namespace
}  // namespace aiops::train
