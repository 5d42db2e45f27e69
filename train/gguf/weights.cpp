// SPDX-License-Identifier: Apache-2.0
#include "train/gguf/weights.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "kernels/parallel.hpp"
#include "train/gguf/blocks.hpp"
#include "train/gguf/config.hpp"
#include "train/gguf/names.hpp"

#include <algorithm>
#include <map>

namespace aiops::train {
namespace {

constexpr std::size_t kReadAtOnce = 1 << 22;
constexpr std::int64_t kBlocksInPiece = 512;
constexpr std::string_view kHead = "output.weight";

class WeightReader {
 public:
  WeightReader(const pack::ByteSource& source, const pack::GgufHeader& header, Model& model,
               ThreadPool& threads)
      : source_(source), header_(header), config_(model.config()), threads_(threads) {
    for (const Parameter& parameter : model.parameters())
      if (!is_other_head(parameter)) wanted_.emplace(gguf_tensor_name(parameter.name), &parameter);
  }

  void read() {
    for (const pack::TensorInfo& tensor : header_.tensors) {
      if (tensor.name == kRopeFactors) continue;  // gguf_config.cpp has looked at it
      if (tensor.name == kHead && !config_.head.is_language()) continue;
      const auto found = wanted_.find(tensor.name);
      if (found == wanted_.end()) refuse(tensor.name, "is not a tensor of this model");
      read(tensor, *found->second);
      wanted_.erase(found);
    }
    if (!wanted_.empty()) refuse(wanted_.begin()->first, "is missing");
  }

 private:
  // A classifier's, which has no name here.
  bool is_other_head(const Parameter& parameter) const {
    return parameter.role == Parameter::Role::head && !config_.head.is_language();
  }

  [[noreturn]] void refuse(std::string_view tensor, const std::string& why) const {
    throw Error(ExitCode::failed, source_.what + ": tensor '" + printable(tensor) + "' " + why);
  }

  void read(const pack::TensorInfo& tensor, const Parameter& parameter) {
    if (tensor.shape != parameter.shape)
      refuse(tensor.name, "has another shape than the metadata say");
    const GgufFormat* format = find_gguf_format(tensor.dtype);
    if (format == nullptr)
      refuse(tensor.name, "is " + tensor.dtype +
                              ": F32, F16, BF16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K, Q5_K and Q6_K "
                              "are supported");
    const std::int64_t heads = interleaved_heads(config_, parameter.name);
    if (heads == 0) return decode(tensor, *format, parameter.value);
    rows_.resize(parameter.value.size());
    decode(tensor, *format, rows_);
    separate_heads({heads, config_.head_dim}, rows_, parameter.value);
  }

  void decode(const pack::TensorInfo& tensor, const GgufFormat& format, std::span<float> values) {
    const std::size_t at_once = kReadAtOnce / format.bytes;
    std::uint64_t at = header_.data_start + tensor.begin;
    for (std::size_t left = values.size() / format.elements; left > 0;) {
      const std::size_t count = std::min(left, at_once);
      bytes_.resize(count * format.bytes);
      source_.read_at(at, bytes_);
      kernels::for_each_chunk(
          threads_, static_cast<std::int64_t>(count), kBlocksInPiece,
          [&](std::int64_t first, std::int64_t last) {
            const auto begin = static_cast<std::size_t>(first);
            const auto blocks = static_cast<std::size_t>(last - first);
            dequantise(format,
                       std::span(bytes_).subspan(begin * format.bytes, blocks * format.bytes),
                       values.subspan(begin * format.elements, blocks * format.elements));
          });
      values = values.subspan(count * format.elements);
      at += bytes_.size();
      left -= count;
    }
  }

  const pack::ByteSource& source_;
  const pack::GgufHeader& header_;
  const ModelConfig& config_;
  ThreadPool& threads_;
  std::map<std::string, const Parameter*> wanted_;
  std::vector<std::byte> bytes_;
  std::vector<float> rows_;
};

}  // namespace

void load_gguf_weights(const pack::ByteSource& source, const pack::GgufHeader& header, Model& model,
                       ThreadPool& threads) {
  WeightReader(source, header, model, threads).read();
}

}  // namespace aiops::train
