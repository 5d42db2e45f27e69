// SPDX-License-Identifier: Apache-2.0
// Arithmetic of floats and doubles. IEEE 754, rounded to nearest unless the mnemonic says
// otherwise, with .ftz and .sat as it says. Compiled without contraction.
#include "tests/simt/ptx/float.hpp"
#include "tests/simt/ptx/table.hpp"

#include <cfenv>

namespace aiops::simt::ptx {
namespace {

struct Add {
  template <typename T>
  static T of(T a, T b) {
    return a + b;
  }
};
struct Subtract {
  template <typename T>
  static T of(T a, T b) {
    return a - b;
  }
};
struct Multiply {
  template <typename T>
  static T of(T a, T b) {
    return a * b;
  }
};
struct Divide {
  template <typename T>
  static T of(T a, T b) {
    return a / b;
  }
};
struct Minimum {  // the number, where one is none
  template <typename T>
  static T of(T a, T b) {
    return std::fmin(a, b);
  }
};
struct Maximum {
  template <typename T>
  static T of(T a, T b) {
    return std::fmax(a, b);
  }
};

template <typename T, typename Operation>
void binary(Lane& lane, const Instruction& i) {
  lane.set(i, 0, Operation::of(lane.get<T>(i, 1), lane.get<T>(i, 2)));
}
template <typename Operation>
void binary_flushed(Lane& lane, const Instruction& i) {
  lane.set(i, 0,
           flushed(Operation::of(flushed(lane.get<float>(i, 1)), flushed(lane.get<float>(i, 2)))));
}
template <typename Operation>
void binary_saturated(Lane& lane, const Instruction& i) {
  lane.set(i, 0, saturated(Operation::of(lane.get<float>(i, 1), lane.get<float>(i, 2))));
}

template <typename T>
void multiply_add(Lane& lane, const Instruction& i) {
  lane.set(i, 0, std::fma(lane.get<T>(i, 1), lane.get<T>(i, 2), lane.get<T>(i, 3)));
}
void multiply_add_flushed(Lane& lane, const Instruction& i) {
  lane.set(i, 0,
           flushed(std::fma(flushed(lane.get<float>(i, 1)), flushed(lane.get<float>(i, 2)),
                            flushed(lane.get<float>(i, 3)))));
}
void multiply_add_saturated(Lane& lane, const Instruction& i) {
  lane.set(
      i, 0,
      saturated(std::fma(lane.get<float>(i, 1), lane.get<float>(i, 2), lane.get<float>(i, 3))));
}

// The processor rounds in this direction while it lives.
class Rounding {
 public:
  explicit Rounding(int direction) : before_(std::fegetround()) { std::fesetround(direction); }
  ~Rounding() { std::fesetround(before_); }
  Rounding(const Rounding&) = delete;
  Rounding& operator=(const Rounding&) = delete;

 private:
  int before_;
};

template <typename Operation, int Direction>
void binary_rounded(Lane& lane, const Instruction& i) {
  const Rounding rounding(Direction);
  const volatile float a = lane.get<float>(i, 1);  // not worked out before
  const volatile float b = lane.get<float>(i, 2);
  const volatile float result = Operation::template of<float>(a, b);
  lane.set(i, 0, static_cast<float>(result));
}
template <int Direction>
void multiply_add_rounded(Lane& lane, const Instruction& i) {
  const Rounding rounding(Direction);
  const volatile float result =
      std::fma(lane.get<float>(i, 1), lane.get<float>(i, 2), lane.get<float>(i, 3));
  lane.set(i, 0, static_cast<float>(result));
}

template <typename T>
void negate(Lane& lane, const Instruction& i) {
  lane.set(i, 0, -lane.get<T>(i, 1));
}
template <typename T>
void absolute(Lane& lane, const Instruction& i) {
  lane.set(i, 0, std::fabs(lane.get<T>(i, 1)));
}
void negate_flushed(Lane& lane, const Instruction& i) {
  lane.set(i, 0, flushed(-lane.get<float>(i, 1)));
}
void absolute_flushed(Lane& lane, const Instruction& i) {
  lane.set(i, 0, flushed(std::fabs(lane.get<float>(i, 1))));
}
template <typename T>
void copy_sign(Lane& lane, const Instruction& i) {  // the sign of the first, the size of the second
  lane.set(i, 0, std::copysign(lane.get<T>(i, 2), lane.get<T>(i, 1)));
}

const Rule kRules[] = {
    {"add[.rn].f32", binary<float, Add>, 3},
    {"add[.rn].f64", binary<double, Add>, 3},
    {"add[.rn].ftz.f32", binary_flushed<Add>, 3},
    {"add[.rn].sat.f32", binary_saturated<Add>, 3},
    {"add.rz.f32", binary_rounded<Add, FE_TOWARDZERO>, 3},
    {"add.rm.f32", binary_rounded<Add, FE_DOWNWARD>, 3},
    {"add.rp.f32", binary_rounded<Add, FE_UPWARD>, 3},
    {"sub[.rn].f32", binary<float, Subtract>, 3},
    {"sub[.rn].f64", binary<double, Subtract>, 3},
    {"sub[.rn].ftz.f32", binary_flushed<Subtract>, 3},
    {"sub[.rn].sat.f32", binary_saturated<Subtract>, 3},
    {"mul[.rn].f32", binary<float, Multiply>, 3},
    {"mul[.rn].f64", binary<double, Multiply>, 3},
    {"mul[.rn].ftz.f32", binary_flushed<Multiply>, 3},
    {"mul[.rn].sat.f32", binary_saturated<Multiply>, 3},
    {"mul.rz.f32", binary_rounded<Multiply, FE_TOWARDZERO>, 3},
    {"mul.rm.f32", binary_rounded<Multiply, FE_DOWNWARD>, 3},
    {"mul.rp.f32", binary_rounded<Multiply, FE_UPWARD>, 3},
    {"div.{rn,full,approx}.f32", binary<float, Divide>, 3},
    {"div.{rn,full,approx}.ftz.f32", binary_flushed<Divide>, 3},
    {"div.rn.f64", binary<double, Divide>, 3},
    {"min.f32", binary<float, Minimum>, 3},
    {"min.f64", binary<double, Minimum>, 3},
    {"min.ftz.f32", binary_flushed<Minimum>, 3},
    {"max.f32", binary<float, Maximum>, 3},
    {"max.f64", binary<double, Maximum>, 3},
    {"max.ftz.f32", binary_flushed<Maximum>, 3},
    {"fma.rn.f32", multiply_add<float>, 4},
    {"fma.rn.f64", multiply_add<double>, 4},
    {"fma.rn.ftz.f32", multiply_add_flushed, 4},
    {"fma.rn.sat.f32", multiply_add_saturated, 4},
    {"fma.rz.f32", multiply_add_rounded<FE_TOWARDZERO>, 4},
    {"fma.rm.f32", multiply_add_rounded<FE_DOWNWARD>, 4},
    {"fma.rp.f32", multiply_add_rounded<FE_UPWARD>, 4},
    {"neg.f32", negate<float>, 2},
    {"neg.f64", negate<double>, 2},
    {"neg.ftz.f32", negate_flushed, 2},
    {"abs.f32", absolute<float>, 2},
    {"abs.f64", absolute<double>, 2},
    {"abs.ftz.f32", absolute_flushed, 2},
    {"copysign.f32", copy_sign<float>, 3},
    {"copysign.f64", copy_sign<double>, 3},
};

}  // namespace

std::span<const Rule> float_rules() { return kRules; }

}  // namespace aiops::simt::ptx
