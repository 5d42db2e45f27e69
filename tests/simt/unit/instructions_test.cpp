// SPDX-License-Identifier: Apache-2.0
// Instructions of PTX one by one, on values where a neighbour of the instruction would differ.
#include "base/error.hpp"
#include "tests/simt/ptx/engine.hpp"
#include "tests/simt/runtime/device.hpp"
#include "tests/simt/runtime/report.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <ostream>

namespace aiops::simt {
namespace {

std::uint64_t f(float x) { return std::bit_cast<std::uint32_t>(x); }
std::uint64_t d(double x) { return std::bit_cast<std::uint64_t>(x); }

constexpr std::uint64_t kNan = 0x7FC00000;
constexpr std::uint64_t kMinus1 = 0xFFFFFFFF;
constexpr std::uint64_t kTiny = 1;  // the smallest subnormal float

struct Row {
  const char* mnemonic;
  std::vector<std::uint64_t> operands;
  std::uint64_t result;
};
void PrintTo(const Row& row, std::ostream* out) { *out << row.mnemonic; }

// How many bits the operand or the result of this mnemonic has: the last type that is named for it.
std::string text_of(const Row& row) {
  std::string text = ".entry k(.param .u64 out) {\n.reg .b64 %x<9>, %out;\n.reg .pred %p;\n";
  std::string arguments;
  for (std::size_t i = 0; i < row.operands.size(); ++i) {
    const std::string name = "%x" + std::to_string(i + 1);
    text += "mov.b64 " + name + ", " + std::to_string(row.operands[i]) + ";\n";
    arguments += ", " + name;
  }
  const std::string mnemonic = row.mnemonic;
  if (mnemonic.starts_with("setp")) {
    text += mnemonic + " %p" + arguments + ";\nselp.b64 %x0, 1, 0, %p;\n";
  } else {
    text += mnemonic + " %x0" + arguments + ";\n";
  }
  return text + "ld.param.u64 %out, [out];\nst.global.b64 [%out], %x0;\nret;\n}\n";
}

// Runs an entry `k` of one thread, whose parameter is an array of 64-bit numbers on the device.
std::vector<std::uint64_t> run(const std::string& text, std::vector<std::uint64_t> memory) {
  ptx::PtxEngine engine;
  engine.load(text);
  options() = {.engine = &engine};
  const std::size_t bytes = memory.size() * sizeof memory[0];
  void* out = allocate(bytes, "out");
  copy_to_device(out, memory.data(), bytes);
  const Parameter parameter{0, sizeof out};
  const auto status = execute({.name = "k",
                               .run = nullptr,
                               .block_of_parameters = std::as_bytes(std::span(&out, 1)),
                               .parameters = {&parameter, 1},
                               .grid = {},
                               .block = {},
                               .dynamic_shared = 0,
                               .stream = nullptr});
  EXPECT_TRUE(status.ok()) << status.reason;
  copy_from_device(memory.data(), out, bytes);
  release(out);
  options() = {};
  return memory;
}

class Instruction : public testing::TestWithParam<Row> {};

TEST_P(Instruction, GivesItsValue) {
  EXPECT_EQ(run(text_of(GetParam()), {0})[0], GetParam().result);
  EXPECT_TRUE(take_reports().empty());
}

INSTANTIATE_TEST_SUITE_P(
    Integers, Instruction,
    testing::Values(Row{"add.s32", {0x7FFFFFFF, 1}, 0x80000000}, Row{"add.u64", {~0ULL, 2}, 1},
                    Row{"sub.s16", {0, 1}, 0xFFFF}, Row{"mul.lo.s32", {kMinus1, 5}, 0xFFFFFFFB},
                    Row{"mul.hi.s32", {kMinus1, 5}, 0xFFFFFFFF}, Row{"mul.hi.u32", {kMinus1, 5}, 4},
                    Row{"mul.hi.u64", {~0ULL, 5}, 4},
                    Row{"mul.wide.s32", {kMinus1, 5}, static_cast<std::uint64_t>(-5)},
                    Row{"mul.wide.u32", {kMinus1, 5}, 0x4FFFFFFFBULL},
                    Row{"mad.lo.s32", {3, 5, kMinus1}, 14}, Row{"mad.wide.s32", {kMinus1, 5, 7}, 2},
                    Row{"div.s32", {static_cast<std::uint32_t>(-7), 2}, 0xFFFFFFFD},
                    Row{"div.u32", {static_cast<std::uint32_t>(-7), 2}, 0x7FFFFFFC},
                    Row{"rem.s32", {static_cast<std::uint32_t>(-7), 2}, 0xFFFFFFFF},
                    Row{"min.s32", {kMinus1, 1}, kMinus1}, Row{"min.u32", {kMinus1, 1}, 1},
                    Row{"max.s64", {~0ULL, 1}, 1}, Row{"neg.s32", {5}, 0xFFFFFFFB},
                    Row{"abs.s32", {0xFFFFFFFB}, 5}));

INSTANTIATE_TEST_SUITE_P(
    Bits, Instruction,
    testing::Values(
        Row{"and.b32", {0xF0F0F0F0FF, 0xFFFF}, 0xF0FF}, Row{"not.b16", {1}, 0xFFFE},
        Row{"shl.b32", {1, 31}, 0x80000000}, Row{"shl.b32", {1, 32}, 0},
        Row{"shr.s32", {0x80000000, 99}, 0xFFFFFFFF}, Row{"shr.u32", {0x80000000, 99}, 0},
        Row{"shf.l.wrap.b32", {0x80000001, 0x12345678, 36}, 0x23456788},
        Row{"shf.l.clamp.b32", {0x80000001, 0x12345678, 36}, 0x80000001},
        Row{"shf.r.wrap.b32", {0x80000001, 0x12345678, 4}, 0x88000000},
        Row{"bfe.u32", {0xABCD1234, 8, 8}, 0x12}, Row{"bfe.s32", {0x8000, 12, 4}, 0xFFFFFFF8},
        Row{"bfe.u32", {0xABCD1234, 40, 8}, 0},
        Row{"bfi.b32", {0xFF, 0x11111111, 8, 4}, 0x11111F11}, Row{"popc.b32", {0xF0F0}, 8},
        Row{"clz.b32", {1}, 31}, Row{"clz.b64", {0}, 64}, Row{"brev.b32", {1}, 0x80000000},
        Row{"bfind.u32", {0x100}, 8}, Row{"bfind.s32", {0xFFFFFFF0}, 3},
        Row{"bfind.u32", {0}, 0xFFFFFFFF}, Row{"bfind.shiftamt.u32", {0x100}, 23},
        Row{"bfind.shiftamt.s32", {0}, 0xFFFFFFFF},
        Row{"prmt.b32", {0x33221100, 0x77665544, 0x5410}, 0x55441100},
        Row{"prmt.b32", {0x80, 0, 0x8888}, 0xFFFFFFFF},
        Row{"lop3.b32", {0xF0, 0xCC, 0xAA, 0x96}, (0xF0 ^ 0xCC ^ 0xAA)}));

INSTANTIATE_TEST_SUITE_P(
    Floats, Instruction,
    testing::Values(
        Row{"add.f32", {f(1), f(2)}, f(3)}, Row{"add.f64", {d(1), d(2)}, d(3)},
        Row{"add.f32", {kTiny, 0}, kTiny}, Row{"add.ftz.f32", {kTiny, 0}, 0},
        Row{"add.sat.f32", {f(1), f(2)}, f(1)}, Row{"mul.sat.f32", {f(-1), f(2)}, f(0)},
        Row{"add.rm.f32", {f(1), f(-0x1p-30F)}, f(0x1.FFFFFEp-1F)},
        Row{"add.rn.f32", {f(1), f(-0x1p-30F)}, f(1)},
        Row{"fma.rn.f32", {f(0x1.000002p0F), f(0x1.000002p0F), f(-1)}, f(0x1.000001p-22F)},
        Row{"fma.rm.f32", {f(1), f(1), f(0x1p-30F)}, f(1)},
        Row{"fma.rp.f32", {f(1), f(1), f(0x1p-30F)}, f(0x1.000002p0F)},
        Row{"fma.rz.f32", {f(-1), f(1), f(-0x1p-30F)}, f(-1)}, Row{"min.f32", {kNan, f(2)}, f(2)},
        Row{"max.f32", {f(-1), f(2)}, f(2)}, Row{"neg.f32", {f(2)}, f(-2)},
        Row{"abs.f32", {f(-2)}, f(2)}, Row{"copysign.f32", {f(-1), f(3)}, f(-3)},
        Row{"sqrt.rn.f32", {f(9)}, f(3)}, Row{"rcp.rn.f32", {f(4)}, f(0.25F)},
        Row{"ex2.approx.f32", {f(0)}, f(1)}, Row{"div.rn.f32", {f(1), f(3)}, f(1.0F / 3)},
        Row{"add.rn.bf16", {0x3F80, 0x3F80}, 0x4000},
        Row{"fma.rn.bf16", {0x4000, 0x4040, 0x3F80}, 0x40E0},
        Row{"add.bf16x2", {0x3F803F80, 0x40003F80}, 0x40404000}));

INSTANTIATE_TEST_SUITE_P(
    Comparisons, Instruction,
    testing::Values(Row{"setp.lt.s32", {kMinus1, 0}, 1}, Row{"setp.lt.u32", {kMinus1, 0}, 0},
                    Row{"setp.lo.u32", {kMinus1, 0}, 0}, Row{"setp.ge.s64", {5, 5}, 1},
                    Row{"setp.gt.s64", {5, 5}, 0}, Row{"setp.eq.f32", {kNan, kNan}, 0},
                    Row{"setp.ne.f32", {kNan, f(1)}, 0}, Row{"setp.neu.f32", {kNan, f(1)}, 1},
                    Row{"setp.leu.f32", {kNan, f(1)}, 1}, Row{"setp.num.f32", {f(1), f(2)}, 1},
                    Row{"setp.nan.f32", {f(1), kNan}, 1}, Row{"setp.lt.f64", {d(1), d(2)}, 1},
                    Row{"setp.gt.ftz.f32", {kTiny, 0}, 0}, Row{"setp.lt.and.s32", {1, 2, 0}, 0},
                    Row{"setp.gt.or.s32", {1, 2, 1}, 1}, Row{"selp.b32", {7, 8, 0}, 8}));

INSTANTIATE_TEST_SUITE_P(
    Conversions, Instruction,
    testing::Values(
        Row{"cvt.s64.s32", {kMinus1}, ~0ULL}, Row{"cvt.u64.u32", {kMinus1}, kMinus1},
        Row{"cvt.u32.s8", {0x80}, 0xFFFFFF80}, Row{"cvt.u16.u32", {0x12345678}, 0x5678},
        Row{"cvt.rn.f32.s32", {kMinus1}, f(-1)}, Row{"cvt.rn.f32.u64", {1ULL << 40}, f(0x1p40F)},
        Row{"cvt.rzi.s32.f32", {f(-2.7F)}, 0xFFFFFFFE}, Row{"cvt.rni.s32.f32", {f(2.5F)}, 2},
        Row{"cvt.rmi.s32.f32", {f(-2.1F)}, 0xFFFFFFFD}, Row{"cvt.rpi.s32.f32", {f(2.1F)}, 3},
        Row{"cvt.rzi.s32.f32", {f(3e9F)}, 0x7FFFFFFF}, Row{"cvt.rzi.u32.f32", {f(-3)}, 0},
        Row{"cvt.rzi.s32.f32", {kNan}, 0}, Row{"cvt.rni.f32.f32", {f(3.5F)}, f(4)},
        Row{"cvt.rzi.f32.f32", {f(-3.5F)}, f(-3)}, Row{"cvt.rmi.f32.f32", {f(-3.5F)}, f(-4)},
        Row{"cvt.rpi.f32.f32", {f(3.1F)}, f(4)}, Row{"cvt.sat.f32.f32", {kNan}, f(0)},
        Row{"cvt.f64.f32", {f(1.5F)}, d(1.5)}, Row{"cvt.rn.f32.f64", {d(1.5)}, f(1.5F)},
        Row{"cvt.f32.bf16", {0xC000}, f(-2)}, Row{"cvt.rn.bf16.f32", {0x3F808000}, 0x3F80},
        Row{"cvt.rn.bf16.f32", {0x3F818000}, 0x3F82}, Row{"cvt.rn.bf16.f32", {kNan}, 0x7FFF},
        Row{"cvt.rn.bf16x2.f32", {f(2), f(1)}, 0x40003F80},
        Row{"cvt.rna.tf32.f32", {0x3F801000}, 0x3F802000}));

TEST(Approximations, ErrAsMuchAsTheHardwareMay) {
  double most = 0;
  for (float x = -20; x < 20; x += 0.37F)
    most = std::max(most, std::abs(double{fast_exp2(x)} / std::exp2(double{x}) - 1));
  EXPECT_GT(most, 0x1p-23);
  EXPECT_LT(most, 0x1p-21);
  EXPECT_EQ(fast_exp2(0.37F), fast_exp2(0.37F));
  EXPECT_EQ(fast_reciprocal(1), 1);
}

TEST(Instructions, DivideByZeroWithAReport) {
  run(text_of({"div.s32", {1, 0}, 0}), {0});
  const auto reports = take_reports();
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_EQ(reports[0].fault, Fault::undefined);
}

// What is not modelled is refused when the module is loaded, by its name.
class Unknown : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(Unknown, IsRefused) {
  const auto& [instruction, named] = GetParam();
  const std::string text = std::string(".entry k(.param .u64 out) {\n.reg .b64 %x<9>;\n") +
                           ".reg .pred %p<3>;\n" + instruction + "\nret;\n}\n";
  try {
    ptx::parse(text);
    FAIL() << "it was taken";
  } catch (const Error& error) {
    EXPECT_NE(error.message.find(named), std::string::npos) << error.message;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Constructs, Unknown,
    testing::Values(std::pair{"add.f16 %x0, %x1, %x2;", "add.f16"},
                    std::pair{"mad.hi.sat.s32 %x0, %x1, %x2, %x3;", "mad.hi.sat.s32"},
                    std::pair{"cvt.rni.sat.s32.f32 %x0, %x1;", "cvt.rni.sat.s32.f32"},
                    std::pair{"setp.lt.s32 %p0|%p1, %x1, %x2;", "setp.lt.s32"},
                    std::pair{"wgmma.fence.sync.aligned;", "wgmma.fence"},
                    std::pair{"call.uni (%x0), f, (%x1);", "call.uni"},
                    std::pair{"bar.sync 0, 64;", "bar.sync"},
                    std::pair{"mov.u32 %x0, %smid;", "%smid"},
                    std::pair{"mov.u32 %x0, %undeclared3;", "%undeclared3"},
                    std::pair{"bra $nowhere;", "$nowhere"}));

}  // namespace
}  // namespace aiops::simt
