// SPDX-License-Identifier: Apache-2.0
#include "train/checkpoint/shards.hpp"

#include "base/json.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>

namespace aiops::train {
namespace {

std::uint64_t bytes_of(std::span<const NamedTensor> tensors) {
  std::uint64_t bytes = 0;
  for (const NamedTensor& tensor : tensors) bytes += tensor.values.size_bytes();
  return bytes;
}

// The first part of a dotted name that is a number, "3" of "model.layers.3.mlp.up_proj.weight"; the
// whole name where there is none.
std::string_view layer_of(std::string_view name) {
  for (std::size_t begin = 0; begin < name.size();) {
    const std::size_t end = std::min(name.find('.', begin), name.size());
    const std::string_view part = name.substr(begin, end - begin);
    if (!part.empty() && part.find_first_not_of("0123456789") == std::string_view::npos)
      return part;
    begin = end + 1;
  }
  return name;
}

// How many tensors from the front belong to one layer.
std::size_t group_length(std::span<const NamedTensor> tensors) {
  const std::string_view layer = layer_of(tensors.front().name);
  std::size_t length = 1;
  while (length < tensors.size() && layer_of(tensors[length].name) == layer) ++length;
  return length;
}

// Adds tensors to the last shard, or to a new one where they do not fit.
void add(std::vector<Shard>& shards, std::span<const NamedTensor> tensors, std::uint64_t limit) {
  if (shards.empty() || (!shards.back().tensors.empty() &&
                         bytes_of(shards.back().tensors) + bytes_of(tensors) > limit))
    shards.emplace_back();
  auto& into = shards.back().tensors;
  into.insert(into.end(), tensors.begin(), tensors.end());
}

}  // namespace

std::vector<Shard> cut_shards(std::span<const NamedTensor> tensors, std::uint64_t limit,
                              std::string_view stem) {
  std::vector<Shard> shards;
  while (!tensors.empty()) {
    const std::size_t length = group_length(tensors);
    const auto group = tensors.first(length);
    if (bytes_of(group) <= limit)
      add(shards, group, limit);
    else
      for (std::size_t i = 0; i < length; ++i) add(shards, group.subspan(i, 1), limit);
    tensors = tensors.subspan(length);
  }
  if (shards.empty()) shards.emplace_back();
  for (std::size_t i = 0; i < shards.size(); ++i)
    shards[i].file = shards.size() == 1
                         ? fmt::format("{}.safetensors", stem)
                         : fmt::format("{}-{:05}-of-{:05}.safetensors", stem, i + 1, shards.size());
  return shards;
}

std::string shard_index(std::span<const Shard> shards) {
  std::map<std::string, std::string> files;
  std::uint64_t total = 0;
  for (const Shard& shard : shards) {
    total += bytes_of(shard.tensors);
    for (const NamedTensor& tensor : shard.tensors) files.emplace(tensor.name, shard.file);
  }
  // By hand: an ordered_json looks each key up linearly.
  std::string text =
      "{\n  \"metadata\": {\"total_size\": " + std::to_string(total) + "},\n  \"weight_map\": {";
  const char* separator = "\n";
  for (const auto& [name, file] : files) {
    text += separator + fmt::format("    {}: \"{}\"", OrderedJson(name).dump(), file);
    separator = ",\n";
  }
  return text + "\n  }\n}\n";
}

}  // namespace aiops::train
