// SPDX-License-Identifier: Apache-2.0
// The grammar of PTX: what nvcc writes around instructions.
#include "base/error.hpp"
#include "tests/simt/ptx/engine.hpp"
#include "tests/simt/ptx/table.hpp"
#include "tests/simt/ptx/tokens.hpp"
#include "tests/simt/runtime/device.hpp"
#include "tests/simt/runtime/report.hpp"

#include <gtest/gtest.h>

namespace aiops::simt::ptx {
namespace {

TEST(Tokens, AreWordsAndSigns) {
  std::vector<std::string> words;
  for (const Token& token :
       tokens_of("@!%p1 ld.shared::cta.v2.f32 {%f1, _}, [a+-8]; // no\n\"x y\""))
    words.emplace_back(token.text);
  EXPECT_EQ(words, (std::vector<std::string>{"@", "!", "%p1", "ld.shared::cta.v2.f32", "{", "%f1",
                                             ",", "_", "}", ",", "[", "a", "+", "-", "8", "]", ";",
                                             "\"x y\""}));
}

TEST(Patterns, StandForEveryMnemonic) {
  EXPECT_EQ(expand("ret"), std::vector<std::string>{"ret"});
  EXPECT_EQ(expand("a.{x,y}[.z]"), (std::vector<std::string>{"a.x.z", "a.x", "a.y.z", "a.y"}));
  EXPECT_EQ(expand("a[{.x,.y}]"), (std::vector<std::string>{"a.x", "a.y", "a"}));
  EXPECT_THROW(expand("a{x"), Error);
}

constexpr const char* kModule = R"(
.version 9.0
.target sm_80
.address_size 64
.extern .shared .align 128 .b8 dynamic[];
.global .align 4 .u32 table[3] = {5, 6, 0x7};
.visible .entry k(
  .param .align 8 .b8 shape[24],
  .param .u64 .ptr .global .align 16 out,
  .param .u8 flag
)
.maxntid 64, 2, 1
{
  .reg .pred %p<2>;
  .reg .b32 %r<4>;
  .reg .b64 %rd<4>;
  .local .align 16 .b8 depot[32];
  .shared .align 16 .b8 row[256];
  .loc 1 12 3
$begin:
  setp.eq.s32 %p1, %r1, 0;
  @!%p1 bra $begin;
  .loc 2 7 1, function_name $L__info, inlined_at 1 12 3
  { .reg .b32 inner; mov.b32 inner, 1; }
  ret;
}
.file 1 "/somewhere/kernel.cuh"
.file 2 "warp.cuh"
.section .debug_str { $L__info: .b8 95, 90, 0 }
)";

TEST(Module, IsReadAsNvccWritesIt) {
  const Module module = parse(kModule);
  const Function& function = module.functions.at("k");
  ASSERT_EQ(function.parameters.size(), 3U);
  EXPECT_EQ(function.parameters[1].offset, 24U);
  EXPECT_EQ(function.parameters[1].size, 8U);
  EXPECT_EQ(function.parameters[2].offset, 32U);
  EXPECT_EQ(function.most_threads, 128U);
  EXPECT_EQ(function.local_size, 32U);
  EXPECT_EQ(module.dynamic_shared, "dynamic");
  EXPECT_EQ(module.shared.at("row").size, 256U);
  EXPECT_EQ(module.global.at("table").size, 12U);
  EXPECT_EQ(module.global.at("table").initial[8], std::byte{7});
  EXPECT_EQ(module.files.at(1), "kernel.cuh");
  ASSERT_EQ(function.code.size(), 4U);
  EXPECT_EQ(function.code[0].line, 12);
  EXPECT_EQ(function.code[1].target, 0);
  EXPECT_TRUE(function.code[1].guard_negated);
  EXPECT_EQ(function.code[2].file, 2);
}

TEST(Module, MustBeWhole) {
  EXPECT_THROW(parse(".entry k( {"), Error);
  EXPECT_THROW(parse(".entry k() { ret;"), Error);
  EXPECT_THROW(parse(".func f() { ret; }"), Error);
  EXPECT_THROW(parse("nonsense"), Error);
}

// Runs k with one pointer as its parameter.
kernels::cuda::LaunchStatus launch(PtxEngine& engine, void* pointer, Index block,
                                   std::size_t dynamic_shared = 0) {
  options() = {.engine = &engine};
  const simt::Parameter parameter{0, sizeof pointer};
  const auto status = execute({.name = "k",
                               .run = nullptr,
                               .block_of_parameters = std::as_bytes(std::span(&pointer, 1)),
                               .parameters = {&parameter, 1},
                               .grid = {},
                               .block = block,
                               .dynamic_shared = dynamic_shared,
                               .stream = nullptr});
  options() = {};
  return status;
}

// Every kind of memory but parameters: local to shared to global, and a constant table.
constexpr const char* kSpaces = R"(
.extern .shared .align 128 .b8 dynamic[];
.const .align 4 .b32 table[2] = {10, 20};
.entry k(.param .u64 out)
{
  .reg .b32 %r<8>;
  .reg .b64 %rd<8>;
  .local .align 16 .b8 depot[16];
  .shared .align 16 .b8 row[8];
  mov.u64 %rd1, depot;
  cvta.local.u64 %rd2, %rd1;
  st.local.u32 [%rd1+4], 1;
  ld.local.u32 %r1, [depot+4];
  st.shared.u32 [row+4], %r1;
  mov.u64 %rd3, row;
  cvta.shared.u64 %rd3, %rd3;
  ld.u32 %r2, [%rd3+4];
  mov.u32 %r3, dynamic;
  st.shared.v2.u32 [%r3+8], {%r2, %r2};
  ld.shared.u32 %r4, [dynamic+12];
  ld.const.u32 %r5, [table+4];
  add.s32 %r6, %r4, %r5;
  ld.param.u64 %rd4, [out];
  cvta.to.global.u64 %rd5, %rd4;
  st.global.u32 [%rd5], %r6;
  ret;
}
)";

