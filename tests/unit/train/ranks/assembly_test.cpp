// SPDX-License-Identifier: Apache-2.0
// Processes of a run find each other on loopback, each a thread, with strangers at the door.
#include "train/ranks/assembly.hpp"

#include "base/time.hpp"
#include "ranks/patience.hpp"
#include "train/ranks/reception.hpp"

#include <gmock/gmock.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <latch>
#include <mutex>
#include <thread>

namespace aiops::train {
namespace {

using testing::HasSubstr;

// Keeps what was said.
class Listener final : public Status {
 public:
  void step(std::string_view) override {}
  void detail(std::string_view) override {}
  void debug(std::string_view) override {}
  void begin(std::string_view, std::uint64_t, Unit) override {}
  void advance(std::uint64_t) override {}
  void note(std::string_view) override {}
  void end() override {}
  void warn(std::string_view what) override {
    const std::lock_guard lock(mutex_);
    warnings_ += std::string(what) + "\n";
  }
  std::string warnings() const {
    const std::lock_guard lock(mutex_);
    return warnings_;
  }

 private:
  mutable std::mutex mutex_;
  std::string warnings_;
};

class AssemblyTest : public testing::Test {
 protected:
  // A port that was free a moment ago.
  static std::uint16_t free_port() {
    std::string why;
    const Fd socket = listen_at(addresses_of("127.0.0.1", 0, why).front());
    return local_end(socket.get()).port();
  }
  Party party(int first, int count = 1, int ranks = 3) const {
    return {.ranks = ranks,
            .first = first,
            .count = count,
            .address = "127.0.0.1",
            .port = port_,
            .run = "test",
            .configuration = "steps: 1",
            .seconds = kLong};
  }
  // A connection to rank 0's port, as soon as it listens.
  Fd knock() const {
    std::string why;
    const auto endpoint = addresses_of("127.0.0.1", port_, why).front();
    const Patience patience{monotonic_seconds() + kLong, stop_};
    for (;;) {
      Fd socket = connect_to(endpoint, patience, why);
      if (socket || patience.is_over()) return socket;
      ::usleep(1000);
    }
  }
  // A process that has come, and waits for its place. Who comes later is heard later.
  Fd seated(const Party& party) const {
    Fd socket = knock();
    EXPECT_TRUE(say(socket.get(), hello_of(party)));
    return socket;
  }
  Error error_of(const Party& party) {
    try {
      assemble(party, status_, stop_);
    } catch (const Error& error) {
      return error;
    }
    return Error(ExitCode::ok, "none");
  }

