// SPDX-License-Identifier: Apache-2.0
#include "bench/generate.hpp"

#include "base/error.hpp"
#include "bench/ceiling.hpp"
#include "bench/memory_probe.hpp"
#include "bench/model_work.hpp"
#include "bench/train.hpp"
#include "tests/unit/bench/alone.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace aiops::bench {
namespace {

std::string names_of(std::string_view text) {
  std::string names;
  for (const GenerateTest& test : parse_generate_tests(text, "--test"))
    names += (names.empty() ? "" : " ") + test.name();
  return names;
}

TEST(GenerateTests, HaveTheNamesOfLlamaBench) {
  EXPECT_EQ(names_of("pp512,tg128,pp512+tg128,tg128@d512"), "pp512 tg128 pp512+tg128 tg128@d512");
  EXPECT_EQ(names_of("tg128 @ d512,tg8@d0"), "tg128@d512 tg8");
  EXPECT_EQ(names_of("pp64-256*2"), "pp64 pp128 pp256");
  EXPECT_EQ(names_of("pp8-16+8+tg1-2+1@d4-8*2"),
            "pp8+tg1@d4 pp8+tg1@d8 pp8+tg2@d4 pp8+tg2@d8 pp16+tg1@d4 pp16+tg1@d8 pp16+tg2@d4 "
            "pp16+tg2@d8");
  EXPECT_EQ(names_of("tg8,tg8,tg4-8*2"), "tg8 tg4");
}

TEST(GenerateTests, NothingElseIsATest) {
  for (const char* text : {"", "512", "pp", "tg", "pp0", "tg0", "tg8+pp8", "pp8+", "pp8@", "pp8@8",
                           "pp8@d", "pp8tg8", "pp8-16", "pp8,", "tg-1", "pp8@d-1", "pp1-2000+1"})
    EXPECT_THROW(parse_generate_tests(text, "--test"), Error) << text;
}

// One layer, one head of two floats, a hidden size of two: small enough to count by hand.
TEST(ModelWork, CountsWhatMustBeReadAndMultiplied) {
  train::ModelConfig c;
  c.family = train::Family::gpt2;
  c.vocab_size = 5;
  c.hidden_size = c.head_dim = 2;
  c.intermediate_size = 3;
  c.num_hidden_layers = c.num_attention_heads = c.num_key_value_heads = 1;
  const double inside = 2 * 6 + 2 * 2 + 2 * 3 + 3 * 2, head = 2 * 5;
  EXPECT_EQ(static_cast<double>(matrix_bytes(c)), 4 * (inside + head));
  // Three tokens after one: the first sees 2 keys, the second 3, the third 4.
  const Work prompt = work_of_prompt(c, 3, 1);
  EXPECT_EQ(prompt.flops, 2 * (3 * inside + head) + 4 * 2 * (2 + 3 + 4));
  EXPECT_EQ(prompt.bytes, 4 * (inside + head + 4 * 4));
  // The same one by one, on average.
  const Work token = work_of_token(c, 3, 1);
  EXPECT_EQ(token.flops, 2 * (inside + head) + 4 * 2 * 3);
  EXPECT_EQ(token.bytes, 4 * (inside + head + 4 * 3));
}

TEST(Generate, GivesARecordForEachTest) {
  Alone alone;
  run_suite(generate_suite({{shape_model("tiny")},
                            train_precisions(),
                            parse_generate_tests("pp16,tg4,pp8+tg2@d5,tg2@d9", "--test")},
                           alone.bench),
            alone.bench);
  ASSERT_EQ(alone.records.size(), 8u);
  const Json& decode = alone.records[1];
  EXPECT_EQ(decode.at("workload").at("params").at("test"), "tg4");
  EXPECT_EQ(decode.at("metrics").at(0).at("per_call"), 1e9);  // one token
  EXPECT_EQ(alone.records[2].at("metrics").at(0).at("per_call"), 10e9);
  for (const Json& record : alone.records) {
    EXPECT_EQ(record.at("correctness").at("pass"), true);
    EXPECT_EQ(record.at("peak").is_null(), !CeilingProbe::supported());
  }
}

TEST(Generate, MoreTokensThanTheModelTakesAreRefused) {
  Alone alone;
  const auto suite = [&](const char* test) {
    return generate_suite({{shape_model("tiny")}, {"fp32"}, parse_generate_tests(test, "--test")},
                          alone.bench);
  };
  EXPECT_NO_THROW(suite("pp1000+tg24@d1024"));
  EXPECT_THROW(suite("pp1000+tg25@d1024"), Error);
}

TEST(Generate, LogitsThatDifferAreNotMeasured) {
  const std::vector<float> a = {1, -4, 2}, near = {1, -4, 2.001F}, far = {1, -4, 2.1F},
                           broken = {1, NAN, 2};
  EXPECT_EQ(check_logits("m", a, near, 1e-3).at("pass"), true);
  EXPECT_THROW(check_logits("m", a, far, 1e-3), Error);
  EXPECT_THROW(check_logits("m", a, broken, 1e-3), Error);
  EXPECT_THROW(check_logits("m", broken, a, 1e-3), Error);
}

TEST(MemoryProbe, MovesWhatItIsAskedToMove) {
  ThreadPool threads(2);
  for (const std::int64_t bytes : {0, 4, 64, 4 << 20, (1 << 20) + 4})
    for (const Traffic& traffic :
         {Traffic{bytes, 0, 0}, Traffic{bytes, bytes, 0}, Traffic{2 * bytes, bytes, bytes}}) {
      MemoryProbe probe(traffic, threads);
      probe.run();
      EXPECT_GE(probe.bytes(), traffic.bytes());
      EXPECT_LT(probe.bytes(), traffic.bytes() + 5 * 64);
    }
}

TEST(Ceiling, HasBfloat16WhereTheCpuHasIt) {
  if (!CeilingProbe::supported()) GTEST_SKIP() << "no FMA instruction that we know";
  CeilingProbe probe(1, kernels::Precision::bf16);
  probe.slice();
  const std::string isa = probe.result()->isa;
  EXPECT_TRUE(isa == "avx512bf16" || isa == "avx512f" || isa == "fma") << isa;
  EXPECT_GT(probe.result()->flop_per_ns, 0);
}

}  // namespace
}  // namespace aiops::bench
