// SPDX-License-Identifier: Apache-2.0
// Small faults planted into PTX, one at a time: does a trial notice? How many do is the honest
// measure of how well kernels are tested.
#pragma once

#include "tests/simt/ptx/module.hpp"

#include <string>
#include <vector>

namespace aiops::simt {

enum class Mutation {
  drop_barrier,   // bar.sync, bar.warp.sync, cp.async.wait_group, …
  shift_address,  // a load, store or copy one access further
  move_guard,     // < for <=, == for !=, …
  drop_atomic,    // read and write in place of an atomic
  change_mask,    // a collective without lane 31
};
inline constexpr Mutation kMutations[] = {Mutation::drop_barrier, Mutation::shift_address,
                                          Mutation::move_guard, Mutation::drop_atomic,
                                          Mutation::change_mask};
const char* name_of(Mutation mutation);

struct Mutant {
  Mutation mutation;
  std::size_t index;  // into the function's code
  ptx::Instruction instruction;
};

// Every mutant of the instructions that ran.
std::vector<Mutant> mutants_of(ptx::Function& function);

}  // namespace aiops::simt
