// SPDX-License-Identifier: Apache-2.0
#include "train/checkpoint/export.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "fixture.hpp"
#include "tests/unit/train/tiny_model.hpp"
#include "train/gguf/export.hpp"
#include "train/gguf/names.hpp"
#include "train/model/directory.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace aiops::train {
namespace {

namespace fs = std::filesystem;

class ExportTest : public TrainFixture {
 protected:
  // A model directory with random weights.
  fs::path make_model(const ModelConfig& config, const std::string& name = "model") {
    Model model(with_vocabulary(config), threads_);
    initialise_roughly(model, 2);
    make_directories(directory_ / name);
    write_model_directory(directory_ / name, model, tokenizer_, "# A model\n");
    return directory_ / name;
  }

  static ModelConfig with_vocabulary(ModelConfig config) {
    config.vocab_size = 270;  // more than the tokenizer has
    config.hidden_size = 32;
    if (config.family == Family::gpt2) config.head_dim = 8;
    config.bos_token_id = config.eos_token_id = 0;
    return config;
  }

  static StoredModel open(const fs::path& path) {
    return StoredModel::open(fs::is_directory(path) ? ModelFiles::in_directory(path)
                                                    : ModelFiles::of_file(path));
  }

  ExportResult write_model(const fs::path& from, const fs::path& to, ExportFormat format,
                           ExportDtype dtype, std::uint64_t shard = 1 << 30) {
    return export_model(open(from), {to, format, dtype, shard}, threads_, status_, stop_);
  }

  std::string complaint(const fs::path& path) {
    try {
      const auto stored = open(path);
      (void)stored.tokenizer();
      Model model(stored.config(), threads_);
      stored.load(model, threads_);
    } catch (const Error& error) {
      EXPECT_EQ(error.code, ExitCode::failed);
      return error.message;
    }
    return "accepted";
  }

