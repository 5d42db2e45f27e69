// SPDX-License-Identifier: Apache-2.0
// Ranks on several hosts, each a thread; the hosts are groups that share a memory each, and
// sockets are the network between them.
#include "ranks/patience.hpp"
#include "ranks/sums.hpp"
#include "train/ranks/crew.hpp"
#include "train/ranks/shared_header.hpp"
#include "train/ranks/tcp_link.hpp"

#include <gmock/gmock.h>
#include <sys/socket.h>

#include <cstring>
#include <functional>
#include <numeric>
#include <thread>

namespace aiops::train {
namespace {

using testing::HasSubstr;

std::pair<Fd, Fd> connected() {
  int ends[2];
  EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  return {Fd(ends[0]), Fd(ends[1])};
}

// Runs `work` as every rank of hosts with so many ranks each.
void on_hosts(const std::vector<int>& hosts, const std::function<void(Crew&)>& work) {
  const int ranks = std::accumulate(hosts.begin(), hosts.end(), 0);
  std::vector<Neighbours> links(hosts.size());
  for (std::size_t host = 1; host < hosts.size(); ++host) {
    auto [one, other] = connected();
    links[host - 1].after = std::make_unique<TcpLink>(std::move(one), "the host after", kLong);
    links[host].before = std::make_unique<TcpLink>(std::move(other), "the host before", kLong);
  }
  std::vector<std::thread> threads;
  int first = 0;
  for (std::size_t host = 0; host < hosts.size(); first += hosts[host++]) {
    const auto region =
        std::make_shared<SharedRegion>(hosts[host], SharedRegion::Reach::many_hosts);
    for (int index = 0; index < hosts[host]; ++index)
      threads.emplace_back([&, host, index, first, region] {
        Crew crew(region, index, first, ranks, kLong);
        if (crew.is_first_here()) crew.connect({host, hosts.size()}, std::move(links[host]));
        crew.open();
        work(crew);
      });
  }
  for (auto& thread : threads) thread.join();
}

class Chains : public testing::TestWithParam<std::vector<int>> {};

TEST_P(Chains, AddInTheOrderOfTheRanksHoweverTheyLie) {
  // In the longest chain, more chunks than a host may be ahead of its results.
  const std::size_t chunks = GetParam().size() > 4 ? kMostAhead + 9 : 7;
  const std::vector<std::size_t> sizes{3, kChunk * 3 + 17, 0, kChunk * (chunks - 4)};
  on_hosts(GetParam(), [&](Crew& crew) {
    Arrays arrays(crew, sizes);
    for (int again = 0; again < 2; ++again) {
      arrays.fill(crew.rank());
      crew.sum(arrays.parts());
      EXPECT_EQ(arrays.wrong(), 0u);
      std::array<double, 2> few{0.1 * crew.rank(), crew.rank() == 1 ? 1e17 : -1e17};
      std::array<double, 2> expected{};
      for (int rank = 1; rank < crew.size(); ++rank) expected[0] += 0.1 * rank;
      expected[1] = -1e17;
      for (int rank = 1; rank < crew.size(); ++rank) expected[1] += rank == 1 ? 1e17 : -1e17;
      crew.sum(few);
      EXPECT_EQ(few, expected);
    }
  });
}

INSTANTIATE_TEST_SUITE_P(Layouts, Chains,
                         testing::Values(std::vector{2, 2}, std::vector{1, 1}, std::vector{3, 1},
                                         std::vector{1, 2, 1}, std::vector{1, 1, 1, 1, 1, 1}));

TEST(Chain, BroadcastsTheFirstRanksBytesAndAgrees) {
  on_hosts({1, 2, 1}, [](Crew& crew) {
    std::vector<std::byte> bytes(kChunk * sizeof(float) * 2 + 3, std::byte{9});
    if (crew.leads()) std::ranges::fill(bytes, std::byte{7});
    crew.broadcast(bytes);
    EXPECT_EQ(std::ranges::count(bytes, std::byte{7}), static_cast<std::ptrdiff_t>(bytes.size()));
    for (int i = 0; i < 20; ++i) EXPECT_EQ(any(crew, crew.rank() == i % 5), i % 5 < 4);
    crew.barrier();
  });
}

TEST(Chain, OneThatFailsEndsTheRanksOfAllHostsWithItsWords) {
  for (const int failing : {0, 1, 2, 3, 4})
    on_hosts({1, 2, 2}, [failing](Crew& crew) {
      crew.barrier();
      const Error why(ExitCode::denied, "cannot read x", "chmod");
      if (crew.rank() == failing) return crew.abort(why);
      const Error error = error_of([&] {
        const Arrays arrays(crew, {3 * kChunk});
        crew.sum(arrays.parts());
      });
      EXPECT_EQ(error.code, ExitCode::denied) << crew.rank();
      const std::string prefix = failing > 0 ? "rank " + std::to_string(failing) + ": " : "";
      EXPECT_EQ(error.message, prefix + "cannot read x");
      EXPECT_EQ(error.mend, "chmod");
      crew.abort(Error(ExitCode::failed, "an echo"));  // changes nothing
    });
}

// No message is under way that could carry it.
TEST(Chain, OneThatFailsIsHeardOfByLooking) {
  for (const int failing : {0, 1, 4})
    on_hosts({1, 2, 2}, [failing](Crew& crew) {
      crew.barrier();
      if (crew.rank() == failing) return crew.abort(Error(ExitCode::denied, "cannot read x"));
      const Error error = error_of([&] {
        for (;;) {
          crew.check();
          std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
      });
      EXPECT_EQ(error.code, ExitCode::denied) << crew.rank();
      EXPECT_THAT(error.message, HasSubstr("cannot read x"));
    });
}

TEST(Chain, AHostThatGoesWithoutAWordEndsTheOthers) {
  on_hosts({2, 1, 1}, [](Crew& crew) {
    crew.barrier();
    if (crew.rank() == 2) return;  // its links close
    const Error error = error_of([&] { crew.barrier(); });
    EXPECT_EQ(error.code, ExitCode::failed);
    EXPECT_EQ(error.message, crew.rank() == 3 ? "the host before has gone without a word"
                                              : "the host after has gone without a word");
  });
}

}  // namespace
}  // namespace aiops::train
