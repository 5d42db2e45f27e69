// SPDX-License-Identifier: Apache-2.0
#include "train/ranks/crew.hpp"

#include "ranks/patience.hpp"
#include "ranks/sums.hpp"
#include "train/ranks/shared_header.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <functional>
#include <thread>

namespace aiops::train {
namespace {

using testing::HasSubstr;

// Runs `work` as every rank, each in a thread.
void as_ranks(int ranks, const std::function<void(Crew&)>& work) {
  const auto region = std::make_shared<SharedRegion>(ranks);
  std::vector<std::thread> threads;
  for (int rank = 0; rank < ranks; ++rank)
    threads.emplace_back([&, rank] {
      Crew crew(region, rank, kLong);
      work(crew);
    });
  for (auto& thread : threads) thread.join();
}

struct Case {
  int ranks;
  std::vector<std::size_t> parts;
};

class Sums : public testing::TestWithParam<Case> {};

TEST_P(Sums, AreAddedInTheOrderOfTheRanks) {
  const auto& [ranks, sizes] = GetParam();
  as_ranks(ranks, [sizes = sizes](Crew& crew) {
    Arrays first(crew, sizes), second(crew, sizes);
    for (Arrays* arrays : {&first, &second, &first}) {
      arrays->fill(crew.rank());
      crew.sum(arrays->parts());
      EXPECT_EQ(arrays->wrong(), 0u);
      crew.barrier();  // the others have looked before anything is written again
    }
  });
}

INSTANTIATE_TEST_SUITE_P(Shapes, Sums,
                         testing::Values(Case{1, {5, kChunk}}, Case{2, {}}, Case{2, {0}},
                                         Case{2, {1}}, Case{2, {7, 0, 3}}, Case{2, {kChunk}},
                                         Case{2, {kChunk + 1, 5}}, Case{3, {3 * kChunk - 1}},
                                         Case{3, {2, kChunk * 2, 1, kChunk * 2 + 17}},
                                         Case{5, {3}}));

TEST(Crew, SumsFewValuesAndAgrees) {
  as_ranks(3, [](Crew& crew) {
    for (int i = 0; i < 50; ++i) {
      std::array<double, 2> values{1.0 + crew.rank(), 0.1 * i};
      crew.sum(values);
      EXPECT_EQ(values[0], 6);
      EXPECT_EQ(values[1], 0.1 * i + 0.1 * i + 0.1 * i);
      EXPECT_EQ(any(crew, crew.rank() == i % 4), i % 4 < 3);
    }
  });
}

// More of them than one call sums.
TEST(Crew, TellsAllWhatEachSays) {
  as_ranks(18, [](Crew& crew) {
    const std::vector<double> all = of_all(crew, 2.0 * crew.rank());
    ASSERT_EQ(all.size(), 18u);
    for (std::size_t rank = 0; rank < all.size(); ++rank)
      EXPECT_EQ(all[rank], 2.0 * static_cast<double>(rank));
  });
}

TEST(Crew, BroadcastsTheFirstRanksBytes) {
  as_ranks(3, [](Crew& crew) {
    std::vector<std::byte> bytes(kChunk * sizeof(float) * 2 + 3, std::byte{9});
    if (crew.leads()) std::ranges::fill(bytes, std::byte{7});
    crew.broadcast(bytes);
    EXPECT_EQ(std::ranges::count(bytes, std::byte{7}), static_cast<std::ptrdiff_t>(bytes.size()));
  });
}

TEST(Crew, OneThatFailsEndsTheOthersWithItsWords) {
  as_ranks(3, [](Crew& crew) {
    crew.barrier();
    if (crew.rank() == 2) return crew.abort(Error(ExitCode::denied, "cannot read x", "chmod"));
    const Error error = error_of([&] { crew.barrier(); });
    EXPECT_EQ(error.code, ExitCode::denied);
    EXPECT_EQ(error.message, "rank 2: cannot read x");
    EXPECT_EQ(error.mend, "chmod");
    crew.abort(Error(ExitCode::failed, "an echo"));  // changes nothing
    EXPECT_EQ(error_of([&] { crew.barrier(); }).message, "rank 2: cannot read x");
  });
}

// How a rank hears of the end of another while it waits for something else.
Error heard_by_looking(Crew& crew) {
  return error_of([&] {
    for (;;) {
      crew.check();
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  });
}

TEST(Crew, ALookHearsOfAFailureAndWaitsForNobody) {
  as_ranks(2, [](Crew& crew) {
    crew.check();
    crew.barrier();
    if (crew.rank() == 1) return crew.abort(Error(ExitCode::denied, "cannot read x"));
    EXPECT_EQ(heard_by_looking(crew).message, "rank 1: cannot read x");
  });
}

TEST(Crew, ALookNoticesARankThatIsKilled) {
  const auto region = std::make_shared<SharedRegion>(2);
  const pid_t child = ::fork();
  if (child == 0) {
    const Crew crew(region, 1, kLong);
    ::raise(SIGKILL);
  }
  Crew crew(region, 0, kLong);
  EXPECT_EQ(heard_by_looking(crew).message, "rank 1 has gone without a word");
  ::waitpid(child, nullptr, 0);
}

TEST(Crew, ARankThatIsKilledEndsTheOthers) {
  const auto region = std::make_shared<SharedRegion>(2);
  const pid_t child = ::fork();
  if (child == 0) {
    Crew crew(region, 1, kLong);
    const Arrays arrays(crew, {3 * kChunk});
    ::raise(SIGKILL);
  }
  Crew crew(region, 0, kLong);
  const Arrays arrays(crew, {3 * kChunk});
  const Error error = error_of([&] { crew.sum(arrays.parts()); });
  EXPECT_EQ(error.code, ExitCode::failed);
  EXPECT_EQ(error.message, "rank 1 has gone without a word");
  EXPECT_FALSE(region->failure());  // whoever started it knows better what became of it
  ::waitpid(child, nullptr, 0);
}

// A process, and not a thread: what it maps is its own.
TEST(Crew, SumsWhatLiesInTheMemoryOfOtherProcesses) {
  const auto region = std::make_shared<SharedRegion>(2);
  const auto wrong_as = [&](int rank) {
    Crew crew(region, rank, kLong);
    Arrays arrays(crew, {kChunk * 20 + 3, 0, 7});
    std::size_t wrong = 0;
    for (int again = 0; again < 3; ++again) {
      arrays.fill(crew.rank());
      crew.sum(arrays.parts());
      wrong += arrays.wrong();
      crew.barrier();
    }
    return wrong;
  };
  const pid_t child = ::fork();
  if (child == 0) ::_exit(wrong_as(1) == 0 ? 0 : 1);
  EXPECT_EQ(wrong_as(0), 0u);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

TEST(Crew, SharesZerosOfWhichOthersSeeWhatOneWrites) {
  as_ranks(3, [](Crew& crew) {
    EXPECT_EQ(crew.here(), 3);
    EXPECT_EQ(crew.shared_floats(0).size(), 0u);
    const kernels::Arena own = crew.shared_floats(5);
    EXPECT_EQ(std::ranges::count(own.span(), 0.0F), 5);
    own.data()[1] = static_cast<float>(1 + crew.rank());
    const std::array<std::span<float>, 1> second{own.span().subspan(1, 1)};
    crew.sum(second);
    EXPECT_EQ(own.data()[1], 6);
    EXPECT_EQ(own.data()[2], 0);
  });
}

TEST(Crew, SaysThatThereIsNoMemoryToShare) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::signal(SIGXFSZ, SIG_IGN);
    Crew crew(std::make_shared<SharedRegion>(1), 0);
    const rlimit most{8u << 20, 8u << 20};  // of a file, as this memory is one
    ::setrlimit(RLIMIT_FSIZE, &most);
    const Error error = error_of([&] { crew.shared_floats(4u << 20); });
    ::_exit(
        error.code == ExitCode::failed &&
                error.message.starts_with("no memory for arrays of 16.0 MiB that 1 ranks share:")
            ? 0
            : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

TEST(Crew, DoesNotWaitForeverForOneThatNeverComes) {
  const auto region = std::make_shared<SharedRegion>(2);
  EXPECT_THAT(error_of([&] { Crew(region, 0, 0.02); }).message,
              HasSubstr("rank 1 did not come within"));
  region->fail(1, Error(ExitCode::usage, "no such file"));
  EXPECT_EQ(error_of([&] { Crew(region, 0, kLong); }).message, "rank 1: no such file");
}

TEST(SharedRegion, RefusesMemoryOfSomethingElse) {
  const SharedRegion made(2);
  EXPECT_NO_THROW(SharedRegion(Fd(::dup(made.descriptor())), 2));
  EXPECT_THROW(SharedRegion(Fd(::dup(made.descriptor())), 3), Error);
  EXPECT_THROW(SharedRegion(Fd(::open("/dev/null", O_RDWR | O_CLOEXEC)), 2), Error);
  EXPECT_THROW(SharedRegion(SharedRegion::kMostRanks + 1), Error);
  EXPECT_NE(::ftruncate(made.descriptor(), 0), 0);
}

TEST(SharedRegion, CutsLongWords) {
  SharedRegion region(1);
  region.fail(0, Error(ExitCode::failed, std::string(5000, 'x')));
  EXPECT_EQ(region.failure()->error.message, std::string(1023, 'x'));
}

}  // namespace
}  // namespace aiops::train
