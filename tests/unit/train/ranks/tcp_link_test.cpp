// SPDX-License-Identifier: Apache-2.0
#include "train/ranks/tcp_link.hpp"

#include "ranks/patience.hpp"
#include "train/ranks/bytes.hpp"

#include <gmock/gmock.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <thread>

namespace aiops::train {
namespace {

using testing::HasSubstr;

// A link, and the other end of its socket for the test to play with.
class TcpLinkTest : public testing::Test {
 protected:
  TcpLinkTest() {
    int ends[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    link_ = std::make_unique<TcpLink>(Fd(ends[0]), "rank 1 at 10.0.0.2", kLong);
    peer_ = Fd(ends[1]);
  }
  void say(std::string_view bytes) const {
    EXPECT_EQ(::send(peer_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
  }
  std::string hear(std::size_t size) const {
    std::string bytes(size, '\0');
    bytes.resize(static_cast<std::size_t>(::recv(peer_.get(), bytes.data(), size, MSG_WAITALL)));
    return bytes;
  }
  static std::string frame(FrameKind kind, std::string_view payload, std::uint64_t number = 0) {
    return encode(FrameHeader{kind, static_cast<std::uint32_t>(payload.size()), number}) +
           std::string(payload);
  }
  // How the link ends while it waits for a message of `size` bytes.
  Failure end_of(std::size_t size = 4) {
    std::vector<std::byte> place(size);
    link_->receive(place);
    try {
      for (int i = 0; i < 100 && link_->received() == 0; ++i) link_->progress();
    } catch (const LinkEnd& end) {
      return end.failure;
    }
    return {-1, Error(ExitCode::ok, "no end")};
  }

  std::unique_ptr<TcpLink> link_;
  Fd peer_;
};

// How it ends while it waits for something else than a message.
TEST_F(TcpLinkTest, HearsOfAnEndThatNoMessageIsExpectedWith) {
  link_->listen();  // nothing was said
  const Failure failure{2, Error(ExitCode::failed, "the disk is full")};
  say(frame(FrameKind::failure, encode(failure)));
  try {
    link_->listen();
    ADD_FAILURE();
  } catch (const LinkEnd& end) {
    EXPECT_EQ(end.failure.rank, 2);
    EXPECT_EQ(end.failure.error.message, "the disk is full");
  }
}

TEST_F(TcpLinkTest, ListeningLeavesAMessageThatComesEarly) {
  say(frame(FrameKind::message, "abc"));
  link_->listen();
  std::array<std::byte, 3> place{};
  link_->receive(place);
  link_->listen();
  while (link_->progress()) {
  }
  EXPECT_EQ(text_of(place), "abc");
}

TEST_F(TcpLinkTest, ListeningNoticesThatTheOtherSideIsGone) {
  peer_.reset();
  EXPECT_THROW(link_->listen(), LinkEnd);
}

TEST_F(TcpLinkTest, CarriesMessagesThatComeInPieces) {
  std::array<std::byte, 3> place{};
  link_->receive(place);
  for (const char c : frame(FrameKind::message, "abc")) {
    EXPECT_EQ(link_->received(), 0u);
    say(std::string_view(&c, 1));
    EXPECT_TRUE(link_->progress());
    EXPECT_FALSE(link_->progress());
  }
  EXPECT_EQ(link_->received(), 1u);
  EXPECT_EQ(text_of(place), "abc");
  link_->receive(std::span(place).first(0));
  say(frame(FrameKind::message, "", 1));
  link_->progress();
  EXPECT_EQ(link_->received(), 2u);
}

TEST_F(TcpLinkTest, SendsMessagesInTheirOrder) {
  link_->send(std::as_bytes(std::span("one", 3)));
  link_->send(std::as_bytes(std::span("two", 3)));
  link_->progress();
  EXPECT_EQ(link_->sent(), 2u);
  EXPECT_EQ(hear(38), frame(FrameKind::message, "one", 0) + frame(FrameKind::message, "two", 1));
}

TEST_F(TcpLinkTest, DoesNotWaitForOneWhoReadsNothing) {
  const std::vector<std::byte> much(kMostMessage);
  for (int i = 0; i < 40; ++i) link_->send(much);
  link_->progress();
  EXPECT_LT(link_->sent(), 40u);
  EXPECT_FALSE(link_->progress());
  link_->check_alive();
}

TEST_F(TcpLinkTest, EndsWhenTheOtherSideHangsUp) {
  peer_.reset();
  const Failure failure = end_of();
  EXPECT_EQ(failure.error.code, ExitCode::failed);
  EXPECT_EQ(failure.error.message, "rank 1 at 10.0.0.2 has gone without a word");
  EXPECT_THAT(failure.error.mend, HasSubstr("go on from the last checkpoint"));
}

TEST_F(TcpLinkTest, EndsInTheMiddleOfAMessage) {
  say(frame(FrameKind::message, "abcd").substr(0, 18));
  peer_.reset();
  EXPECT_THAT(end_of().error.message, HasSubstr("has gone without a word"));
}

TEST_F(TcpLinkTest, TellsWhatTheOtherSideFailedBy) {
  const Failure why{3, Error(ExitCode::denied, "cannot read \x1b[31mx", "chmod")};
  say(frame(FrameKind::failure, encode(why)));
  const Failure failure = end_of();
  EXPECT_EQ(failure.rank, 3);
  EXPECT_EQ(failure.error.code, ExitCode::denied);
  EXPECT_EQ(failure.error.message, "cannot read \\x1b[31mx");
  EXPECT_EQ(failure.error.mend, "chmod");
}

TEST_F(TcpLinkTest, FindsLastWordsBehindWhatItNoLongerReads) {
  say(frame(FrameKind::message, std::string(100'000, 'x')));
  say(frame(FrameKind::failure, encode(Failure{2, Error(ExitCode::usage, "a reason")})));
  peer_.reset();
  link_->send(std::as_bytes(std::span("abc", 3)));
  try {
    link_->progress();
    FAIL() << "sent to nobody";
  } catch (const LinkEnd& end) {
    EXPECT_EQ(end.failure.rank, 2);
    EXPECT_EQ(end.failure.error.message, "a reason");
  }
}

TEST_F(TcpLinkTest, RefusesWhatIsNoFrame) {
  say("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(end_of().error.message, HasSubstr("sends bytes that are no frame"));
}

TEST_F(TcpLinkTest, RefusesFramesThatAreTooLong) {
  say(encode(FrameHeader{FrameKind::message, kMostMessage + 1, 0}));
  EXPECT_THAT(end_of().error.message, HasSubstr("sends bytes that are no frame"));
}

TEST_F(TcpLinkTest, RefusesFailuresThatCannotBeRead) {
  say(frame(FrameKind::failure, "nonsense"));
  EXPECT_THAT(end_of().error.message, HasSubstr("has failed, and its words cannot be read"));
}

TEST_F(TcpLinkTest, NoticesNeighboursThatLostStep) {
  say(frame(FrameKind::message, "abcde"));
  EXPECT_THAT(end_of().error.message,
              HasSubstr("sends message 0 of 5 bytes, where message 0 of 4 bytes should follow"));
}

TEST_F(TcpLinkTest, SaysWhyItEndsBehindTheMessageThatHasBegun) {
  const std::vector<std::byte> much(kMostMessage);
  for (int i = 0; i < 4; ++i) link_->send(much);
  link_->progress();
  ASSERT_LT(link_->sent(), 4u);
  std::string heard;
  std::thread reader([&] {
    for (;;) {
      const std::string more = hear(4096);
      if (more.empty()) return peer_.reset();
      heard += more;
    }
  });
  link_->end({1, Error(ExitCode::failed, "the disk is full")});
  reader.join();
  const std::string last =
      frame(FrameKind::failure, encode(Failure{1, Error(ExitCode::failed, "the disk is full")}));
  EXPECT_TRUE(heard.ends_with(last));
  EXPECT_EQ((heard.size() - last.size()) % (kMostMessage + kFrameHeader), 0u);
}

}  // namespace
}  // namespace aiops::train
