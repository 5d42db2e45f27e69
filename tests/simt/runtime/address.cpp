// SPDX-License-Identifier: Apache-2.0
// Where an address of a kernel points to, and whether it may: its own stack, device memory, shared
// memory, constants of the program. Everything else is a pointer of the host.
#include "tests/simt/runtime/device_memory.hpp"
#include "tests/simt/runtime/machine.hpp"
#include "tests/simt/runtime/shared_memory.hpp"
#include "tests/simt/runtime/symbols.hpp"

#include <cstring>

namespace aiops::simt {
namespace {

const char* verb(Access kind) {
  switch (kind) {
    case Access::read:
      return "read";
    case Access::write:
      return "write";
    case Access::atomic:
      return "atomic";
  }
  return "?";
}

void check_in(Shadow& shadow, const char* name, std::size_t offset, std::size_t size, Access kind,
              const void* pc) {
  if (size <= 16 && offset % size != 0 && (size & (size - 1)) == 0)
    report(Fault::misaligned, text("%s of %zu bytes at %s[+%zu]", verb(kind), size, name, offset),
           pc);
  const auto finding = shadow.access(offset, size, kind, machine.moment());
  if (!finding) return;
  std::string what = text("%s of %zu bytes at %s[+%zu]: %s", verb(kind), size, name, finding->byte,
                          finding->hazard);
  if (finding->fault == Fault::race)
    what += finding->other_thread < 0 ? " by an earlier block"
                                      : text(" by thread %d", finding->other_thread);
  report(finding->fault, what, pc);
}

void outside(Access kind, std::size_t size, const char* array, std::ptrdiff_t offset,
             const char* state, const void* pc) {
  report(Fault::out_of_bounds,
         text("%s of %zu bytes at %s[%+td], %s", verb(kind), size, array, offset, state), pc);
  stop_launch();
}

void check_device(const char* p, std::size_t size, Access kind, const void* pc) {
  Allocation* owner = allocation_at(p);
  if (owner == nullptr)
    return outside(kind, size, "device memory", 0, "before every allocation", pc);
  const std::ptrdiff_t offset = p - owner->base;
  if (!owner->live) return outside(kind, size, owner->name.c_str(), offset, "which was freed", pc);
  if (offset < 0 || p + size > owner->base + owner->size)
    return outside(kind, size, owner->name.c_str(), offset,
                   text("which has %zu", owner->size).c_str(), pc);
  check_in(owner->shadow, owner->name.c_str(), static_cast<std::size_t>(offset), size, kind, pc);
}

void check_shared(const char* p, std::size_t size, Access kind, const void* pc) {
  if (SharedArray* array = shared_array_of(p, size))
    return check_in(array->shadow, array->name, static_cast<std::size_t>(p - array->base), size,
                    kind, pc);
  const SharedArray* before = shared_array_before(p);
  if (before == nullptr) return outside(kind, size, "shared memory", 0, "before every array", pc);
  outside(kind, size, before->name, p - before->base, text("which has %zu", before->size).c_str(),
          pc);
}

}  // namespace

void check(const void* address, std::size_t size, Access kind, const void* pc) {
  const auto* p = static_cast<const char*>(address);
  ++machine.counts.accesses;
  if (machine.options.checks == Checks::off || machine.current->fiber.holds(p, size)) return;
  if (in_device_memory(p)) return check_device(p, size, kind, pc);
  if (in_shared_memory(p)) return check_shared(p, size, kind, pc);
  const bool source = machine.options.engine == nullptr;
  if (source && kind == Access::read && is_constant(p)) return;
  report(Fault::host_pointer,
         text("%s of %zu bytes at %p, which is no device memory", verb(kind), size, address), pc);
  stop_launch();
}

void load(void* into, const void* from, std::size_t size) {
  check(from, size, Access::read, AIOPS_CALLER);
  std::memcpy(into, from, size);
}

void store(void* to, const void* from, std::size_t size) {
  check(to, size, Access::write, AIOPS_CALLER);
  std::memcpy(to, from, size);
}

void begin_atomic(void* address, std::size_t size) {
  if (machine.atomics_are_plain) {
    check(address, size, Access::read, AIOPS_CALLER);
    check(address, size, Access::write, AIOPS_CALLER);
    return;
  }
  check(address, size, Access::atomic, AIOPS_CALLER);
  const bool often = machine.options.order == Order::random && machine.options.yield_at_atomics;
  if (often && machine.random() % 4 == 0) give_way();
}

}  // namespace aiops::simt
