// SPDX-License-Identifier: Apache-2.0
#include "train/gguf/writer.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "kernels/parallel.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <utility>

namespace aiops::train {
namespace {

constexpr std::uint64_t kAlignment = 32;
constexpr std::size_t kWriteAtOnce = 1 << 22;
constexpr std::int64_t kBlocksInPiece = 512;

// Types of metadata.
constexpr std::uint32_t kUnsigned = 4, kInteger = 5, kFloat = 6, kTruth = 7, kText = 8, kArray = 9;

std::uint64_t padded(std::uint64_t bytes) {
  return (bytes + kAlignment - 1) / kAlignment * kAlignment;
}

template <typename T>
void append(std::string& bytes, T value) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void append_text(std::string& bytes, std::string_view text) {
  append(bytes, std::uint64_t{text.size()});
  bytes += text;
}

// Converts values block by block and writes them.
class TensorWriter {
 public:
  TensorWriter(TempFile& file, ThreadPool& threads) : file_(file), threads_(threads) {}

  void write(std::string_view name, const GgufFormat& format, std::span<const float> values,
             Task& task, const StopFlag& stop) {
    const std::size_t at_once = kWriteAtOnce / format.bytes * format.elements;
    while (!values.empty()) {
      stop.check();
      const auto now = values.first(std::min(values.size(), at_once));
      if (!convert(format, now))
        throw Error(ExitCode::failed, std::string(name) + " holds numbers that are not finite");
      file_.write(bytes_);
      task.advance(bytes_.size());
      values = values.subspan(now.size());
    }
  }

 private:
  bool convert(const GgufFormat& format, std::span<const float> values) {
    const std::size_t count = values.size() / format.elements;
    bytes_.resize(count * format.bytes);
    std::atomic<bool> finite = true;
    kernels::for_each_chunk(
        threads_, static_cast<std::int64_t>(count), kBlocksInPiece,
        [&](std::int64_t first, std::int64_t last) {
          const auto begin = static_cast<std::size_t>(first);
          const auto blocks = static_cast<std::size_t>(last - first);
          const auto own = values.subspan(begin * format.elements, blocks * format.elements);
          if (!std::all_of(own.begin(), own.end(), [](float x) { return std::isfinite(x); }))
            finite = false;
          else
            quantise(format, own,
                     std::span(bytes_).subspan(begin * format.bytes, blocks * format.bytes));
        });
    return finite;
  }

  TempFile& file_;
  ThreadPool& threads_;
  std::vector<std::byte> bytes_;
};

}  // namespace

void GgufWriter::begin_pair(std::string_view key, std::uint32_t type) {
  append_text(metadata_, key);
  append(metadata_, type);
  ++pairs_;
}

void GgufWriter::begin_array(std::string_view key, std::uint32_t type, std::size_t count) {
  begin_pair(key, kArray);
  append(metadata_, type);
  append(metadata_, std::uint64_t{count});
}

void GgufWriter::put_text(std::string_view key, std::string_view value) {
  begin_pair(key, kText);
  append_text(metadata_, value);
}

void GgufWriter::put_unsigned(std::string_view key, std::uint32_t value) {
  begin_pair(key, kUnsigned);
  append(metadata_, value);
}

void GgufWriter::put_number(std::string_view key, float value) {
  begin_pair(key, kFloat);
  append(metadata_, value);
}

void GgufWriter::put_truth(std::string_view key, bool value) {
  begin_pair(key, kTruth);
  append(metadata_, static_cast<std::uint8_t>(value));
}

void GgufWriter::put_texts(std::string_view key, std::span<const std::string> values) {
  begin_array(key, kText, values.size());
  for (const std::string& value : values) append_text(metadata_, value);
}

void GgufWriter::put_integers(std::string_view key, std::span<const std::int32_t> values) {
  begin_array(key, kInteger, values.size());
  for (const std::int32_t value : values) append(metadata_, value);
}

void GgufWriter::put_numbers(std::string_view key, std::span<const float> values) {
  begin_array(key, kFloat, values.size());
  for (const float value : values) append(metadata_, value);
}

void GgufWriter::tensor(std::string name, std::vector<std::uint64_t> shape,
                        const GgufFormat& format, Values values) {
  std::uint64_t elements = 1;
  for (const std::uint64_t dimension : shape) elements *= dimension;
  tensors_.push_back({std::move(name), std::move(shape), &format, std::move(values),
                      elements / format.elements * format.bytes});
}

std::string GgufWriter::header() const {
  std::string bytes = "GGUF";
  append(bytes, std::uint32_t{3});
  append(bytes, std::uint64_t{tensors_.size()});
  append(bytes, pairs_);
  bytes += metadata_;
  std::uint64_t offset = 0;
  for (const Tensor& tensor : tensors_) {
    append_text(bytes, tensor.name);
    append(bytes, static_cast<std::uint32_t>(tensor.shape.size()));
    for (auto at = tensor.shape.rbegin(); at != tensor.shape.rend(); ++at) append(bytes, *at);
    append(bytes, tensor.format->id);
    append(bytes, offset);
    offset += padded(tensor.bytes);
  }
  bytes.resize(padded(bytes.size()));
  return bytes;
}

void GgufWriter::write(const std::filesystem::path& path, ThreadPool& threads, Status& status,
                       const StopFlag& stop) {
  std::uint64_t total = 0;
  for (const Tensor& tensor : tensors_) total += tensor.bytes;
  Task task(status, "writing the tensors", total);
  TempFile file(path.has_parent_path() ? path.parent_path() : ".");
  file.write(header());
  TensorWriter writer(file, threads);
  for (const Tensor& tensor : tensors_) {
    writer.write(tensor.name, *tensor.format, tensor.values(), task, stop);
    file.write(std::string(padded(tensor.bytes) - tensor.bytes, '\0'));
  }
  file.commit(path);
}

}  // namespace aiops::train
