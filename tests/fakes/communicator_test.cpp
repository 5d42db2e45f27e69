// SPDX-License-Identifier: Apache-2.0
// Sums over ranks with a device each, which are threads here, through the interface and the
// stand-in of NCCL; and that the stand-in catches what it is there for.
#include "kernels/device/communicator.hpp"

#include "base/error.hpp"
#include "kernels/cuda/plugin/communicator.hpp"
#include "tests/fakes/fixture.hpp"

#include <nccl.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <functional>
#include <optional>
#include <thread>

namespace aiops::fakes {
namespace {

using device::Communicator;
using device::Determinism;
using device::Device;
using device::Memory;
using device::Stream;
using testing::Contains;
using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// Terms of which no two orders of addition have the same sum, in most places.
float term(int rank, std::size_t i) {
  return std::ldexp(1.0F + 0.37F * static_cast<float>((i * 7 + 3) % 11), (rank * 5 + 2) % 13);
}

float sum_of(std::vector<int> order, std::size_t i) {
  float sum = term(order.front(), i);
  for (std::size_t k = 1; k < order.size(); ++k) sum += term(order[k], i);
  return sum;
}

std::vector<int> upwards(int ranks) {
  std::vector<int> order(static_cast<std::size_t>(ranks));
  for (int rank = 0; rank < ranks; ++rank) order[static_cast<std::size_t>(rank)] = rank;
  return order;
}

// One rank with what it sums.
struct Rank {
  Rank(int own, int all, std::size_t count, Determinism determinism)
      : rank(own),
        ranks(all),
        floats(count),
        gpu(std::make_shared<const Device>(OnFakes::open_plugin(), own, determinism)),
        stream(*gpu),
        values(*gpu, std::max<std::size_t>(count, 1) * sizeof(float)),
        seen(*gpu, std::max<std::size_t>(count, 1) * sizeof(float), Memory::Place::pinned) {}

  void join(const Communicator::Id& id, const device::Watch& watch) {
    others = watch;
    circle.emplace(gpu, ranks, rank, id, watch);
  }
  void fill() {
    for (std::size_t i = 0; i < floats; ++i) seen.span<float>()[i] = term(rank, i);
    stream.upload(values.data(), seen, floats * sizeof(float));
  }
  void sum() { sum(others); }
  void sum(const device::Watch& watch) {
    if (!scratch) scratch.emplace(*gpu, std::max<std::uint64_t>(circle->workspace(floats), 1));
    circle->sum(stream, values.as<float>(), floats, *scratch, watch);
    stream.download(seen, values.data(), floats * sizeof(float));
    circle->wait(stream, watch);
  }

  int rank, ranks;
  std::size_t floats;
  std::shared_ptr<const Device> gpu;
  Stream stream;
  Memory values, seen;
  device::Watch others;
  std::optional<Memory> scratch;
  std::optional<Communicator> circle;
};

class OnSeveral : public OnFakes {
 protected:
  void SetUp() override { set_devices(8); }
  void TearDown() override {
    set_devices(1);
    OnFakes::TearDown();
  }

  Communicator::Id make_id() const { return Communicator::make_id(gpu); }

