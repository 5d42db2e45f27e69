// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "bench/ceiling.hpp"
#include "bench/gemm.hpp"
#include "bench/gemm_check.hpp"
#include "bench/hash.hpp"
#include "bench/memory.hpp"
#include "bench/memory_kernels.hpp"
#include "bench/record.hpp"
#include "bench/team.hpp"
#include "bench/train.hpp"
#include "tests/unit/bench/alone.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <set>
#include <thread>

namespace aiops::bench {
namespace {

TEST(MemoryKernels, DoWhatTheyAreNamedFor) {
  for (const std::int64_t n : {8, 24, 72, 4096}) {
    alignas(64) static double a[4096], b[4096], c[4096];
    std::uint64_t bits = 0;
    for (std::int64_t i = 0; i < n; ++i) {
      a[i] = static_cast<double>(i);
      b[i] = 0.5;
      bits += std::bit_cast<std::uint64_t>(a[i]);
    }
    const Arrays arrays{a, b, c, n};
    EXPECT_EQ(read(arrays), bits);
    const auto expect = [&](auto loop, double add) {
      std::fill_n(c, 4096, -1.0);
      loop(arrays);
      for (std::int64_t i = 0; i < n; ++i) ASSERT_EQ(c[i], a[i] + add) << n << " " << i;
      if (n < 4096) {
        EXPECT_EQ(c[n], -1.0);
      }
    };
    expect(copy, 0);
    expect(copy_streaming, 0);
    expect(triad, 1.5);
    expect(triad_streaming, 1.5);
    std::fill_n(c, 4096, 3.0);
    change(arrays);
    EXPECT_EQ(c[0], 2.5);
    EXPECT_EQ(c[n - 1], 2.5);
    if (n < 4096) {
      EXPECT_EQ(c[n], 3.0);
    }
  }
}

TEST(Memory, GivesARecordForEachCase) {
  Alone alone;
  run_suite(memory_suite({{4096, 65536}, memory_operations(), memory_stores()}, alone.bench),
            alone.bench);
  ASSERT_EQ(alone.records.size(), 10u);
  for (const Json& record : alone.records) {
    EXPECT_EQ(record.at("samples").at("n"), 3);
    EXPECT_EQ(record.at("workload").at("kind"), "memory");
    EXPECT_EQ(record.at("method").at("order"), "random");
  }
  EXPECT_EQ(alone.records[0].at("workload").at("bytes_min"), 2 * (4 << 20));
  EXPECT_THROW(run_suite(memory_suite({{32}, {"copy"}, {"normal"}}, alone.bench), alone.bench),
               Error);
}

TEST(Hash, GivesARecordForEachCase) {
  Alone alone;
  run_suite(hash_suite({{"sha256", "sha512"}, {64, 1024}}, alone.bench), alone.bench);
  ASSERT_EQ(alone.records.size(), 4u);
  EXPECT_EQ(alone.records[0].at("metrics").at(0).at("unit"), "MB/s");
}

// A step is measured against its floor, and touches no page that the steps before did not.
TEST(Train, MeasuresStepsAgainstTheirFloor) {
  Alone alone;
  run_suite(
      train_suite({{"tiny"}, {1}, {16}, train_precisions(), TrainPlan::Floor::yes}, alone.bench),
      alone.bench);
  ASSERT_EQ(alone.records.size(), 2u);
  for (const Json& record : alone.records) {
    EXPECT_EQ(record.at("samples").at("n"), 3);
    EXPECT_EQ(record.at("metrics").at(0).at("unit"), "tokens/s");
    EXPECT_GT(record.at("peak").at("measured").get<double>(), 0);
    EXPECT_LT(record.at("counters").at("page_faults_per_step").get<double>(), 8);
  }
  // Weights of the products: 4 layers of qkv, out, gate with up, down; and the head.
  const std::int64_t weights = 4 * (256 * 512 + 256 * 256 + 256 * 1408 + 704 * 256) + 256 * 2048;
  EXPECT_EQ(alone.records[0].at("workload").at("flops"), 6 * 16 * weights);
  EXPECT_THROW(
      run_suite(train_suite({{"tiny"}, {1}, {4096}, {"fp32"}, TrainPlan::Floor::no}, alone.bench),
                alone.bench),
      Error);
}

TEST(Gemm, MeasuresEveryCombination) {
  Alone alone;
  run_suite(gemm_suite({{8, 16}, {24}, {}, gemm_transposes(), {"aiops"}}, alone.bench),
            alone.bench);
  EXPECT_EQ(alone.records.size(), 8u);
  EXPECT_EQ(alone.records[0].at("workload").at("flops"), 2 * 8 * 24 * 8);
  EXPECT_EQ(alone.records[0].at("peak").is_null(), !CeilingProbe::supported());
}

TEST(Gemm, AWrongProductIsNotMeasured) {
  GemmEngine engine;
  engine.description = {{"name", "broken"}};
  engine.multiply = [](const kernels::Gemm& s, const float*, const float*, float* c) {
    std::fill_n(c, s.m * s.n, 4.1F);
  };
  GemmProblem problem;
  problem.shape.m = problem.shape.n = problem.shape.k = 4;
  problem.a = problem.b = problem.c = std::vector<float>(16, 1.0F);
  try {
    check_product(engine, problem, 1);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.message.rfind("broken: element ", 0), 0u) << error.message;
  }
  engine.multiply = [](const kernels::Gemm& s, const float*, const float*, float* c) {
    std::fill_n(c, s.m * s.n, 4.0F);
  };
  EXPECT_EQ(check_product(engine, problem, 1).at("pass"), true);
}

TEST(Team, EveryMemberWorksOnceAndStaysItself) {
  const std::size_t members = std::min<std::size_t>(2, usable_cpus().size());
  Team team(members);
  std::vector<int> calls(members);
  std::vector<std::set<std::thread::id>> ids(members);
  for (int round = 0; round < 100; ++round)
    team.run([&](std::size_t member) {
      ++calls[member];
      ids[member].insert(std::this_thread::get_id());
    });
  for (std::size_t i = 0; i < members; ++i) {
    EXPECT_EQ(calls[i], 100);
    EXPECT_EQ(ids[i].size(), 1u);
  }
  EXPECT_THROW(Team(usable_cpus().size() + 100), Error);
}

TEST(Team, GivesTheCallerItsCpusBack) {
  const auto before = usable_cpus();
  { Team team(1); }
  EXPECT_EQ(usable_cpus(), before);
}

TEST(Ceiling, HasAClockAndPipes) {
  if (!CeilingProbe::supported()) GTEST_SKIP() << "no FMA instruction that we know";
  CeilingProbe probe(1);
  EXPECT_FALSE(probe.result());
  probe.slice();
  const Ceiling ceiling = *probe.result();
  EXPECT_GT(ceiling.flop_per_ns, 0);
  EXPECT_GE(ceiling.flop_per_ns, ceiling.median_flop_per_ns);
  EXPECT_GT(ceiling.clock_ghz, 0);
}

}  // namespace
}  // namespace aiops::bench
