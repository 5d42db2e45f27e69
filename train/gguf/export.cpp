// SPDX-License-Identifier: Apache-2.0
#include "train/gguf/export.hpp"

#include "base/error.hpp"
#include "train/gguf/config.hpp"
#include "train/gguf/names.hpp"
#include "train/gguf/tokenizer.hpp"
#include "train/gguf/writer.hpp"

namespace aiops::train {
namespace {

// general.file_type (llama.cpp's llama_ftype)
std::uint32_t file_type(ExportDtype dtype) {
  switch (dtype) {
    case ExportDtype::f16:
      return 1;
    case ExportDtype::q8_0:
      return 7;
    case ExportDtype::bf16:
      return 32;
    default:
      return 0;
  }
}

const GgufFormat& format_of(ExportDtype dtype) {
  switch (dtype) {
    case ExportDtype::f16:
      return *find_gguf_format("F16");
    case ExportDtype::q8_0:
      return *find_gguf_format("Q8_0");
    case ExportDtype::bf16:
      return *find_gguf_format("BF16");
    default:
      return *find_gguf_format("F32");
  }
}

// What the keys below an architecture's name say, as config_of_gguf() reads them.
void put_config(GgufWriter& writer, const ModelConfig& config) {
  const std::string prefix = std::string(gguf_architecture(config.family)) + ".";
  const auto integer = [&](const char* key, std::int64_t value) {
    writer.put_unsigned(prefix + key, static_cast<std::uint32_t>(value));
  };
  const auto number = [&](const char* key, double value) {
    writer.put_number(prefix + key, static_cast<float>(value));
  };
  integer("vocab_size", config.vocab_size);
  integer("context_length", config.max_position_embeddings);
  integer("embedding_length", config.hidden_size);
  integer("block_count", config.num_hidden_layers);
  integer("feed_forward_length", config.intermediate_size);
  integer("attention.head_count", config.num_attention_heads);
  if (config.family == Family::gpt2) return number("attention.layer_norm_epsilon", config.norm_eps);
  integer("attention.head_count_kv", config.num_key_value_heads);
  integer("attention.key_length", config.head_dim);
  integer("attention.value_length", config.head_dim);
  number("attention.layer_norm_rms_epsilon", config.norm_eps);
  integer("rope.dimension_count", config.head_dim);
  number("rope.freq_base", config.rope_theta);
  const RopeScaling& scaling = config.rope_scaling;
  const bool is_yarn = scaling.kind == RopeScaling::Kind::yarn;
  if (!is_yarn && scaling.kind != RopeScaling::Kind::linear) return;
  writer.put_text(prefix + "rope.scaling.type", is_yarn ? "yarn" : "linear");
  number("rope.scaling.factor", scaling.factor);
  if (is_yarn)
    integer("rope.scaling.original_context_length", scaling.original_max_position_embeddings);
}

// The parameters under GGUF's names and in its order of rows. Interleaved ones are made in
// `scratch` when their turn comes.
void put_tensors(GgufWriter& writer, Model& model, const GgufFormat& format,
                 std::vector<float>& scratch) {
  const GgufFormat& plain = *find_gguf_format("F32");
  const ModelConfig& config = model.config();
  for (const Parameter& parameter : model.parameters()) {
    const std::string name = gguf_tensor_name(parameter.name);
    if (name.empty())
      throw Error(ExitCode::failed, "GGUF has no name for the tensor " + parameter.name,
                  "export it with --format hf");
    const bool is_plain = parameter.shape.size() == 1 || name == "position_embd.weight" ||
                          parameter.shape.back() % format.elements != 0;
    const std::int64_t heads = interleaved_heads(config, parameter.name);
    writer.tensor(name, parameter.shape, is_plain ? plain : format,
                  [&scratch, &config, values = parameter.value, heads]() -> std::span<const float> {
                    if (heads == 0) return values;
                    scratch.resize(values.size());
                    interleave_heads({heads, config.head_dim}, values, scratch);
                    return scratch;
                  });
  }
}

}  // namespace

void write_gguf(const std::filesystem::path& path, Model& model, const Tokenizer& tokenizer,
                const GgufLabels& labels, ExportDtype dtype, ThreadPool& threads, Status& status,
                const StopFlag& stop) {
  const ModelConfig& config = model.config();
  GgufWriter writer;
  writer.put_text("general.architecture", gguf_architecture(config.family));
  writer.put_text("general.type", "model");
  writer.put_text("general.name", labels.name);
  writer.put_unsigned("general.file_type", file_type(dtype));
  writer.put_unsigned("general.quantization_version", 2);
  put_config(writer, config);
  put_tokenizer(writer, tokenizer, config);
  if (!labels.chat_template.empty())
    writer.put_text("tokenizer.chat_template", labels.chat_template);
  std::vector<float> scratch, factors;
  if (config.rope_scaling.kind == RopeScaling::Kind::llama3) {
    factors = rope_factors(config);
    writer.tensor(kRopeFactors, {factors.size()}, *find_gguf_format("F32"),
                  [&factors] { return std::span<const float>(factors); });
  }
  put_tensors(writer, model, format_of(dtype), scratch);
  writer.write(path, threads, status, stop);
}

}  // namespace aiops::train