  // `work` as every rank, each in a thread. What they throw.
  std::vector<std::string> as_ranks(int ranks, std::size_t count, Determinism determinism,
                                    const std::function<void(Rank&)>& work) {
    std::vector<std::string> thrown(static_cast<std::size_t>(ranks));
    std::vector<std::thread> threads;
    const Communicator::Id id = make_id();
    std::atomic<bool> has_failed = false;
    const auto watch = [&] {
      if (has_failed) throw Error(ExitCode::failed, "another rank has failed");
    };
    for (int own = 0; own < ranks; ++own)
      threads.emplace_back([&, own] {
        try {
          Rank rank(own, ranks, count, determinism);
          rank.join(id, watch);
          work(rank);
        } catch (const Error& error) {
          has_failed = true;
          thrown[static_cast<std::size_t>(own)] = error.message;
        }
      });
    for (std::thread& thread : threads) thread.join();
    return thrown;
  }
};

TEST_F(OnSeveral, TheLibraryAndTheDeviceAreNamed) {
  const auto facts = Communicator::describe(gpu);
  EXPECT_EQ(facts.library, "NCCL 2.28.9");
  EXPECT_EQ(facts.pci, "0000:01:00.0");
}

// Wherever slices end, also where a rank has none.
TEST_F(OnSeveral, SumsAreAddedInTheOrderOfTheRanksWhereThatIsAskedFor) {
  for (const int ranks : {1, 2, 3, 4})
    for (const std::size_t count : {0, 1, 4, 7, 8, 15, 1000}) {
      const auto thrown = as_ranks(ranks, count, Determinism::on, [&](Rank& rank) {
        for (int i = 0; i < 2; ++i) {
          rank.fill();
          rank.sum();
          const auto sums = rank.seen.span<float>();
          for (std::size_t k = 0; k < count; ++k)
            ASSERT_EQ(sums[k], sum_of(upwards(ranks), k)) << ranks << " ranks, " << k;
        }
        rank.circle->leave();
      });
      EXPECT_THAT(thrown, Each(IsEmpty()));
    }
}

// From within the plug-in, whose pieces are too large for a test.
TEST_F(OnSeveral, ASumOfSeveralPiecesIsThatOfOne) {
  constexpr std::size_t kCount = 45, kSmall = 16;
  const auto thrown = as_ranks(3, kCount, Determinism::on, [&](Rank& rank) {
    static const auto kId = make_id();
    ncclUniqueId id;
    std::ranges::copy(kId, id.internal);
    aiops_device own({.library_dirs = "",
                      .ordinal = rank.rank,
                      .deterministic = 1,
                      .kernels = AIOPS_BEST_KERNELS});
    const aiops_watch watch{};
    aiops_communicator circle(own, 3, rank.rank, id, watch);
    aiops_stream stream(own);
    const std::size_t floats = kernels::cuda::scratch_in_order(3, kCount, kSmall);
    EXPECT_EQ(floats, 24U);  // three slices of two packs
    const Memory scratch(*rank.gpu, floats * sizeof(float));
    rank.fill();
    rank.stream.synchronise();
    kernels::cuda::sum_in_order(circle, rank.values.as<float>(), kCount, scratch.as<float>(),
                                stream.stream, watch, kSmall);
    circle.wait_for(stream.stream, watch);
    rank.stream.download(rank.seen, rank.values.data(), kCount * sizeof(float));
    rank.stream.synchronise();
    for (std::size_t k = 0; k < kCount; ++k)
      EXPECT_EQ(rank.seen.span<float>()[k], sum_of(upwards(3), k)) << k;
    circle.leave();
    rank.circle->leave();
  });
  EXPECT_THAT(thrown, Each(IsEmpty()));
}

TEST_F(OnSeveral, ElseNcclAddsThemInAnOrderOfItsOwn) {
  constexpr std::size_t kCount = 1000;
  std::atomic<int> others = 0;
  const auto thrown = as_ranks(3, kCount, Determinism::off, [&](Rank& rank) {
    rank.fill();
    rank.sum();
    const auto sums = rank.seen.span<float>();
    for (std::size_t k = 0; k < kCount; ++k) {
      ASSERT_EQ(sums[k], sum_of({2, 1, 0}, k));
      others += sums[k] != sum_of(upwards(3), k) ? 1 : 0;
    }
    rank.circle->leave();
  });
  EXPECT_THAT(thrown, Each(IsEmpty()));
  EXPECT_GT(others.load(), 0) << "the terms do not tell one order from another";
}

TEST_F(OnSeveral, AnyOrderOfStreamsGivesTheSameSums) {
  for (const auto& one : kOrders) {
    set_order(one.order, one.seed);
    const auto thrown = as_ranks(2, 100, Determinism::on, [&](Rank& rank) {
      rank.fill();
      rank.sum();
      EXPECT_EQ(rank.seen.span<float>()[99], sum_of({0, 1}, 99)) << one.name;
      rank.circle->leave();
    });
    EXPECT_THAT(thrown, Each(IsEmpty()));
  }
}

// What is queued elsewhere is in no order with a sum, as with any other work.
TEST_F(OnSeveral, AMissingEventBeforeASumShows) {
  int wrong = 0;
  for (const auto& one : kOrders) {
    set_order(one.order, one.seed);
    std::atomic<int> off = 0;
    as_ranks(2, 8, Determinism::off, [&](Rank& rank) {
      rank.stream.fill(rank.values.data(), 0, 8 * sizeof(float));
      rank.stream.synchronise();
      Stream other(*rank.gpu);
      for (std::size_t i = 0; i < 8; ++i) rank.seen.span<float>()[i] = term(rank.rank, i);
      other.upload(rank.values.data(), rank.seen, 8 * sizeof(float));
      rank.sum();
      if (rank.seen.span<float>()[3] != sum_of({1, 0}, 3)) ++off;
      other.synchronise();
      rank.circle->leave();
    });
    wrong += off > 0 ? 1 : 0;
  }
  EXPECT_GT(wrong, 0);
}

TEST_F(OnSeveral, TwoRanksOnOneDeviceAreRefused) {
  set_devices(1);
  const Communicator::Id id = make_id();
  std::vector<std::string> thrown(2);
  std::vector<std::thread> threads;
  for (int own = 0; own < 2; ++own)
    threads.emplace_back([&, own] {
      try {
        const Communicator circle(std::make_shared<const Device>(open_plugin(), 0, Determinism::on),
                                  2, own, id, {});
      } catch (const Error& error) {
        thrown[static_cast<std::size_t>(own)] = error.message + "; " + error.mend;
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(thrown, Each(HasSubstr("Duplicate GPU detected")));
  EXPECT_THAT(thrown, Each(HasSubstr("all_reduce=host")));
}

// A watch that gives up after a few looks, as when a rank has died.
device::Watch gives_up() {
  return [looks = 0]() mutable {
    if (++looks > 20) throw Error(ExitCode::failed, "rank 1 has gone without a word");
  };
}

TEST_F(OnSeveral, ARankThatNeverComesIsNotWaitedForInVain) {
  try {
    const Communicator circle(std::make_shared<const Device>(open_plugin(), 0, Determinism::on), 2,
                              0, make_id(), gives_up());
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.message, "rank 1 has gone without a word");
  }
}

// The second rank leaves before the sum: the first gives up, and its device goes on.
TEST_F(OnSeveral, ASumWithoutARankEndsWhenItIsWatchedAndTheStreamGoesOn) {
  for (const Determinism determinism : {Determinism::on, Determinism::off}) {
    const auto thrown = as_ranks(2, 64, determinism, [&](Rank& rank) {
      if (rank.rank == 1) return;  // abandons it
      rank.fill();
      EXPECT_THROW(rank.sum(gives_up()), Error);
      rank.circle.reset();
      rank.stream.fill(rank.values.data(), 0, 64 * sizeof(float));
      rank.stream.download(rank.seen, rank.values.data(), 64 * sizeof(float));
      rank.stream.synchronise();
      EXPECT_THAT(rank.seen.span<float>(), Each(0.0F));
    });
    EXPECT_THAT(thrown, Each(IsEmpty()));
  }
}

TEST_F(OnSeveral, TooLittleScratchIsRefused) {
  const auto thrown = as_ranks(2, 64, Determinism::on, [&](Rank& rank) {
    const Memory little(*rank.gpu, 4);
    rank.circle->sum(rank.stream, rank.values.as<float>(), 64, little, {});
  });
  EXPECT_THAT(thrown, Contains(HasSubstr("too little workspace")));
}

// ---- the stand-in ------------------------------------------------------------------------------

// The library itself, between two ranks of this thread.
class Library : public OnSeveral {
 protected:
  static ncclResult_t state(ncclComm_t circle) {
    ncclResult_t state = ncclSuccess;
    EXPECT_EQ(::ncclCommGetAsyncError(circle, &state), ncclSuccess);
    return state;
  }
  static ncclResult_t settled(ncclComm_t circle) {
    for (int i = 0; i < 100; ++i)
      if (const ncclResult_t now = state(circle); now != ncclInProgress) return now;
    return ncclInProgress;
  }
  void SetUp() override {
    OnSeveral::SetUp();
    ncclUniqueId id;
    ASSERT_EQ(::ncclGetUniqueId(&id), ncclSuccess);
    for (int rank = 0; rank < 2; ++rank) {
      ::cudaSetDevice(rank);
      ncclConfig_t config = NCCL_CONFIG_INITIALIZER;
      config.blocking = 0;
      ASSERT_EQ(::ncclCommInitRankConfig(&circles[rank], 2, id, rank, &config), ncclInProgress);
      ::cudaStreamCreateWithFlags(&streams[rank], cudaStreamNonBlocking);
      ::cudaMalloc(reinterpret_cast<void**>(&values[rank]), kFloats * sizeof(float));
      ::cudaMemsetAsync(values[rank], 0, kFloats * sizeof(float), streams[rank]);
    }
    for (ncclComm_t circle : circles) EXPECT_EQ(settled(circle), ncclSuccess);
    ::cudaSetDevice(0);
  }
  void TearDown() override {
    for (int rank = 0; rank < 2; ++rank) {
      EXPECT_EQ(::ncclCommAbort(circles[rank]), ncclSuccess);
      ::cudaStreamSynchronize(streams[rank]);
      ::cudaStreamDestroy(streams[rank]);
      ::cudaFree(values[rank]);
    }
    ::cudaSetDevice(0);
    OnSeveral::TearDown();
  }
  ncclResult_t reduce(float* from, std::size_t count = kFloats, ncclDataType_t type = ncclFloat,
                      ncclRedOp_t by = ncclSum, cudaStream_t stream = nullptr) {
    return ::ncclAllReduce(from, from, count, type, by, circles[0],
                           stream == nullptr ? streams[0] : stream);
  }
  void as_both(const std::function<void(int rank)>& work) {
    for (int rank = 0; rank < 2; ++rank) {
      ::cudaSetDevice(rank);
      work(rank);
    }
  }

  static constexpr std::size_t kFloats = 64;
  ncclComm_t circles[2] = {};
  cudaStream_t streams[2] = {};
  float* values[2] = {};
};

TEST_F(Library, ComplainsOfWhatNoDeviceCouldReach) {
  std::vector<float> pageable(kFloats);
  EXPECT_EQ(reduce(pageable.data()), ncclInvalidArgument);
  EXPECT_THAT(complaint(), HasSubstr("host memory"));
  EXPECT_EQ(reduce(values[0], kFloats + 1), ncclInvalidArgument);
  EXPECT_THAT(complaint(), HasSubstr("past an allocation"));
  EXPECT_EQ(reduce(values[1]), ncclInvalidArgument);
  EXPECT_THAT(complaint(), HasSubstr("not the device's"));
}

TEST_F(Library, ComplainsOfOtherTypesAndOperations) {
  EXPECT_EQ(reduce(values[0], 8, ncclDouble), ncclInvalidArgument);
  EXPECT_THAT(complaint(), HasSubstr("type"));
  EXPECT_EQ(reduce(values[0], 8, ncclFloat, ncclMax), ncclInvalidArgument);
  EXPECT_THAT(complaint(), HasSubstr("reduction"));
}

TEST_F(Library, ComplainsOfStreamsOfOtherDevicesAndOfRecordings) {
  EXPECT_EQ(reduce(values[0], 8, ncclFloat, ncclSum, streams[1]), ncclInvalidArgument);
  EXPECT_THAT(complaint(), HasSubstr("stream of another device"));
  ::cudaSetDevice(1);
  EXPECT_EQ(reduce(values[0]), ncclInvalidArgument);
  EXPECT_THAT(complaint(), HasSubstr("another device is current"));
  ::cudaSetDevice(0);
  ::cudaStreamBeginCapture(streams[0], cudaStreamCaptureModeThreadLocal);
  EXPECT_EQ(reduce(values[0]), ncclInvalidArgument);
  EXPECT_THAT(complaint(), HasSubstr("captures"));
  cudaGraph_t graph = nullptr;
  ::cudaStreamEndCapture(streams[0], &graph);
  ::cudaGraphDestroy(graph);
}

TEST_F(Library, ComplainsOfACallBeforeTheLastOneHasBegun) {
  EXPECT_EQ(reduce(values[0]), ncclInProgress);
  EXPECT_EQ(reduce(values[0]), ncclInvalidArgument);
  EXPECT_THAT(complaint(), HasSubstr("has not done what it began"));
}

TEST_F(Library, ComplainsOfRanksThatDoNotMakeTheSameCalls) {
  as_both([&](int rank) {
    EXPECT_EQ(::ncclAllReduce(values[rank], values[rank], rank == 0 ? 8 : 16, ncclFloat, ncclSum,
                              circles[rank], streams[rank]),
              ncclInProgress);
    EXPECT_EQ(settled(circles[rank]), ncclSuccess);
  });
  ::cudaStreamQuery(streams[0]);
  ::cudaStreamQuery(streams[1]);
  ::cudaStreamQuery(streams[0]);
  EXPECT_THAT(take_complaints(), Contains(HasSubstr("do not make the same calls")));
}

TEST_F(Library, ComplainsOfAMessageOfAnotherLength) {
  as_both([&](int rank) {
    ::ncclGroupStart();
    if (rank == 0)
      ::ncclSend(values[0], 8, ncclFloat, 1, circles[0], streams[0]);
    else
      ::ncclRecv(values[1], 4, ncclFloat, 0, circles[1], streams[1]);
    EXPECT_EQ(::ncclGroupEnd(), ncclInProgress);
    EXPECT_EQ(settled(circles[rank]), ncclSuccess);
  });
  ::cudaStreamQuery(streams[0]);
  ::cudaStreamQuery(streams[1]);
  EXPECT_THAT(take_complaints(), Contains(HasSubstr("receives 4 elements, rank 0 sends 8")));
}

TEST_F(Library, ComplainsOfAGroupThatReceivesWhatItSends) {
  ::ncclGroupStart();
  ::ncclSend(values[0], 8, ncclFloat, 1, circles[0], streams[0]);
  ::ncclRecv(values[0] + 4, 8, ncclFloat, 1, circles[0], streams[0]);
  EXPECT_EQ(::ncclGroupEnd(), ncclInvalidUsage);
  EXPECT_THAT(complaint(), HasSubstr("receives what another"));
}

TEST_F(Library, ComplainsOfAnEndTooEarly) {
  EXPECT_EQ(::ncclCommDestroy(circles[1]), ncclInvalidUsage);
  EXPECT_THAT(complaint(), HasSubstr("has not left"));
  EXPECT_EQ(reduce(values[0]), ncclInProgress);
  EXPECT_EQ(settled(circles[0]), ncclSuccess);
  EXPECT_EQ(::ncclCommFinalize(circles[0]), ncclInvalidUsage);
  EXPECT_THAT(complaint(), HasSubstr("nobody has waited for"));
}

TEST_F(Library, ComplainsOfCommunicatorsThatBlock) {
  ncclUniqueId id;
  ::ncclGetUniqueId(&id);
  ncclComm_t circle = nullptr;
  ncclConfig_t config = NCCL_CONFIG_INITIALIZER;
  EXPECT_EQ(::ncclCommInitRankConfig(&circle, 1, id, 0, &config), ncclInvalidArgument);
  EXPECT_THAT(complaint(), HasSubstr("blocks"));
}

// Work that waits for another process is no reason for a query to wait.
TEST_F(Library, AQueryNeverWaits) {
  EXPECT_EQ(reduce(values[0]), ncclInProgress);
  EXPECT_EQ(settled(circles[0]), ncclSuccess);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(::cudaStreamQuery(streams[0]), cudaErrorNotReady);
  (void)::cudaGetLastError();
}

}  // namespace
}  // namespace aiops::fakes
