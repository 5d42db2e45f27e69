// SPDX-License-Identifier: Apache-2.0
#include "train/ranks/crew.hpp"

#include "ranks/sums.hpp"
#include "train/ranks/shared_header.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
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
      Crew crew(region, rank);
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
  as_ranks(ranks, [&, count = ranks, parts = sizes](Crew& crew) {
    for (int again = 0; again < 2; ++again) {
      std::vector<std::vector<float>> arrays;
      std::vector<std::span<float>> spans;
      std::size_t i = 0;
      for (const std::size_t size : parts) {
        auto& array = arrays.emplace_back(size);
        for (float& value : array) value = value_of(i++, crew.rank());
      }
      for (auto& array : arrays) spans.emplace_back(array);
      crew.sum(spans);
      i = 0;
      std::size_t wrong = 0;
      for (const auto& array : arrays)
        for (const float value : array) {
          float expected = value_of(i, 0);
          for (int rank = 1; rank < count; ++rank) expected += value_of(i, rank);
          wrong += std::memcmp(&value, &expected, sizeof value) != 0;
          ++i;
        }
      EXPECT_EQ(wrong, 0u);
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

TEST(Crew, ARankThatIsKilledEndsTheOthers) {
  const auto region = std::make_shared<SharedRegion>(2);
  const pid_t child = ::fork();
  if (child == 0) {
    Crew crew(region, 1);
    crew.barrier();
    ::raise(SIGKILL);
  }
  Crew crew(region, 0);
  crew.barrier();
  std::vector<float> values(3 * kChunk);
  const std::array<std::span<float>, 1> parts{values};
  const Error error = error_of([&] { crew.sum(parts); });
  EXPECT_EQ(error.code, ExitCode::failed);
  EXPECT_EQ(error.message, "rank 1 has gone without a word");
  EXPECT_FALSE(region->failure());  // whoever started it knows better what became of it
  ::waitpid(child, nullptr, 0);
}

TEST(Crew, DoesNotWaitForeverForOneThatNeverComes) {
  const auto region = std::make_shared<SharedRegion>(2);
  EXPECT_THAT(error_of([&] { Crew(region, 0, 0.02); }).message,
              HasSubstr("rank 1 did not come within"));
  region->fail(1, Error(ExitCode::usage, "no such file"));
  EXPECT_EQ(error_of([&] { Crew(region, 0, 5); }).message, "rank 1: no such file");
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