  std::uint16_t port_ = free_port();
  StopFlag stop_;
  Listener status_;
};

TEST_F(AssemblyTest, GivesEveryProcessItsPlace) {
  std::vector<Place> places(3);
  std::vector<std::thread> threads;
  for (int first : {2, 0, 1})
    threads.emplace_back([&, first] {
      places[static_cast<std::size_t>(first)] = assemble(party(first), status_, stop_).place;
    });
  for (auto& thread : threads) thread.join();
  for (const Place& place : places) EXPECT_EQ(place, places[0]);
  EXPECT_EQ(places[0].groups, 1u);
  EXPECT_EQ(places[0].count, 3u);  // all threads of one process are on one host
}

TEST_F(AssemblyTest, LinksGroupsThatTheirProcessesStandFor) {
  std::vector<std::thread> threads;
  std::latch all_have_heard(3);
  for (int first : {0, 2, 4})
    threads.emplace_back([&, first] {
      Assembly assembly = assemble(party(first, 2, 6), status_, stop_);
      EXPECT_EQ(assembly.place.group, static_cast<std::uint32_t>(first / 2));
      Neighbours links = link_groups(assembly, kLong, stop_);
      EXPECT_EQ(links.before != nullptr, first > 0);
      EXPECT_EQ(links.after != nullptr, first < 4);
      std::array<std::byte, 1> said{std::byte(first)}, heard{};
      if (links.after) links.after->send(said);
      if (links.before) links.before->receive(heard);
      const auto is_done = [&] {
        return (!links.after || links.after->sent() == 1) &&
               (!links.before || links.before->received() == 1);
      };
      const Patience patience{monotonic_seconds() + kLong, stop_};
      while (!is_done() && !patience.is_over()) {
        if (links.after) links.after->progress();
        if (links.before) links.before->progress();
        ::usleep(1000);
      }
      EXPECT_TRUE(is_done());
      if (links.before) {
        EXPECT_EQ(heard[0], std::byte(first - 2));
      }
      all_have_heard.arrive_and_wait();  // nobody leaves before
    });
  for (auto& thread : threads) thread.join();
}

TEST_F(AssemblyTest, RefusesRanksOfOtherRunsAndGoesOn) {
  std::jthread host([&] { EXPECT_EQ(assemble(party(0), status_, stop_).place.count, 3u); });
  Party other = party(1);
  other.configuration = "steps: 2";
  EXPECT_EQ(error_of(other).code, ExitCode::usage);
  EXPECT_THAT(error_of(other).message, HasSubstr("refused by rank 0 at 127.0.0.1:"));
  EXPECT_THAT(error_of(other).message, HasSubstr(": it has another configuration"));
  other = party(1);
  other.run = "another";
  EXPECT_THAT(error_of(other).message, HasSubstr(": it is of another run"));
  EXPECT_THAT(error_of(party(1, 1, 4)).message, HasSubstr(": it counts 4 ranks, not 3"));
  EXPECT_THAT(error_of(party(0, 1, 3)).message, HasSubstr("is taken by another process"));
  {
    const Fd first = seated(party(1));
    EXPECT_THAT(error_of(party(1)).message, HasSubstr(": rank 1 is here already"));
  }
  std::jthread one([&] { assemble(party(1), status_, stop_); });
  assemble(party(2), status_, stop_);
  one.join();
  host.join();
  EXPECT_THAT(status_.warnings(), HasSubstr("refused rank 1 from 127.0.0.1: it is of another run"));
}

TEST_F(AssemblyTest, NeitherHangsNorFailsByStrangers) {
  std::jthread host([&] {
    Assembly assembly = assemble(party(0, 1, 2), status_, stop_);
    EXPECT_EQ(assembly.place.count, 2u);
  });
  std::vector<Fd> silent;
  for (int i = 0; i < 300; ++i) silent.push_back(knock());  // more than have a place
  for (const std::string_view words : {"GET / HTTP/1.0\r\n\r\n", "aiopsrnk", "\0\0\0\0"}) {
    const Fd stranger = knock();
    ::send(stranger.get(), words.data(), words.size(), MSG_NOSIGNAL);
    silent.push_back(knock());
  }
  { const Fd scanner = knock(); }
  const std::string other = [] {
    std::string bytes = encode(Linked{});
    bytes[8] = 9;
    return bytes;
  }();
  const Fd newer = knock();
  ::send(newer.get(), other.data(), other.size(), MSG_NOSIGNAL);
  const auto answer = hear(newer.get(), {monotonic_seconds() + kLong, stop_});
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(std::get<Refusal>(*answer).why, "it is of another version of aiops");
  assemble(party(1, 1, 2), status_, stop_);
  host.join();
}

TEST_F(AssemblyTest, KeepsNoSeatForOneWhoLeft) {
  std::jthread host([&] { EXPECT_EQ(assemble(party(0), status_, stop_).place.count, 3u); });
  { const Fd early = seated(party(1)); }
  std::jthread one([&] { assemble(party(1), status_, stop_); });
  assemble(party(2), status_, stop_);
}

TEST_F(AssemblyTest, DoesNotWaitForever) {
  Party alone = party(0);
  alone.seconds = 0.2;
  Error error = error_of(alone);
  EXPECT_EQ(error.code, ExitCode::unavailable);
  EXPECT_THAT(error.message, HasSubstr("rank 1 of 3 did not come to 127.0.0.1:"));
  Party lost = party(2);
  lost.seconds = 0.2;
  error = error_of(lost);
  EXPECT_EQ(error.code, ExitCode::unavailable);
  EXPECT_THAT(error.message, HasSubstr("no answer from rank 0 at 127.0.0.1:"));
  EXPECT_THAT(error.message, HasSubstr(": Connection refused"));
  lost.address = "no-such-host.invalid";
  EXPECT_THAT(error_of(lost).message, HasSubstr("no-such-host.invalid"));
}

TEST_F(AssemblyTest, EndsWhenItIsToldToStop) {
  stop_.request(SIGTERM);
  EXPECT_EQ(error_of(party(0)).code, ExitCode::terminated);
  EXPECT_EQ(error_of(party(1)).code, ExitCode::terminated);
}

TEST_F(AssemblyTest, SaysWhatAnswersInRankZerosPlace) {
  std::string why;
  const Fd listening = listen_at(addresses_of("127.0.0.1", port_, why).front());
  std::jthread server([&] {
    const Patience patience{monotonic_seconds() + kLong, stop_};
    while (!patience.is_over() && !patience.ready(listening.get(), POLLIN)) continue;
    const Fd guest = accept_from(listening.get());
    ::send(guest.get(), "220 ready\r\n", 11, MSG_NOSIGNAL);
    std::array<char, 256> hello{};
    while (::recv(guest.get(), hello.data(), hello.size(), 0) > 0) continue;  // until it has heard
  });
  const Error error = error_of(party(1));
  server.join();
  EXPECT_EQ(error.code, ExitCode::unavailable);
  EXPECT_THAT(error.message, HasSubstr("is no rank of an aiops run"));
}

}  // namespace
}  // namespace aiops::train
