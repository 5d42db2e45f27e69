// SPDX-License-Identifier: Apache-2.0
#include "train/weights.hpp"

#include "base/error.hpp"
#include "base/json.hpp"
#include "pack/safetensors.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <bit>
#include <cstring>
#include <map>
#include <set>

namespace aiops::train {
namespace {

constexpr std::uint64_t kMostHeader = 100'000'000;
constexpr std::size_t kBlock = 1 << 18;  // elements converted at once

float from_bfloat16(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

// IEEE 754 binary16. Subnormals are scaled by 2^-24, which is exact.
float from_float16(std::uint16_t bits) {
  const std::uint32_t sign = static_cast<std::uint32_t>(bits & 0x8000) << 16;
  const std::uint32_t exponent = bits >> 10 & 0x1F;
  const std::uint32_t mantissa = bits & 0x3FF;
  if (exponent == 0) {
    const float magnitude = static_cast<float>(mantissa) * 0x1p-24f;
    return sign ? -magnitude : magnitude;
  }
  const std::uint32_t wide = exponent == 0x1F ? 0xFF : exponent + 112;
  return std::bit_cast<float>(sign | wide << 23 | mantissa << 13);
}

pack::SafetensorsHeader read_header(const ModelFiles::File& file) {
  std::vector<std::byte> start(std::min<std::uint64_t>(file.size, 8));
  file.read_at(0, start);
  if (start.size() == 8) {
    std::uint64_t length = 0;
    std::memcpy(&length, start.data(), 8);
    // A length that does not fit is left to the parser, which says so.
    if (length <= std::min(kMostHeader, file.size - 8)) {
      start.resize(8 + length);
      file.read_at(8, std::span(start).subspan(8));
    }
  }
  return pack::parse_safetensors_header(start, file.size, file.what);
}

void read_values(const ModelFiles::File& file, const pack::SafetensorsHeader& header,
                 const pack::TensorInfo& info, std::span<float> values) {
  const std::uint64_t at = header.data_start + info.begin;
  if (info.dtype == "F32") return file.read_at(at, std::as_writable_bytes(values));
  const bool is_bfloat = info.dtype == "BF16";
  if (!is_bfloat && info.dtype != "F16")
    throw Error(ExitCode::failed, file.what + ": " + info.name + " is " + info.dtype +
                                      "; F32, BF16 and F16 are supported");
  std::vector<std::uint16_t> block(std::min(kBlock, values.size()));
  for (std::size_t done = 0; done < values.size(); done += block.size()) {
    block.resize(std::min(block.size(), values.size() - done));
    file.read_at(at + 2 * done, std::as_writable_bytes(std::span(block)));
    std::transform(block.begin(), block.end(), values.begin() + static_cast<std::ptrdiff_t>(done),
                   is_bfloat ? from_bfloat16 : from_float16);
  }
}

std::string shape_text(const std::vector<std::uint64_t>& shape) {
  std::string text = "[";
  for (const std::uint64_t size : shape)
    text += (text.size() > 1 ? "," : "") + std::to_string(size);
  return text + "]";
}

// Loads what `file` holds of `wanted` and takes it off the list.
void load_file(const ModelFiles::File& file, std::map<std::string, NamedTensor>& wanted,
               const std::set<std::string>& ignored) {
  const auto header = read_header(file);
  for (const pack::TensorInfo& info : header.tensors) {
    if (ignored.contains(info.name)) continue;
    const auto found = wanted.find(info.name);
    if (found == wanted.end())
      throw Error(ExitCode::failed,
                  file.what + ": " + info.name + " is not a tensor of this model");
    if (info.shape != found->second.shape)
      throw Error(ExitCode::failed, file.what + ": " + info.name + " is " + shape_text(info.shape) +
                                        ", the configuration says " +
                                        shape_text(found->second.shape));
    read_values(file, header, info, found->second.values);
    wanted.erase(found);
  }
}

void require_all_found(const std::map<std::string, NamedTensor>& wanted, const std::string& what) {
  if (!wanted.empty())
    throw Error(ExitCode::failed, what + ": " + wanted.begin()->first + " is missing");
}

std::map<std::string, NamedTensor> by_name(std::span<const NamedTensor> tensors) {
  std::map<std::string, NamedTensor> names;
  for (const NamedTensor& tensor : tensors) names.emplace(tensor.name, tensor);
  return names;
}

std::set<std::string> shards_of(const ModelFiles& files, std::string_view index) {
  const Json json =
      parse_json(files.read(index), files.name() + "/" + std::string(index), {64u << 20, 8});
  const auto map = json.is_object() ? json.find("weight_map") : json.end();
  std::set<std::string> shards;
  if (map != json.end() && map->is_object())
    for (const Json& shard : *map)
      if (shard.is_string()) shards.insert(shard.get<std::string>());
  if (shards.empty())
    throw Error(ExitCode::failed, files.name() + "/" + std::string(index) + ": has no weight_map");
  return shards;
}

}  // namespace

std::vector<NamedTensor> tensors_of(Model& model) {
  std::vector<NamedTensor> tensors;
  for (const Parameter& parameter : model.parameters())
    tensors.push_back({parameter.name, parameter.shape, parameter.value});
  return tensors;
}

void load_weights(const ModelFiles& files, Model& model) {
  constexpr std::string_view kOne = "model.safetensors";
  constexpr std::string_view kIndex = "model.safetensors.index.json";
  auto wanted = by_name(tensors_of(model));
  std::set<std::string> ignored;
  if (model.config().tie_word_embeddings) ignored.insert("lm_head.weight");
  for (std::int64_t i = 0; i < model.config().num_hidden_layers; ++i)  // older files keep a buffer
    ignored.insert("model.layers." + std::to_string(i) + ".self_attn.rotary_emb.inv_freq");
  if (!files.has(kOne) && files.has(kIndex)) {
    for (const std::string& shard : shards_of(files, kIndex))
      load_file(files.open(shard), wanted, ignored);
  } else {
    load_file(files.open(kOne), wanted, ignored);
  }
  require_all_found(wanted, files.name());
}

void load_tensors(const ModelFiles::File& file, std::span<const NamedTensor> tensors) {
  auto wanted = by_name(tensors);
  load_file(file, wanted, {});
  require_all_found(wanted, file.what);
}

void load_tensors(const ModelFiles& files, std::string_view stem,
                  std::span<const NamedTensor> tensors) {
  const std::string one = std::string(stem) + ".safetensors";
  const std::string index = one + ".index.json";
  if (files.has(one) || !files.has(index)) return load_tensors(files.open(one), tensors);
  auto wanted = by_name(tensors);
  for (const std::string& shard : shards_of(files, index)) load_file(files.open(shard), wanted, {});
  require_all_found(wanted, files.name());
}

void save_tensors(const std::filesystem::path& path, std::span<const NamedTensor> tensors) {
  std::vector<pack::TensorToWrite> writes;
  for (const NamedTensor& tensor : tensors)
    writes.push_back({tensor.name, "F32", tensor.shape, std::as_bytes(tensor.values)});
  pack::write_safetensors(path, std::move(writes));
}

}  // namespace aiops::train
