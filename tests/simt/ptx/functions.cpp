// SPDX-License-Identifier: Apache-2.0
// Functions of one float. What is approximate on the hardware is approximate here:
// runtime/approximate.cpp.
#include "kernels/cuda/layer/executor.hpp"
#include "tests/simt/ptx/float.hpp"
#include "tests/simt/ptx/table.hpp"

namespace aiops::simt::ptx {
namespace {

template <float (*Function)(float)>
void approximate(Lane& lane, const Instruction& i) {
  lane.set(i, 0, made_by_hardware(Function(lane.get<float>(i, 1))));
}
template <float (*Function)(float)>
void approximate_flushed(Lane& lane, const Instruction& i) {
  lane.set(i, 0, made_by_hardware(flushed(Function(flushed(lane.get<float>(i, 1))))));
}

float reciprocal(float x) { return 1 / x; }
float square_root(float x) { return std::sqrt(x); }
float fast_square_root(float x) { return x == 0 ? x : x * fast_rsqrt(x); }
double reciprocal_of_double(double x) { return 1 / x; }
double square_root_of_double(double x) { return std::sqrt(x); }

template <double (*Function)(double)>
void exact(Lane& lane, const Instruction& i) {
  lane.set(i, 0, Function(lane.get<double>(i, 1)));
}

const Rule kRules[] = {
    {"ex2.approx.f32", approximate<fast_exp2>, 2},
    {"ex2.approx.ftz.f32", approximate_flushed<fast_exp2>, 2},
    {"lg2.approx.f32", approximate<fast_log2>, 2},
    {"lg2.approx.ftz.f32", approximate_flushed<fast_log2>, 2},
    {"rcp.approx.f32", approximate<fast_reciprocal>, 2},
    {"rcp.approx.ftz.f32", approximate_flushed<fast_reciprocal>, 2},
    {"rcp.rn.f32", approximate<reciprocal>, 2},
    {"rcp.rn.ftz.f32", approximate_flushed<reciprocal>, 2},
    {"rcp.rn.f64", exact<reciprocal_of_double>, 2},
    {"rsqrt.approx.f32", approximate<fast_rsqrt>, 2},
    {"rsqrt.approx.ftz.f32", approximate_flushed<fast_rsqrt>, 2},
    {"sqrt.approx.f32", approximate<fast_square_root>, 2},
    {"sqrt.approx.ftz.f32", approximate_flushed<fast_square_root>, 2},
    {"sqrt.rn.f32", approximate<square_root>, 2},
    {"sqrt.rn.ftz.f32", approximate_flushed<square_root>, 2},
    {"sqrt.rn.f64", exact<square_root_of_double>, 2},
    {"tanh.approx.f32", approximate<fast_tanh>, 2},
};

}  // namespace

std::span<const Rule> function_rules() { return kRules; }

}  // namespace aiops::simt::ptx
