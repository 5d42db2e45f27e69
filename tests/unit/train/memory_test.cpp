// SPDX-License-Identifier: Apache-2.0
#include "train/optimiser/memory.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "fixture.hpp"
#include "tests/unit/train/tiny_model.hpp"
#include "train/available_memory.hpp"
#include "train/memory_need.hpp"

#include <gmock/gmock.h>

namespace aiops::train {
namespace {

using testing::HasSubstr;

class AvailableMemory : public TrainFixture {
 protected:
  std::optional<std::uint64_t> available() const {
    return available_memory(directory_ / "proc", directory_ / "groups");
  }
};

TEST_F(AvailableMemory, IsTheLeastOfTheSystemAndEveryGroup) {
  EXPECT_FALSE(available().has_value());
  write("proc/meminfo", "MemTotal:  9000 kB\nMemFree:  10 kB\nMemAvailable:    8000 kB\n");
  EXPECT_EQ(available(), 8000u * 1024);
  write("proc/self/cgroup", "1:name=systemd:/old\n0::/outer/inner\n");
  write("groups/outer/memory.max", "max\n");
  EXPECT_EQ(available(), 8000u * 1024);
  write("groups/outer/inner/memory.max", "5000000\n");
  write("groups/outer/inner/memory.current", "4000000\n");
  write("groups/outer/inner/memory.stat", "anon 1\nfile 900000\ninactive_file 500000\n");
  EXPECT_EQ(available(), 1500000u);
  write("groups/outer/memory.max", "700000\n");
  write("groups/outer/memory.current", "800000\n");
  EXPECT_EQ(available(), 0u);
}

TEST(OptimiserMemory, IsWhatTheOptimiserHolds) {
  ThreadPool threads(1);
  Model model(tiny_config(), threads);
  for (const auto kind : {OptimiserKind::adamw, OptimiserKind::muon, OptimiserKind::sgd}) {
    const OptimiserOptions options{.kind = kind};
    const auto bytes = optimiser_bytes(options, model.parameters());
    const auto state = make_optimiser(options, model.parameters(), model.backend())->state_bytes();
    EXPECT_GE(bytes.state, state) << name_of(kind);
    EXPECT_LE(bytes.state, state + 2 * 64 * model.parameters().size()) << name_of(kind);
    EXPECT_EQ(bytes.room > 0, kind == OptimiserKind::muon) << name_of(kind);
  }
}

class Memory : public TrainFixture {
 protected:
  // A configuration whose activations outweigh everything else.
  TrainConfig config() const {
    TrainConfig config = options("run", 1).config;
    config.rows = 64;
    config.length = config.model.max_position_embeddings = 512;
    config.model.vocab_size = 300;
    return config;
  }
};

TEST_F(Memory, IsLessWithWhatTheRefusalProposes) {
  const TrainConfig wide = config();
  const std::uint64_t need = memory_need(wide.model, wide).total();
  EXPECT_NO_THROW(require_memory(wide.model, wide, need + (64u << 20)));
  try {
    require_memory(wide.model, wide, need);
    FAIL() << "took it";
  } catch (const Error& error) {
    EXPECT_EQ(error.code, ExitCode::failed);
    EXPECT_THAT(error.message, HasSubstr("the training needs"));
    EXPECT_THAT(error.mend, HasSubstr("--set batch.rows="));
  }
  TrainConfig again = wide;
  again.compute.recompute = Recompute::layers;
  EXPECT_LT(memory_need(again.model, again).activations, memory_need(wide.model, wide).activations);
  try {
    require_memory(wide.model, wide, 1 << 20);
    FAIL() << "took it";
  } catch (const Error& error) {
    EXPECT_THAT(error.mend, HasSubstr("a smaller model"));
  }
}

TEST_F(Memory, OfSamplesIsWhatTheyFill) {
  TrainConfig said = config();
  EXPECT_EQ(memory_need(said.model, said).cache, 0u);
  said.sample_prompts = {"In the"};
  said.model.max_position_embeddings = 1 << 20;
  const std::uint64_t short_one = memory_need(said.model, said).cache;
  EXPECT_GE(short_one, 2u * (said.model.num_hidden_layers << 20));  // a large page of each layer
  EXPECT_LT(short_one, 3u * (said.model.num_hidden_layers << 20));
  said.model.max_position_embeddings = 64;
  EXPECT_LT(memory_need(said.model, said).cache, 64u << 10);
}

TEST_F(AvailableMemory, KnowsWhatIsResident) {
  const auto now = resident_memory();
  ASSERT_TRUE(now);
  EXPECT_GT(*now, 1u << 20);
  EXPECT_FALSE(resident_memory(directory_ / "proc"));
}

TEST_F(Memory, OfAFrozenModelHasGradientsAndStateOfItsAdaptersAlone) {
  const TrainConfig whole = config();
  TrainConfig adapted = whole;
  adapted.lora = {.rank = 2, .alpha = 4, .targets = {"q_proj"}};
  const auto floats = [](std::int64_t count) { return 4 * static_cast<std::uint64_t>(count); };
  const ModelConfig& model = whole.model;
  const std::int64_t adapters = model.num_hidden_layers * 2 *
                                (model.hidden_size + model.num_attention_heads * model.head_dim);
  const MemoryNeed all = memory_need(model, whole), few = memory_need(model, adapted);
  EXPECT_EQ(few.gradients, floats(adapters));
  EXPECT_EQ(few.parameters, all.parameters + floats(adapters));
  EXPECT_EQ(few.checkpoint, few.gradients + few.optimiser);
  EXPECT_LT(few.optimiser, all.optimiser);
  EXPECT_GT(few.activations, all.activations);
}

}  // namespace
}  // namespace aiops::train
