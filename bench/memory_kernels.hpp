// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace aiops::bench {

inline constexpr double kTriadFactor = 3.0;

// Three arrays of `n` doubles (a multiple of 8), aligned to 64 bytes; a and b are read, c written.
struct Arrays {
  double* a;
  double* b;
  double* c;
  std::int64_t n;
};

void copy(const Arrays& arrays);           // c = a
void triad(const Arrays& arrays);          // c = a + kTriadFactor b
void change(const Arrays& arrays);         // c = c / 2 + 1, which stays small however often
std::uint64_t read(const Arrays& arrays);  // the sum of a's bits, so that nothing is left out

// The same with stores that go past the caches: no line is read before it is written. Complete
// (sfence) when they return. Only where has_streaming_stores().
bool has_streaming_stores();
void copy_streaming(const Arrays& arrays);
void triad_streaming(const Arrays& arrays);

}  // namespace aiops::bench
