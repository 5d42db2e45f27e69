// SPDX-License-Identifier: Apache-2.0
// cp.async. Its destination counts as written when it is issued, is in flight until its group is
// waited for, and counts as written again, by the thread that waits: others need a barrier.
#include "tests/simt/runtime/machine.hpp"
#include "tests/simt/runtime/report.hpp"
#include "tests/simt/runtime/shadow.hpp"
#include "tests/simt/runtime/shared_memory.hpp"

#include <cstring>
#include <utility>

namespace aiops::simt {
namespace {

void mark(char* to, int size, bool in_flight) {
  if (SharedArray* array = shared_array_of(to, static_cast<std::size_t>(size)))
    array->shadow.mark_in_flight(static_cast<std::size_t>(to - array->base),
                                 static_cast<std::size_t>(size), in_flight);
}

void arrive(const AsyncCopy& copy, const void* pc) {
  const auto valid = static_cast<std::size_t>(copy.valid);
  const auto size = static_cast<std::size_t>(copy.size);
  if (machine.options.checks == Checks::on) {
    mark(copy.to, copy.size, false);
    check(copy.to, size, Access::write, pc);
  }
  std::memcpy(copy.to, copy.from, valid);
  std::memset(copy.to + valid, 0, size - valid);
}

}  // namespace

void cp_async(void* shared, const void* global, int size, int valid) {
  auto* to = static_cast<char*>(shared);
  const auto bytes = static_cast<std::size_t>(size);
  if (valid < 0 || valid > size)
    report(Fault::undefined, text("cp.async of %d valid bytes of %d", valid, size), AIOPS_CALLER);
  if (!in_shared_memory(to)) {
    report(Fault::host_pointer, text("cp.async to %p, which is no shared memory", shared),
           AIOPS_CALLER);
    stop_launch();
  }
  if (machine.options.checks == Checks::on) {
    if (reinterpret_cast<std::uintptr_t>(global) % bytes != 0)
      report(Fault::misaligned, text("cp.async of %d bytes from %p", size, global), AIOPS_CALLER);
    if (valid > 0) check(global, static_cast<std::size_t>(valid), Access::read, AIOPS_CALLER);
    check(shared, bytes, Access::write, AIOPS_CALLER);
    mark(to, size, true);
  }
  machine.current->copies.open.push_back({to, static_cast<const char*>(global), size, valid});
}

void cp_async_commit() {
  AsyncCopies& copies = machine.current->copies;
  copies.groups.push_back(std::exchange(copies.open, {}));
}

void cp_async_wait(int pending) {
  auto& groups = machine.current->copies.groups;
  for (; groups.size() > static_cast<std::size_t>(pending); groups.pop_front())
    for (const AsyncCopy& copy : groups.front()) arrive(copy, AIOPS_CALLER);
}

}  // namespace aiops::simt
