// SPDX-License-Identifier: Apache-2.0
#include "train/model/adapter_directory.hpp"

#include "base/error.hpp"
#include "fixture.hpp"
#include "tests/unit/train/tiny_model.hpp"
#include "train/model/lora.hpp"
#include "train/model/weights.hpp"

#include <gmock/gmock.h>

namespace aiops::train {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class AdapterDirectory : public TrainFixture {
 protected:
  // A directory of adapters as `options` make them, under a configuration of its own.
  ModelFiles adapters(const LoraOptions& options, const std::string& config) {
    Model model(tiny_config(), threads, {.lora = options});
    model.lora()->initialise(5);
    write("adapter/adapter_config.json", config);
    save_tensors(directory_ / "adapter/adapter_model.safetensors", tensors_of(model));
    return ModelFiles::in_directory(directory_ / "adapter");
  }
  std::string refusal(const ModelFiles& files) {
    try {
      read_adapter(files, tiny_config());
    } catch (const Error& error) {
      EXPECT_EQ(error.code, ExitCode::failed);
      return error.message;
    }
    return "read";
  }
  static std::string config(const std::string& targets, const std::string& more = "") {
    return R"({"peft_type":"LORA","r":3,"lora_alpha":6,"target_modules":)" + targets + more + "}";
  }
  ThreadPool threads{1};
  const LoraOptions queries{.rank = 3, .alpha = 6, .targets = {"q_proj"}};
  const LoraOptions one{.rank = 3, .alpha = 6, .targets = {"model.layers.1.self_attn.q_proj"}};
};

TEST_F(AdapterDirectory, HasTheMatricesThatItsTensorsName) {
  const auto listed =
      read_adapter(adapters(queries, config(R"(["q_proj","c_attn"])")), tiny_config());
  EXPECT_THAT(listed.targets, ElementsAre("q_proj"));
  for (const char* said : {R"("all-linear")", R"(".*layers\\.1.*")", "null"}) {
    const auto found = read_adapter(adapters(one, config(said)), tiny_config());
    EXPECT_THAT(found.targets, ElementsAre("model.layers.1.self_attn.q_proj")) << said;
    EXPECT_EQ(found.rank, 3);
  }
  const auto narrowed = read_adapter(
      adapters(one, config(R"(["q_proj"])", R"(,"layers_to_transform":[1])")), tiny_config());
  EXPECT_THAT(narrowed.targets, ElementsAre("model.layers.1.self_attn.q_proj"));
}

TEST_F(AdapterDirectory, FillsAdaptersOfSeveralSizes) {
  LoraOptions options{.rank = 3, .alpha = 6, .targets = {"q_proj", "up_proj"}};
  options.others = {{"model.layers.0.mlp.up_proj", {5, 1}}};
  const auto files = adapters(
      options,
      config(R"(["q_proj","up_proj"])",
             R"(,"rank_pattern":{"0.mlp.up_proj":5},"alpha_pattern":{"0.mlp.up_proj":1})"));
  const LoraOptions read = read_adapter(files, tiny_config());
  EXPECT_EQ(read.others, options.others);
  Model model(tiny_config(), threads, {.lora = read});
  load_adapter(files, model);
  Model wanted(tiny_config(), threads, {.lora = options});
  wanted.lora()->initialise(5);
  for (std::size_t i = 0; i < wanted.trainable().size(); ++i)
    EXPECT_TRUE(std::ranges::equal(model.trainable()[i].value, wanted.trainable()[i].value));
}

TEST_F(AdapterDirectory, RefusesWhatDoesNotFit) {
  EXPECT_THAT(refusal(adapters(one, config(R"(["q_proj"])"))),
              HasSubstr("model.layers.0.self_attn.q_proj.lora_A.weight is missing"));
  EXPECT_THAT(refusal(adapters(queries, config(R"(["v_proj"])"))),
              HasSubstr("q_proj.lora_A.weight is of no matrix that 'target_modules' names"));
  LoraOptions wide = queries;
  wide.rank = 4;
  EXPECT_THAT(refusal(adapters(wide, config(R"(["q_proj"])"))),
              HasSubstr("q_proj.lora_A.weight is [4,24], configuration and base say [3,24]"));
  const auto of = [&](const std::string& name, std::vector<std::uint64_t> shape) {
    std::vector<float> values(shape[0] * shape[1]);
    write("adapter/adapter_config.json", config("null"));
    const NamedTensor tensor{name, std::move(shape), values};
    save_tensors(directory_ / "adapter/adapter_model.safetensors", {&tensor, 1});
    return refusal(ModelFiles::in_directory(directory_ / "adapter"));
  };
  EXPECT_THAT(of("base_model.model.lm_head.lora_A.weight", {3, 24}),
              HasSubstr("the base has no matrix lm_head inside its layers"));
  EXPECT_THAT(of("base_model.model.model.embed_tokens.lora_embedding_A", {3, 37}),
              HasSubstr("is no adapter of a matrix"));
  EXPECT_THAT(of("base_model.model.model.layers.1.mlp.up_proj.lora_A.weight", {3, 24}),
              HasSubstr("up_proj.lora_B.weight is missing"));
  save_tensors(directory_ / "adapter/adapter_model.safetensors", {});
  EXPECT_THAT(refusal(ModelFiles::in_directory(directory_ / "adapter")),
              HasSubstr("holds no adapter"));
}

}  // namespace
}  // namespace aiops::train
