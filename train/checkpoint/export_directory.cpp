// SPDX-License-Identifier: Apache-2.0
#include "train/checkpoint/export_directory.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "pack/safetensors.hpp"
#include "train/checkpoint/shards.hpp"
#include "train/gguf/blocks.hpp"
#include "train/model/directory.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace aiops::train {
namespace {

constexpr std::size_t kPiece = 1 << 20;

struct Word {
  const char *safetensors, *torch;
};

Word word_of(ExportDtype dtype) {
  switch (dtype) {
    case ExportDtype::f16:
      return {"F16", "float16"};
    case ExportDtype::bf16:
      return {"BF16", "bfloat16"};
    case ExportDtype::f32:
      return {"F32", "float32"};
    default:
      throw Error(ExitCode::usage, "safetensors have no q8_0: f32, bf16 and f16 are supported",
                  "--format gguf");
  }
}

using Sink = pack::TensorToWrite::Sink;

// The tensor as `format`: its fp32 bytes, in the order of the file, converted as they pass by.
pack::TensorToWrite in_format(const NamedTensor& tensor, const GgufFormat& format) {
  pack::TensorToWrite write = to_write(tensor);
  if (write.dtype == format.name) return write;
  auto plain = write.rearranged ? write.rearranged : [bytes = write.bytes](const Sink& sink) {
    for (std::size_t at = 0; at < bytes.size(); at += kPiece)
      sink(bytes.subspan(at, std::min(kPiece, bytes.size() - at)));
  };
  write.dtype = format.name;
  write.bytes = write.bytes.first(tensor.values.size() * format.bytes);  // as many; not these
  write.rearranged = [plain = std::move(plain), &format](const Sink& sink) {
    std::vector<std::byte> converted;
    plain([&](std::span<const std::byte> bytes) {
      const std::span values(reinterpret_cast<const float*>(bytes.data()),
                             bytes.size() / sizeof(float));
      converted.resize(values.size() * format.bytes);
      quantise(format, values, converted);
      sink(converted);
    });
  };
  return write;
}

void write_shard(const std::filesystem::path& path, const Shard& shard, const GgufFormat& format) {
  std::vector<pack::TensorToWrite> writes;
  for (const NamedTensor& tensor : shard.tensors) writes.push_back(in_format(tensor, format));
  pack::write_safetensors(path, std::move(writes));
}

std::string with_dtype(const std::string& config, const char* dtype) {
  auto json = OrderedJson::parse(config);
  json["torch_dtype"] = json["dtype"] = dtype;
  return json.dump(2) + "\n";
}

}  // namespace

void write_export_directory(const std::filesystem::path& directory, Model& model,
                            const StoredModel& stored, const ExportOptions& options, Status& status,
                            const StopFlag& stop) {
  const Word word = word_of(options.dtype);
  const GgufFormat& format = *find_gguf_format(word.safetensors);
  const Tokenizer tokenizer = stored.tokenizer();
  for (const auto& [name, text] :
       model_texts(model.config(), tokenizer, tokenizer.to_json(), stored.card()))
    if (!text.empty())
      write_file_atomically(directory / name,
                            name == "config.json" ? with_dtype(text, word.torch) : text);
  if (const auto chat = stored.chat_template(); !chat.empty())
    write_file_atomically(directory / "chat_template.jinja", chat);

  const auto tensors = parameters_of(model);
  // The limit is one of bytes as written; shards are cut by their bytes as fp32.
  const auto shards = cut_shards(tensors, options.shard / format.bytes * 4, "model");
  std::uint64_t total = 0;
  for (const NamedTensor& tensor : tensors) total += tensor.values.size() * format.bytes;
  Task task(status, "writing the tensors", total);
  for (const Shard& shard : shards) {
    stop.check();
    write_shard(directory / shard.file, shard, format);
    for (const NamedTensor& tensor : shard.tensors)
      task.advance(tensor.values.size() * format.bytes);
  }
  if (shards.size() == 1) return;
  auto index = OrderedJson::parse(shard_index(shards));
  index["metadata"]["total_size"] = total;
  write_file_atomically(directory / "model.safetensors.index.json", index.dump(2) + "\n");
}

}  // namespace aiops::train
