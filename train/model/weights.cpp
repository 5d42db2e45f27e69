// SPDX-License-Identifier: Apache-2.0
#include "train/model/weights.hpp"

#include "base/error.hpp"
#include "base/json.hpp"
#include "train/model/family.hpp"
#include "train/model/half_precision.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstring>
#include <map>
#include <set>

namespace aiops::train {
namespace {

constexpr std::uint64_t kMostHeader = 100'000'000;
constexpr std::size_t kBlock = 1 << 18;  // elements converted at once

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

std::vector<std::uint64_t> file_shape(const NamedTensor& tensor) {
  auto shape = tensor.shape;
  if (tensor.order == FileOrder::transposed) std::ranges::reverse(shape);
  return shape;
}

// Rows of a matrix of `columns` columns become columns.
void transpose(std::span<const float> from, std::size_t columns, std::span<float> to) {
  const std::size_t rows = from.size() / columns;
  for (std::size_t column = 0; column < columns; ++column)
    for (std::size_t row = 0; row < rows; ++row)
      to[column * rows + row] = from[row * columns + column];
}

// The tensors that files are to fill.
class Wanted {
 public:
  explicit Wanted(std::span<const NamedTensor> tensors) {
    for (const NamedTensor& tensor : tensors) tensors_.emplace(tensor.name, &tensor);
  }

  // A tensor that may be there and is passed over.
  void ignore(std::string name) { ignored_.insert(std::move(name)); }
  // What names may begin with or not.
  void set_prefix(std::string_view prefix) { prefix_ = prefix; }

  // Loads what the file holds and takes it off the list.
  void load(const ModelFiles::File& file) {
    const auto header = read_header(file);
    for (const pack::TensorInfo& info : header.tensors) {
      if (ignored_.contains(info.name) || ignored_.contains(prefix_ + info.name)) continue;
      auto found = tensors_.find(info.name);
      if (found == tensors_.end()) found = tensors_.find(prefix_ + info.name);
      if (found == tensors_.end())
        throw Error(ExitCode::failed,
                    file.what + ": " + info.name + " is not a tensor of this model");
      const NamedTensor& tensor = *found->second;
      if (info.shape != file_shape(tensor))
        throw Error(ExitCode::failed, file.what + ": " + info.name + " is " +
                                          shape_text(info.shape) + ", the configuration says " +
                                          shape_text(file_shape(tensor)));
      if (tensor.order == FileOrder::same) {
        read_values(file, header, info, tensor.values);
      } else {
        std::vector<float> values(tensor.values.size());
        read_values(file, header, info, values);
        transpose(values, info.shape[1], tensor.values);
      }
      tensors_.erase(found);
    }
  }

  void require_all_found(const std::string& what) const {
    if (!tensors_.empty())
      throw Error(ExitCode::failed, what + ": " + tensors_.begin()->first + " is missing");
  }

 private:
  std::map<std::string, const NamedTensor*> tensors_;
  std::set<std::string> ignored_;
  std::string prefix_;
};

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

// STEM.safetensors, or the shards of its index.
template <typename Use>
void for_each_file(const ModelFiles& files, std::string_view stem, const Use& use) {
  const std::string one = std::string(stem) + ".safetensors";
  const std::string index = one + ".index.json";
  if (!files.has(one) && files.has(index)) {
    for (const std::string& shard : shards_of(files, index)) use(files.open(shard));
  } else {
    use(files.open(one));
  }
}

void load(const ModelFiles& files, std::string_view stem, Wanted& wanted) {
  for_each_file(files, stem, [&](const ModelFiles::File& file) { wanted.load(file); });
  wanted.require_all_found(files.name());
}

std::vector<NamedTensor> named(std::span<const Parameter> parameters) {
  std::vector<NamedTensor> tensors;
  for (const Parameter& parameter : parameters)
    tensors.push_back({parameter.name, parameter.shape, parameter.value, parameter.order});
  return tensors;
}

}  // namespace

std::string shape_text(const std::vector<std::uint64_t>& shape) {
  std::string text = "[";
  for (const std::uint64_t size : shape)
    text += (text.size() > 1 ? "," : "") + std::to_string(size);
  return text + "]";
}

std::vector<NamedTensor> parameters_of(Model& model) { return named(model.parameters()); }

std::vector<NamedTensor> tensors_of(Model& model) {
  return named(model.lora() ? model.trainable() : model.parameters());
}

void load_weights(const ModelFiles& files, Model& model, Part part) {
  const ModelConfig& config = model.config();
  const FamilyDescription& family = describe(config.family);
  auto tensors = parameters_of(model);
  if (part == Part::body && !config.ties_head()) tensors.pop_back();  // the head is the last
  Wanted wanted(tensors);
  wanted.set_prefix(family.prefix);
  if (config.tie_word_embeddings || part == Part::body) wanted.ignore("lm_head.weight");
  if (part == Part::body) wanted.ignore("score.weight");
  for (std::int64_t i = 0; i < config.num_hidden_layers; ++i)  // constants that older files keep
    for (const char* buffer : {"self_attn.rotary_emb.inv_freq", "attn.bias", "attn.masked_bias"})
      wanted.ignore(std::string(family.prefix) + std::string(family.layers) + std::to_string(i) +
                    "." + buffer);
  load(files, "model", wanted);
}

void load_tensors(const ModelFiles::File& file, std::span<const NamedTensor> tensors) {
  Wanted wanted(tensors);
  wanted.load(file);
  wanted.require_all_found(file.what);
}

void load_tensors(const ModelFiles& files, std::string_view stem,
                  std::span<const NamedTensor> tensors) {
  Wanted wanted(tensors);
  load(files, stem, wanted);
}

std::map<std::string, std::vector<std::uint64_t>> shapes_in(const ModelFiles& files,
                                                            std::string_view stem) {
  std::map<std::string, std::vector<std::uint64_t>> shapes;
  for_each_file(files, stem, [&](const ModelFiles::File& file) {
    for (pack::TensorInfo& info : read_header(file).tensors)
      shapes.emplace(std::move(info.name), std::move(info.shape));
  });
  return shapes;
}

pack::TensorToWrite to_write(const NamedTensor& tensor) {
  pack::TensorToWrite write{tensor.name, "F32", file_shape(tensor), std::as_bytes(tensor.values)};
  if (tensor.order == FileOrder::transposed)
    write.rearranged = [values = tensor.values, columns = tensor.shape[1]](const auto& sink) {
      std::vector<float> file_row(values.size() / columns);
      for (std::size_t column = 0; column < columns; ++column) {
        for (std::size_t row = 0; row < file_row.size(); ++row)
          file_row[row] = values[row * columns + column];
        sink(std::as_bytes(std::span(file_row)));
      }
    };
  return write;
}

void save_tensors(const std::filesystem::path& path, std::span<const NamedTensor> tensors) {
  std::vector<pack::TensorToWrite> writes;
  for (const NamedTensor& tensor : tensors) writes.push_back(to_write(tensor));
  pack::write_safetensors(path, std::move(writes));
}

}  // namespace aiops::train
