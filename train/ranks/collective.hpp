// SPDX-License-Identifier: Apache-2.0
// What the ranks of a run do together. Every rank makes the same calls in the same order. Sums are
// added in the order of the ranks, so they are the same bits on every rank and every time.
//
// Every call but abort() throws Error when another rank has failed or is gone: with the code and
// the words of the one that failed first.
#pragma once

#include "kernels/arena.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace aiops {
struct Error;
}

namespace aiops::train {

class Collective {
 public:
  static constexpr std::size_t kFew = 16;

  virtual ~Collective() = default;

  virtual int rank() const = 0;
  virtual int size() const = 0;
  bool leads() const { return rank() == 0; }  // prints and writes

  // How many ranks this one shares memory with, itself included.
  virtual int here() const = 0;

  // Zeros, of which the other ranks of this host see what this one writes; as many on every rank.
  // Throws Error{failed} when there is no memory for them.
  virtual kernels::Arena shared_floats(std::uint64_t floats) = 0;
  // In place, of what lies in shared_floats(). The parts, one after the other, are one array, the
  // same part of the same floats on every rank.
  virtual void sum(std::span<const std::span<float>> parts) = 0;
  // In place, at most kFew values.
  virtual void sum(std::span<double> values) = 0;
  // Every rank gets the bytes of rank 0.
  virtual void broadcast(std::span<std::byte> bytes) = 0;
  virtual void barrier() = 0;
  // Waits for nobody: for who waits for the others by other means.
  virtual void check() = 0;
  // This rank ends with `why`: the others throw it at their next call. Later reasons are ignored,
  // and so are the errors that calls here threw.
  virtual void abort(const Error& why) noexcept = 0;
};

// A run of one process.
class Alone final : public Collective {
 public:
  int rank() const override { return 0; }
  int size() const override { return 1; }
  int here() const override { return 1; }
  kernels::Arena shared_floats(std::uint64_t floats) override { return kernels::Arena(floats); }
  void sum(std::span<const std::span<float>>) override {}
  void sum(std::span<double>) override {}
  void broadcast(std::span<std::byte>) override {}
  void barrier() override {}
  void check() override {}
  void abort(const Error&) noexcept override {}
};

// The one rank of a run that has no others.
Collective& alone();

// True on every rank when it is on one of them.
bool any(Collective& ranks, bool here);
// What each rank says, in their order, on every rank.
std::vector<double> of_all(Collective& ranks, double own);

}  // namespace aiops::train
