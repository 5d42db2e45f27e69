// SPDX-License-Identifier: Apache-2.0
// The GGUF format, version 3, written: "GGUF", the version, two counts, the metadata, the list of
// tensors, and their bytes, each on a border of 32.
#pragma once

#include "base/status.hpp"
#include "base/stop.hpp"
#include "base/thread_pool.hpp"
#include "train/gguf/blocks.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aiops::train {

class GgufWriter {
 public:
  // Metadata, in the order they are to stand in.
  void put_text(std::string_view key, std::string_view value);
  void put_unsigned(std::string_view key, std::uint32_t value);
  void put_number(std::string_view key, float value);
  void put_truth(std::string_view key, bool value);
  void put_texts(std::string_view key, std::span<const std::string> values);
  void put_integers(std::string_view key, std::span<const std::int32_t> values);
  void put_numbers(std::string_view key, std::span<const float> values);

  // A tensor, its shape outermost first; whole rows must be whole blocks. `values` is called when
  // it is written, and what it returns must live until it is called for the next one.
  using Values = std::function<std::span<const float>()>;
  void tensor(std::string name, std::vector<std::uint64_t> shape, const GgufFormat& format,
              Values values);

  // Writes it all, temporary and renamed. Throws Error{failed} when a value is not finite, or the
  // disk is full; then there is no file.
  void write(const std::filesystem::path& path, ThreadPool& threads, Status& status,
             const StopFlag& stop);

 private:
  struct Tensor {
    std::string name;
    std::vector<std::uint64_t> shape;
    const GgufFormat* format;
    Values values;
    std::uint64_t bytes;
  };

  void begin_pair(std::string_view key, std::uint32_t type);
  void begin_array(std::string_view key, std::uint32_t type, std::size_t count);
  std::string header() const;

  std::string metadata_;
  std::uint64_t pairs_ = 0;
  std::vector<Tensor> tensors_;
};

}  // namespace aiops::train
