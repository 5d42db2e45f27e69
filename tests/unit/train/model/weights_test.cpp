// SPDX-License-Identifier: Apache-2.0
#include "train/model/weights.hpp"

#include "base/error.hpp"
#include "fixture.hpp"
#include "pack/safetensors.hpp"
#include "tests/unit/train/tiny_model.hpp"
#include "train/model/files.hpp"

#include <gmock/gmock.h>

#include <bit>
#include <cmath>
#include <limits>

namespace aiops::train {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class WeightsTest : public TrainFixture {
 protected:
  // Writes 16-bit words as one tensor `x` of `dtype` and reads them as floats.
  std::vector<float> read(const std::string& dtype, const std::vector<std::uint16_t>& words) const {
    const auto path = directory_ / "x.safetensors";
    pack::write_safetensors(path, {{"x", dtype, {words.size()}, std::as_bytes(std::span(words))}});
    std::vector<float> values(words.size());
    load_tensors(ModelFiles::in_directory(directory_).open("x.safetensors"),
                 std::vector<NamedTensor>{{"x", {words.size()}, values}});
    return values;
  }
  std::string refusal(std::span<const NamedTensor> wanted) const {
    try {
      load_tensors(ModelFiles::in_directory(directory_).open("x.safetensors"), wanted);
    } catch (const Error& error) {
      return error.message;
    }
    return "accepted";
  }
};

TEST_F(WeightsTest, ReadsHalvesOfBothKinds) {
  EXPECT_THAT(read("BF16", {0x3F80, 0xC000, 0x0000}), ElementsAre(1.0F, -2.0F, 0.0F));
  // One, minus two, the smallest subnormal, the largest subnormal, the largest number.
  EXPECT_THAT(read("F16", {0x3C00, 0xC000, 0x0001, 0x03FF, 0x7BFF}),
              ElementsAre(1.0F, -2.0F, 0x1p-24F, 0x1.ff8p-15F, 65504.0F));
  const auto special = read("F16", {0x7C00, 0xFC00, 0x7E00, 0x8000});
  EXPECT_EQ(special[0], std::numeric_limits<float>::infinity());
  EXPECT_EQ(special[1], -std::numeric_limits<float>::infinity());
  EXPECT_TRUE(std::isnan(special[2]));
  EXPECT_TRUE(std::signbit(special[3]));
}

TEST_F(WeightsTest, NamesWhatDoesNotFit) {
  std::vector<float> values{1, 2, 3, 4};
  save_tensors(directory_ / "x.safetensors", std::vector<NamedTensor>{{"x", {2, 2}, values}});
  EXPECT_THAT(refusal(std::vector<NamedTensor>{{"x", {4}, values}}),
              HasSubstr("x is [2,2], the configuration says [4]"));
  EXPECT_THAT(refusal(std::vector<NamedTensor>{}), HasSubstr("x is not a tensor of this model"));
  EXPECT_THAT(refusal(std::vector<NamedTensor>{{"x", {2, 2}, values}, {"y", {2, 2}, values}}),
              HasSubstr("y is missing"));
  const std::vector<std::byte> bytes(8);
  pack::write_safetensors(directory_ / "x.safetensors", {{"x", "I16", {2, 2}, bytes}});
  EXPECT_THAT(refusal(std::vector<NamedTensor>{{"x", {2, 2}, values}}), HasSubstr("x is I16"));
  write("x.safetensors", "abc");
  EXPECT_THAT(refusal({}), HasSubstr("x.safetensors"));
  write("x.safetensors", std::string("\xff\xff\xff\xff\xff\xff\xff\xff{}", 10));
  EXPECT_THAT(refusal({}), HasSubstr("x.safetensors"));
}

TEST_F(WeightsTest, ReadsShards) {
  ModelConfig config = options("run", 1).config.model;
  config.vocab_size = 20;
  ThreadPool threads(1);
  Model model(config, threads), again(config, threads);
  model.initialise(3);
  const auto tensors = tensors_of(model);
  const auto half = tensors.size() / 2;
  std::filesystem::create_directory(directory_ / "m");
  save_tensors(directory_ / "m/a.safetensors", std::span(tensors).first(half));
  save_tensors(directory_ / "m/b.safetensors", std::span(tensors).subspan(half));
  std::string map;
  for (std::size_t i = 0; i < tensors.size(); ++i)
    map +=
        (i ? ",\"" : "\"") + tensors[i].name + "\":\"" + (i < half ? "a" : "b") + ".safetensors\"";
  write("m/model.safetensors.index.json", "{\"weight_map\":{" + map + "}}");
  load_weights(ModelFiles::in_directory(directory_ / "m"), again);
  for (std::size_t i = 0; i < tensors.size(); ++i)
    EXPECT_TRUE(std::ranges::equal(tensors[i].values, tensors_of(again)[i].values));
  std::filesystem::remove(directory_ / "m/b.safetensors");
  EXPECT_THROW(load_weights(ModelFiles::in_directory(directory_ / "m"), again), Error);
}

// Conv1D's matrices lie in files with rows and columns exchanged.
TEST_F(WeightsTest, ExchangesRowsAndColumnsWhereFilesDo) {
  std::vector<float> values{1, 2, 3, 4, 5, 6};
  save_tensors(directory_ / "x.safetensors",
               std::vector<NamedTensor>{{"x", {2, 3}, values, FileOrder::transposed}});
  const auto file = ModelFiles::in_directory(directory_).open("x.safetensors");
  std::vector<float> stored(6);
  load_tensors(file, std::vector<NamedTensor>{{"x", {3, 2}, stored}});
  EXPECT_THAT(stored, ElementsAre(1, 4, 2, 5, 3, 6));
  std::vector<float> back(6);
  load_tensors(file, std::vector<NamedTensor>{{"x", {2, 3}, back, FileOrder::transposed}});
  EXPECT_EQ(back, values);
}

// As GPT-2 itself was published: no prefix, and the causal mask of every layer.
TEST_F(WeightsTest, ReadsNamesWithoutPrefixAndPassesOverMasks) {
  ThreadPool threads(1);
  const ModelConfig config = tiny_config_of(Family::gpt2);
  Model model(config, threads), again(config, threads);
  initialise_roughly(model, 3);
  std::filesystem::create_directory(directory_ / "m");
  auto tensors = tensors_of(model);
  for (NamedTensor& tensor : tensors) tensor.name = tensor.name.substr(12);  // "transformer."
  std::vector<float> mask(4);
  tensors.push_back({"h.0.attn.bias", {1, 1, 2, 2}, mask});
  tensors.push_back({"h.1.attn.masked_bias", {1}, std::span(mask).first(1)});
  save_tensors(directory_ / "m/model.safetensors", tensors);
  load_weights(ModelFiles::in_directory(directory_ / "m"), again);
  for (std::size_t i = 0; i < model.parameters().size(); ++i)
    EXPECT_TRUE(std::ranges::equal(model.parameters()[i].value, again.parameters()[i].value));
}

}  // namespace
}  // namespace aiops::train
