// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/status.hpp"
#include "pack/source_tree.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace aiops::pack {

// What a model's own files say about it.
struct ModelFacts {
  std::string name;
  std::string family;        // "llama", "qwen2": config.json's model_type, GGUF's architecture
  std::string architecture;  // "transformer", "ssm", "rnn", "diffusion"
  std::string format;        // "safetensors", "gguf", …
  std::string precision;     // "bfloat16", several joined by commas, most bytes first
  std::string quantization;  // "Q4_K_M", "gptq-4bit"
  std::uint64_t parameters = 0;
  std::uint64_t context_length = 0;
  std::vector<std::string> licences;  // SPDX
};

// Reads the headers of the weights, config.json and the front matter of README.md. Throws
// Error{failed} for a weight file whose header is broken, naming file and fault; what is odd but
// harmless is a warning.
ModelFacts gather_facts(const std::vector<SourceFile>& files, Status& status);

// "135M", "0.6B", "0.5K": ModelPack's paramSize, one decimal at most and always a unit.
std::string parameter_size(std::uint64_t parameters);

// The SPDX identifier of a licence as Hugging Face writes it: "apache-2.0" -> "Apache-2.0"; what
// SPDX does not know becomes "LicenseRef-llama3".
std::string spdx_licence(std::string_view text);

// The YAML between a README's leading "---" lines, empty when there is none.
std::string_view front_matter(std::string_view readme);

}  // namespace aiops::pack
