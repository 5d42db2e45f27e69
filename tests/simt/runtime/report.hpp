// SPDX-License-Identifier: Apache-2.0
// What the executors find wrong in a kernel.
#pragma once

#include <string>
#include <vector>

namespace aiops::simt {

enum class Fault {
  race,           // two accesses, one of them a write, that nothing orders
  out_of_bounds,  // outside of an array in device or shared memory, or after it was freed
  uninitialised,  // read before anybody wrote it
  asynchronous,   // touched while a cp.async into it is under way
  misaligned,     // at an address that is no multiple of the access's size
  host_pointer,   // neither device nor shared memory
  deadlock,       // every thread that is left waits for one that will not come
  diverged,       // lanes of a warp meet at different barriers
  mask,           // a lane calls a collective whose mask leaves it out
  shuffle,        // a value from a lane that gave none
  undefined,      // C++ gives this no meaning: a shift too far, an index beyond its array
  launch,         // a shape that the kernel was not compiled for, or the device has not
  host_copy,      // the host copies or frees what it does not own
};

const char* name_of(Fault fault);

struct Report {
  Fault fault;
  std::string what;          // the object and the hazard
  std::string where;         // kernel, block, thread and, of PTX, the instruction
  const void* pc = nullptr;  // of compiled source: the instruction after it
};

// "race: …, by thread 3 of …, at forward.cuh:31". Looks the place of a pc up in the program's
// debugging information, which takes a moment.
std::string describe(const Report& report);

// Adds a report about the running thread, unless one of the same fault at the same place is there.
void report(Fault fault, std::string what, const void* pc = nullptr);

// The reports since the last call.
std::vector<Report> take_reports();
bool any_report();

// printf into a string.
[[gnu::format(printf, 1, 2)]] std::string text(const char* format, ...);

}  // namespace aiops::simt
