// SPDX-License-Identifier: Apache-2.0
// The safetensors format (safetensors 0.7): u64 little-endian N, N bytes of JSON, then the tensors'
// bytes.
#pragma once

#include "base/file.hpp"
#include "pack/byte_source.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aiops::pack {

struct TensorInfo {
  std::string name;
  std::string dtype;  // as the file says it: "F32", "BF16", …
  std::vector<std::uint64_t> shape;
  std::uint64_t begin = 0;  // offsets in the data section
  std::uint64_t end = 0;
  std::uint64_t elements() const;
};

struct SafetensorsHeader {
  std::vector<TensorInfo> tensors;  // in the order of their offsets
  std::map<std::string, std::string> metadata;
  std::uint64_t data_start = 0;  // 8 + N
};

// Parses and checks a header: N at most 100,000,000 and inside the file; offsets tile the data
// section exactly; sizes match shapes without overflow; no duplicate names. Throws Error{failed}
// naming `what` and the fault.
SafetensorsHeader read_safetensors_header(const std::filesystem::path& path);
SafetensorsHeader read_safetensors_header(const ByteSource& source);
SafetensorsHeader parse_safetensors_header(std::span<const std::byte> file_start,
                                           std::uint64_t file_size, std::string_view what);

// One tensor to be written; `bytes` must live until the write returns.
struct TensorToWrite {
  using Sink = std::function<void(std::span<const std::byte>)>;
  std::string name;
  std::string dtype;
  std::vector<std::uint64_t> shape;
  std::span<const std::byte> bytes;
  // Unless empty, gives the bytes in the order of the file, in pieces; as many as there are.
  std::function<void(const Sink&)> rearranged = {};
};

// Writes a file that Hugging Face's library accepts: header padded with spaces to 8 bytes, tensors
// ordered by alignment (widest dtype first) then name, `__metadata__` {"format":"pt"} plus
// `metadata`. Atomic: temporary, fsync, rename.
void write_safetensors(const std::filesystem::path& path, std::vector<TensorToWrite> tensors,
                       const std::map<std::string, std::string>& metadata = {});

// The same bytes into `sink`, in order; `what` is for messages.
void write_safetensors(const std::function<void(std::span<const std::byte>)>& sink,
                       std::string_view what, std::vector<TensorToWrite> tensors,
                       const std::map<std::string, std::string>& metadata = {});

// Bytes of one element: 4 for "F32". 0 when the dtype is unknown.
std::uint64_t dtype_size(std::string_view dtype);

}  // namespace aiops::pack
