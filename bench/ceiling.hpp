// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.hpp"
#include "bench/record.hpp"
#include "kernels/gemm.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

namespace aiops::bench {

// What the FMA pipes of the machine can do, as measured here and now.
struct Ceiling {
  double flop_per_ns = 0;         // of all threads: the fastest percent of the slices
  double median_flop_per_ns = 0;  // the middle slice: lower where neighbours take their share
  double clock_ghz = 0;           // of the slowest thread
  double fma_per_clock = 0;       // vector multiply-adds a cycle and core
  std::string isa;                // "avx512f", "fma", "avx512bf16"
};

// As the detail of a record's peak.
Json describe(const Ceiling& ceiling);
// As the peak of a rate of operations; nothing where none was measured.
void add_ceiling(Measurement& result, const std::optional<Ceiling>& ceiling);

// Measures the ceiling a few slices at a time, so that it can take turns with what it is the
// ceiling of. The slices run on as many threads as `threads` says, all at once.
class CeilingProbe {
 public:
  // Of what this CPU multiplies with in products of that precision.
  explicit CeilingProbe(std::size_t threads,
                        kernels::Precision precision = kernels::Precision::fp32);
  ~CeilingProbe();

  // Whether this CPU has an FMA that we know how to keep busy.
  static bool supported();
  // A few pairs of slices on every thread: about 2 ms.
  void slice();
  // From all slices so far, or nothing before the first.
  std::optional<Ceiling> result() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace aiops::bench
