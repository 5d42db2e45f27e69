// SPDX-License-Identifier: Apache-2.0
#include "train/model/base_model.hpp"

#include "base/digest.hpp"

#include <algorithm>

namespace aiops::train {
namespace {

constexpr std::size_t kBlock = 1 << 20;

// What makes the model: a README or an image beside it may change.
bool matters(std::string_view name) {
  return name.ends_with(".safetensors") || name.ends_with(".json") || name.ends_with(".jinja") ||
         name.ends_with(".gguf");
}

DataFile hash(const ModelFiles& files, const std::string& name, const StopFlag& stop) {
  const ModelFiles::File file = files.open(name);
  Hasher hasher;
  std::vector<std::byte> block(std::min<std::uint64_t>(file.size, kBlock));
  for (std::uint64_t at = 0; at < file.size; at += block.size()) {
    stop.check();
    block.resize(std::min<std::uint64_t>(block.size(), file.size - at));
    file.read_at(at, block);
    hasher.update(block);
  }
  return {name, std::string(hasher.finish().hex()), file.size};
}

}  // namespace

BaseFiles BaseFiles::open(const std::string& name, ModelFiles files, const std::string& digest,
                          const StopFlag& stop, std::shared_ptr<void> keep) {
  BaseRecord record{name, digest, {}};
  if (digest.empty()) {
    std::string lines;
    for (const std::string& file : files.names()) {
      if (!matters(file)) continue;
      record.files.push_back(hash(files, file, stop));
      lines += record.files.back().sha256 + "  " + file + "\n";
    }
    record.digest = sha256_of(lines).str();
  }
  return {std::move(record), std::move(files), std::move(keep)};
}

StoredModel BaseModel::stored() const {
  return StoredModel::open(model.files, adapter ? std::optional(adapter->files) : std::nullopt);
}

}  // namespace aiops::train
