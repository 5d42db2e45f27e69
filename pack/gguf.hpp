// SPDX-License-Identifier: Apache-2.0
// The header of a GGUF file, versions 2 and 3: metadata and the list of tensors.
#pragma once

#include "pack/byte_source.hpp"
#include "pack/safetensors.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

namespace aiops::pack {

struct GgufArray {
  std::uint32_t type = 0;
  std::uint64_t count = 0;
  std::uint64_t offset = 0;  // of its first element, in the file
};
using GgufValue = std::variant<bool, std::uint64_t, std::int64_t, double, std::string, GgufArray>;

struct GgufHeader {
  std::uint32_t version = 0;
  std::map<std::string, GgufValue> metadata;  // of arrays only their type and length
  // Shapes outermost first, as everywhere here; offsets in the data section; `end` is `begin` where
  // the tensor's type is unknown.
  std::vector<TensorInfo> tensors;
  std::uint64_t data_start = 0;

  std::string text(const std::string& key) const;        // empty when absent or not a text
  std::uint64_t number(const std::string& key) const;    // 0 when absent or not a whole number
  const GgufArray* array(const std::string& key) const;  // nullptr when absent or not an array
  // The quantisation by general.file_type ("Q4_K_M"), else the type that most bytes have.
  std::string quantization() const;
};

// Counts and lengths are bounded by the file before anything is allocated for them. Throws
// Error{failed} naming the source and the fault.
GgufHeader read_gguf_header(const ByteSource& source);

// The elements of an array of that file's header: texts, or numbers of any type. Throws
// Error{failed} naming `what` (the array's key) when they are of another kind, and when there are
// more than 16 Mi.
std::vector<std::string> read_gguf_texts(const ByteSource& source, const GgufArray& array,
                                         const std::string& what);
std::vector<double> read_gguf_numbers(const ByteSource& source, const GgufArray& array,
                                      const std::string& what);

}  // namespace aiops::pack
