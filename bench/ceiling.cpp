// SPDX-License-Identifier: Apache-2.0
// A ceiling without performance counters and without root.
//
// /proc/cpuinfo does not say how fast a guest's clock is, and no CPUID leaf says how many vector
// FMA pipes a core has. Both can be measured: a chain of dependent multiplications is a clock
// (bench/clock_watch.cpp); twelve independent chains of FMAs keep every pipe busy (two pipes, four
// or five cycles each, need ten). Slices of the two of some 0.2 ms alternate: whatever slows the
// machine slows both alike, and the fastest slices were not preempted. Two long loops, one after
// the other, differ by what happened in between.
#include "bench/ceiling.hpp"

#include "base/thread_pool.hpp"
#include "bench/clock_watch.hpp"
#include "bench/sampler.hpp"
#include "bench/statistics.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace aiops::bench {
namespace {

constexpr int kPairs = 5;  // of slices in one call of slice()

#if defined(__x86_64__)

constexpr std::int64_t kLinks = 200'000;
constexpr std::int64_t kRounds = 50'000;
constexpr std::int64_t kFmasPerRound = 12;

double cycle_ns() { return 1 / clock_ghz(kLinks); }

#define AIOPS_CHAIN(OP, R, N) OP " %%" R "14,%%" R "15,%%" R N "\n "
#define AIOPS_CHAINS(OP, R) \
  AIOPS_CHAIN(OP, R, "0")   \
  AIOPS_CHAIN(OP, R, "1")   \
  AIOPS_CHAIN(OP, R, "2")   \
  AIOPS_CHAIN(OP, R, "3")   \
  AIOPS_CHAIN(OP, R, "4")   \
  AIOPS_CHAIN(OP, R, "5")   \
  AIOPS_CHAIN(OP, R, "6")   \
  AIOPS_CHAIN(OP, R, "7")   \
  AIOPS_CHAIN(OP, R, "8")   \
  AIOPS_CHAIN(OP, R, "9")   \
  AIOPS_CHAIN(OP, R, "10")  \
  AIOPS_CHAIN(OP, R, "11")
// Registers 14 and 15 are zeroed first: no product then meets a slow operand, whatever 0 to 11 hold
// after the first round.
#define AIOPS_CHAIN_LOOP(NAME, OP, R, ISA)                                                     \
  __attribute__((target(ISA))) void NAME() {                                                   \
    std::int64_t rounds = kRounds;                                                             \
    __asm__ volatile("vzeroall\n1:\n" AIOPS_CHAINS(OP, R) "dec %0\n jnz 1b\n vzeroupper\n"     \
                     : "+r"(rounds)                                                            \
                     :                                                                         \
                     : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", \
                       "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15", "cc");    \
  }
AIOPS_CHAIN_LOOP(fma_loop_zmm, "vfmadd231ps", "zmm", "avx512f")
AIOPS_CHAIN_LOOP(fma_loop_ymm, "vfmadd231ps", "ymm", "avx2,fma")
AIOPS_CHAIN_LOOP(pairs_loop_zmm, "vdpbf16ps", "zmm", "avx512f,avx512bf16")
#undef AIOPS_CHAIN_LOOP
#undef AIOPS_CHAINS
#undef AIOPS_CHAIN

bool has_avx512() { return __builtin_cpu_supports("avx512f") != 0; }
bool has_fma() { return __builtin_cpu_supports("fma") && __builtin_cpu_supports("avx2"); }
bool has_pairs() { return has_avx512() && __builtin_cpu_supports("avx512bf16"); }

#else

bool has_avx512() { return false; }
bool has_fma() { return false; }
bool has_pairs() { return false; }
double cycle_ns() { return 0; }
void fma_loop_zmm() {}
void fma_loop_ymm() {}
void pairs_loop_zmm() {}

#endif

// The multiply-adds that a CPU has for a precision: vdpbf16ps adds two products to each lane.
struct Pipes {
  void (*loop)() = nullptr;
  int flops = 0;  // of one instruction
  const char* isa = "";
};

Pipes pipes_of(kernels::Precision precision) {
  if (precision == kernels::Precision::bf16 && has_pairs())
    return {pairs_loop_zmm, 64, "avx512bf16"};
  return has_avx512() ? Pipes{fma_loop_zmm, 32, "avx512f"} : Pipes{fma_loop_ymm, 16, "fma"};
}

double fma_ns(const Pipes& pipes) {
  const std::int64_t start = sample_clock_ns();
  pipes.loop();
  return static_cast<double>(sample_clock_ns() - start) / (kRounds * kFmasPerRound);
}

struct Slices {
  std::vector<double> cycle, fma;  // nanoseconds of one
};

double at(std::vector<double> values, double q) {
  std::sort(values.begin(), values.end());
  return quantile(values, q);
}

}  // namespace

struct CeilingProbe::State {
  State(std::size_t count, kernels::Precision precision)
      : pipes(pipes_of(precision)), threads(count), slices(count) {}
  Pipes pipes;
  ThreadPool threads;
  std::vector<Slices> slices;
};

CeilingProbe::CeilingProbe(std::size_t threads, kernels::Precision precision)
    : state_(std::make_unique<State>(threads, precision)) {}
CeilingProbe::~CeilingProbe() = default;

bool CeilingProbe::supported() { return has_avx512() || has_fma(); }

void CeilingProbe::slice() {
  state_->threads.run(state_->slices.size(), [this](std::size_t i) {
    for (int pair = 0; pair < kPairs; ++pair) {
      state_->slices[i].cycle.push_back(cycle_ns());
      state_->slices[i].fma.push_back(fma_ns(state_->pipes));
    }
  });
}

std::optional<Ceiling> CeilingProbe::result() const {
  if (!supported() || state_->slices[0].fma.empty()) return std::nullopt;
  Ceiling ceiling;
  ceiling.isa = state_->pipes.isa;
  const double flops = state_->pipes.flops;
  for (const Slices& thread : state_->slices) {
    const double cycle = at(thread.cycle, 0.01);
    const double fma = at(thread.fma, 0.01);
    ceiling.flop_per_ns += flops / fma;
    ceiling.median_flop_per_ns += flops / at(thread.fma, 0.5);
    if (ceiling.clock_ghz == 0 || 1 / cycle < ceiling.clock_ghz) {
      ceiling.clock_ghz = 1 / cycle;
      ceiling.fma_per_clock = cycle / fma;
    }
  }
  return ceiling;
}

Json describe(const Ceiling& ceiling) {
  return {{"method", "alternating slices of dependent imul and independent FMA"},
          {"isa", ceiling.isa},
          {"clock_ghz", std::round(ceiling.clock_ghz * 1000) / 1000},
          {"fma_per_clock", std::round(ceiling.fma_per_clock * 100) / 100},
          {"median_gflop_s", std::round(ceiling.median_flop_per_ns * 10) / 10}};
}

void add_ceiling(Measurement& result, const std::optional<Ceiling>& ceiling) {
  if (!ceiling) return;
  result.peak_per_ns = ceiling->flop_per_ns;
  result.peak_detail = describe(*ceiling);
}

}  // namespace aiops::bench
