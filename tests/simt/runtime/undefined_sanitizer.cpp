// SPDX-License-Identifier: Apache-2.0
// The functions that g++ -fsanitize=undefined calls where C++ gives a program no meaning, for the
// checks that kernels are compiled with (tests/simt/CMakeLists.txt). libubsan is not linked.
#include "tests/simt/runtime/report.hpp"

namespace {

// How every description of a fault begins.
struct Place {
  const char* file;
  unsigned line, column;
};

void undefined(const void* place, const char* what) {
  const auto* at = static_cast<const Place*>(place);
  aiops::simt::report(aiops::simt::Fault::undefined,
                      aiops::simt::text("%s at %s:%u", what, at->file, at->line));
}

}  // namespace

#define AIOPS_HANDLER(name, what) \
  extern "C" void __ubsan_handle_##name(const void* place) { undefined(place, what); }
AIOPS_HANDLER(add_overflow, "an addition overflows")
AIOPS_HANDLER(sub_overflow, "a subtraction overflows")
AIOPS_HANDLER(mul_overflow, "a multiplication overflows")
AIOPS_HANDLER(negate_overflow, "a negation overflows")
AIOPS_HANDLER(divrem_overflow, "a division by zero or out of range")
AIOPS_HANDLER(shift_out_of_bounds,
              "a shift by more than the type has bits, or of a negative number")
AIOPS_HANDLER(out_of_bounds, "an index beyond its array")
AIOPS_HANDLER(float_cast_overflow, "a conversion to an integer that cannot hold the value")