TEST(Engine, ReachesEverySpace) {
  PtxEngine engine;
  engine.load(kSpaces);
  auto* out = static_cast<std::uint32_t*>(allocate(4, "out"));
  EXPECT_TRUE(launch(engine, out, {}, 16).ok());
  std::uint32_t value = 0;
  copy_from_device(&value, out, sizeof value);
  EXPECT_EQ(value, 21U);
  EXPECT_TRUE(take_reports().empty());
  EXPECT_FALSE(launch(engine, out, {}, 12).ok()) << "dynamic shared memory ends before";
  const auto reports = take_reports();
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_EQ(reports[0].fault, Fault::out_of_bounds);
  release(out);
}

TEST(Engine, RefusesWhatDoesNotFit) {
  PtxEngine engine;
  engine.load(".entry k(.param .u64 out) .maxntid 32, 1, 1 { ret; }");
  EXPECT_TRUE(launch(engine, nullptr, {32, 1, 1}).ok());
  EXPECT_FALSE(launch(engine, nullptr, {33, 1, 1}).ok());
  PtxEngine other;
  other.load(".entry k(.param .u32 count) { ret; }");
  EXPECT_FALSE(launch(other, nullptr, {}).ok());
  PtxEngine empty;
  EXPECT_FALSE(launch(empty, nullptr, {}).ok());
  EXPECT_EQ(take_reports().size(), 3U);
}

TEST(Engine, StopsWhatRunsTooLong) {
  PtxEngine engine;
  engine.load(".entry k(.param .u64 out) { $again: bra $again; }");
  engine.most_per_launch = 1000;
  EXPECT_FALSE(launch(engine, nullptr, {}).ok());
  const auto reports = take_reports();
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_EQ(reports[0].fault, Fault::deadlock);
  EXPECT_EQ(engine.executed, 1000U);
}

}  // namespace
}  // namespace aiops::simt::ptx