  ThreadPool threads_{1};
  SilentStatus status_;
  StopFlag stop_;
  const Tokenizer tokenizer_ =
      Tokenizer::learn(std::vector<std::string_view>{"one two one two three"}, 262,
                       std::vector<std::string>{"<end>"}, threads_, status_, stop_);
};

TEST_F(ExportTest, ThereAndBackGivesTheSameBitsInEveryFamily) {
  for (const Family family : kAllFamilies)
    for (const bool tied : {true, false}) {
      ModelConfig config = tiny_config_of(family, tied);
      config.initializer_range = 0.02;  // the usual one: GGUF does not keep it
      const std::string name = std::to_string(static_cast<int>(family)) + (tied ? "tied" : "");
      const auto from = make_model(config, name);
      const auto gguf = directory_ / (name + ".gguf");
      const auto back = directory_ / (name + "-back");
      EXPECT_EQ(write_model(from, gguf, ExportFormat::gguf, ExportDtype::f32).difference, 0);
      write_model(gguf, back, ExportFormat::hugging_face, ExportDtype::f32);
      EXPECT_EQ(read_file(from / "model.safetensors"), read_file(back / "model.safetensors"));
      ModelConfig read = open(back).config();
      if (family == Family::mistral) read.family = family;  // which GGUF calls llama
      if (family == Family::llama) read.rope_scaling = config.rope_scaling;  // not told apart here
      EXPECT_EQ(read.to_json(), open(from).config().to_json());
    }
}

TEST_F(ExportTest, SmallerTypesDifferByWhatRoundingExplains) {
  const auto from = make_model(tiny_config());
  double before = 0;
  for (const ExportDtype dtype : {ExportDtype::f16, ExportDtype::bf16, ExportDtype::q8_0}) {
    const auto result = write_model(from, directory_ / "m.gguf", ExportFormat::gguf, dtype);
    EXPECT_GT(result.difference, before);
    EXPECT_LE(result.difference, export_tolerance(dtype));
    before = result.difference;
  }
  const auto half = directory_ / "half";
  // Transposed on the way.
  const auto gpt2 = make_model(tiny_config_of(Family::gpt2), "gpt2");
  write_model(gpt2, directory_ / "gpt2-half", ExportFormat::hugging_face, ExportDtype::f16);
  const auto result = write_model(from, half, ExportFormat::hugging_face, ExportDtype::bf16, 20000);
  EXPECT_GT(result.difference, 0);
  EXPECT_TRUE(fs::exists(half / "model.safetensors.index.json"));
  EXPECT_THAT(read_file(half / "config.json"), testing::HasSubstr("\"bfloat16\""));
  EXPECT_EQ(read_file(half / "README.md"), "# A model\n");
  EXPECT_THROW(write_model(from, half, ExportFormat::hugging_face, ExportDtype::f32), Error);
}

TEST_F(ExportTest, KeepsTheChatTemplateAndTheName) {
  const auto from = make_model(tiny_config());
  write_file_atomically(from / "chat_template.jinja", "{{ messages[0]['content'] }}");
  const auto gguf = directory_ / "m.gguf";
  write_model(from, gguf, ExportFormat::gguf, ExportDtype::f32);
  EXPECT_EQ(open(gguf).chat_template(), "{{ messages[0]['content'] }}");
  EXPECT_EQ(open(gguf).name(), "model");
  write_model(gguf, directory_ / "back", ExportFormat::hugging_face, ExportDtype::f32);
  EXPECT_EQ(open(directory_ / "back").chat_template(), "{{ messages[0]['content'] }}");
}

TEST_F(ExportTest, GgufKeepsStretchedPositions) {
  ModelConfig config = with_vocabulary(tiny_config());
  config.rope_theta = 500000;
  for (const auto kind : {RopeScaling::Kind::none, RopeScaling::Kind::linear,
                          RopeScaling::Kind::llama3, RopeScaling::Kind::yarn}) {
    config.rope_scaling = {.kind = kind, .factor = kind == RopeScaling::Kind::none ? 1.0 : 8.0};
    Model model(config, threads_);
    const auto gguf = directory_ / "m.gguf";
    write_gguf(gguf, model, tokenizer_, {"m", ""}, ExportDtype::f32, threads_, status_, stop_);
    EXPECT_EQ(open(gguf).config().rope_scaling.kind, kind);
    EXPECT_EQ(open(gguf).config().rope_scaling.factor, config.rope_scaling.factor);
    EXPECT_EQ(complaint(gguf), "accepted");
  }
}

TEST_F(ExportTest, LeavesNothingWhereItCannotWrite) {
  const auto from = make_model(tiny_config());
  EXPECT_THROW(
      write_model(from, directory_ / "no" / "m.gguf", ExportFormat::gguf, ExportDtype::f32), Error);
  EXPECT_THROW(write_model(from, directory_ / "q", ExportFormat::hugging_face, ExportDtype::q8_0),
               Error);
  for (const auto& entry : fs::directory_iterator(directory_))
    EXPECT_THAT(entry.path().filename().string(), testing::Not(testing::HasSubstr("unproved")));
}

TEST_F(ExportTest, DamagedFilesAreRefused) {
  const auto gguf = directory_ / "m.gguf";
  write_model(make_model(tiny_config()), gguf, ExportFormat::gguf, ExportDtype::f32);
  const std::string whole = read_file(gguf);
  ASSERT_EQ(complaint(gguf), "accepted");
  const auto damaged = [&](const std::string& what, const std::string& into) {
    std::string bytes = whole;
    EXPECT_NE(bytes.find(what), std::string::npos) << what;
    bytes.replace(bytes.find(what), what.size(), into);
    return complaint(write("bad.gguf", bytes));
  };
  EXPECT_THAT(damaged("blk.1.ffn_up.weight", "blk.1.ffn_xx.weight"),
              testing::HasSubstr("'blk.1.ffn_xx.weight' is not a tensor of this model"));
  EXPECT_THAT(damaged("general.architecture\x08", "general.architectura\x08"),
              testing::HasSubstr("architecture ''"));
  EXPECT_THAT(damaged("llama.block_count", "llama.block_coun_"), testing::HasSubstr("block_count"));
  EXPECT_THAT(damaged("tokenizer.ggml.merges", "tokenizer.ggml.merge_"),
              testing::HasSubstr("merges"));
  EXPECT_THAT(complaint(write("cut.gguf", whole.substr(0, whole.size() - 100))),
              testing::HasSubstr("truncated"));
}

TEST(GgufNames, StandForOurs) {
  EXPECT_EQ(gguf_tensor_name("model.layers.12.self_attn.q_proj.weight"), "blk.12.attn_q.weight");
  EXPECT_EQ(gguf_tensor_name("model.layers.0.self_attn.k_proj.bias"), "blk.0.attn_k.bias");
  EXPECT_EQ(gguf_tensor_name("transformer.h.3.attn.c_attn.weight"), "blk.3.attn_qkv.weight");
  EXPECT_EQ(gguf_tensor_name("transformer.h.3.mlp.c_proj.bias"), "blk.3.ffn_down.bias");
  EXPECT_EQ(gguf_tensor_name("lm_head.weight"), "output.weight");
  EXPECT_EQ(gguf_tensor_name("model.layers.0.strange.weight"), "");
  EXPECT_EQ(gguf_tensor_name("model.layers."), "");
  EXPECT_EQ(gguf_tensor_name(""), "");
}

// reshape(heads, 2, head_dim / 2, width).swapaxes(1, 2), as converters do it.
TEST(GgufNames, InterleaveTheHalvesOfHeads) {
  std::vector<float> values, there(24), back(24);
  for (int i = 0; i < 24; ++i) values.push_back(static_cast<float>(i));  // 2 heads, 6 rows of 2
  interleave_heads({2, 6}, values, there);
  EXPECT_EQ(there, (std::vector<float>{0,  1,  6,  7,  2,  3,  8,  9,  4,  5,  10, 11,
                                       12, 13, 18, 19, 14, 15, 20, 21, 16, 17, 22, 23}));
  separate_heads({2, 6}, there, back);
  EXPECT_EQ(back, values);
}

}  // namespace
}  // namespace aiops::train
