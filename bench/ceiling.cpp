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

#include <algorithm>
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

#define AIOPS_FMA_CHAINS(R)                                                         \
  "vfmadd231ps %%" R "14,%%" R "15,%%" R "0\n vfmadd231ps %%" R "14,%%" R "15,%%" R \
  "1\n"                                                                             \
  "vfmadd231ps %%" R "14,%%" R "15,%%" R "2\n vfmadd231ps %%" R "14,%%" R "15,%%" R \
  "3\n"                                                                             \
  "vfmadd231ps %%" R "14,%%" R "15,%%" R "4\n vfmadd231ps %%" R "14,%%" R "15,%%" R \
  "5\n"                                                                             \
  "vfmadd231ps %%" R "14,%%" R "15,%%" R "6\n vfmadd231ps %%" R "14,%%" R "15,%%" R \
  "7\n"                                                                             \
  "vfmadd231ps %%" R "14,%%" R "15,%%" R "8\n vfmadd231ps %%" R "14,%%" R "15,%%" R \
  "9\n"                                                                             \
  "vfmadd231ps %%" R "14,%%" R "15,%%" R "10\n vfmadd231ps %%" R "14,%%" R "15,%%" R "11\n"
// Registers 14 and 15 are zeroed first: no FMA then meets a slow operand, whatever 0 to 11 hold
// after the first round.
#define AIOPS_FMA_LOOP(R, ISA)                                                                 \
  __attribute__((target(ISA))) void fma_loop_##R() {                                           \
    std::int64_t rounds = kRounds;                                                             \
    __asm__ volatile("vzeroall\n1:\n" AIOPS_FMA_CHAINS(#R) "dec %0\n jnz 1b\n vzeroupper\n"    \
                     : "+r"(rounds)                                                            \
                     :                                                                         \
                     : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", \
                       "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15", "cc");    \
  }
AIOPS_FMA_LOOP(zmm, "avx512f")
AIOPS_FMA_LOOP(ymm, "avx2,fma")
#undef AIOPS_FMA_LOOP
#undef AIOPS_FMA_CHAINS

bool has_avx512() { return __builtin_cpu_supports("avx512f") != 0; }
bool has_fma() { return __builtin_cpu_supports("fma") && __builtin_cpu_supports("avx2"); }
int lanes() { return has_avx512() ? 16 : 8; }
const char* isa() { return has_avx512() ? "avx512f" : "fma"; }

double fma_ns() {
  const std::int64_t start = sample_clock_ns();
  has_avx512() ? fma_loop_zmm() : fma_loop_ymm();
  return static_cast<double>(sample_clock_ns() - start) / (kRounds * kFmasPerRound);
}

#else

bool has_avx512() { return false; }
bool has_fma() { return false; }
int lanes() { return 0; }
const char* isa() { return ""; }
double cycle_ns() { return 0; }
double fma_ns() { return 0; }

#endif

struct Slices {
  std::vector<double> cycle, fma;  // nanoseconds of one
};

double at(std::vector<double> values, double q) {
  std::sort(values.begin(), values.end());
  return quantile(values, q);
}

}  // namespace

struct CeilingProbe::State {
  explicit State(std::size_t count) : threads(count), slices(count) {}
  ThreadPool threads;
  std::vector<Slices> slices;
};

CeilingProbe::CeilingProbe(std::size_t threads) : state_(std::make_unique<State>(threads)) {}
CeilingProbe::~CeilingProbe() = default;

bool CeilingProbe::supported() { return has_avx512() || has_fma(); }

void CeilingProbe::slice() {
  state_->threads.run(state_->slices.size(), [this](std::size_t i) {
    for (int pair = 0; pair < kPairs; ++pair) {
      state_->slices[i].cycle.push_back(cycle_ns());
      state_->slices[i].fma.push_back(fma_ns());
    }
  });
}

std::optional<Ceiling> CeilingProbe::result() const {
  if (!supported() || state_->slices[0].fma.empty()) return std::nullopt;
  Ceiling ceiling;
  ceiling.isa = isa();
  for (const Slices& thread : state_->slices) {
    const double cycle = at(thread.cycle, 0.01);
    const double fma = at(thread.fma, 0.01);
    ceiling.flop_per_ns += 2 * lanes() / fma;
    ceiling.median_flop_per_ns += 2 * lanes() / at(thread.fma, 0.5);
    if (ceiling.clock_ghz == 0 || 1 / cycle < ceiling.clock_ghz) {
      ceiling.clock_ghz = 1 / cycle;
      ceiling.fma_per_clock = cycle / fma;
    }
  }
  return ceiling;
}

}  // namespace aiops::bench
