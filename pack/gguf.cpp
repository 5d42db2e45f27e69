// SPDX-License-Identifier: Apache-2.0
// Every count in the file is checked against the bytes that are left before it is believed: a
// metadata pair takes at least 13 bytes and a tensor at least 24, so a count that could not fit is
// a lie. Arrays (token lists of megabytes) are stepped over, element by element only where the
// elements are texts.
#include "pack/gguf.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

namespace aiops::pack {
namespace {

constexpr std::size_t kBuffer = 1 << 18;
constexpr std::uint64_t kMostText = 1 << 20;
constexpr std::uint64_t kMostName = 1 << 12;
constexpr std::uint64_t kMostTensors = 1 << 20;
constexpr std::uint64_t kMostPairs = 1 << 18;
constexpr std::uint64_t kMostElements = 1 << 24;
constexpr int kDeepestArray = 4;

enum Type : std::uint32_t {
  u8,
  i8,
  u16,
  i16,
  u32,
  i32,
  f32,
  boolean,
  string,
  array,
  u64,
  i64,
  f64
};

struct TensorType {
  std::uint32_t id;
  const char* name;
  std::uint32_t block;  // elements
  std::uint32_t bytes;  // of a block
};

// ggml's types
constexpr std::array<TensorType, 32> kTypes = {{
    {0, "F32", 1, 4},         {1, "F16", 1, 2},         {2, "Q4_0", 32, 18},
    {3, "Q4_1", 32, 20},      {6, "Q5_0", 32, 22},      {7, "Q5_1", 32, 24},
    {8, "Q8_0", 32, 34},      {9, "Q8_1", 32, 36},      {10, "Q2_K", 256, 84},
    {11, "Q3_K", 256, 110},   {12, "Q4_K", 256, 144},   {13, "Q5_K", 256, 176},
    {14, "Q6_K", 256, 210},   {15, "Q8_K", 256, 292},   {16, "IQ2_XXS", 256, 66},
    {17, "IQ2_XS", 256, 74},  {18, "IQ3_XXS", 256, 98}, {19, "IQ1_S", 256, 50},
    {20, "IQ4_NL", 32, 18},   {21, "IQ3_S", 256, 110},  {22, "IQ2_S", 256, 82},
    {23, "IQ4_XS", 256, 136}, {24, "I8", 1, 1},         {25, "I16", 1, 2},
    {26, "I32", 1, 4},        {27, "I64", 1, 8},        {28, "F64", 1, 8},
    {29, "IQ1_M", 256, 56},   {30, "BF16", 1, 2},       {34, "TQ1_0", 256, 54},
    {35, "TQ2_0", 256, 66},   {39, "MXFP4", 32, 17},
}};

struct FileType {
  std::uint64_t id;
  const char* name;
};

// general.file_type (llama.cpp's llama_ftype)
constexpr std::array<FileType, 33> kFileTypes = {{
    {0, "F32"},      {1, "F16"},      {2, "Q4_0"},       {3, "Q4_1"},    {7, "Q8_0"},
    {8, "Q5_0"},     {9, "Q5_1"},     {10, "Q2_K"},      {11, "Q3_K_S"}, {12, "Q3_K_M"},
    {13, "Q3_K_L"},  {14, "Q4_K_S"},  {15, "Q4_K_M"},    {16, "Q5_K_S"}, {17, "Q5_K_M"},
    {18, "Q6_K"},    {19, "IQ2_XXS"}, {20, "IQ2_XS"},    {21, "Q2_K_S"}, {22, "IQ3_XS"},
    {23, "IQ3_XXS"}, {24, "IQ1_S"},   {25, "IQ4_NL"},    {26, "IQ3_S"},  {27, "IQ3_M"},
    {28, "IQ2_S"},   {29, "IQ2_M"},   {30, "IQ4_XS"},    {31, "IQ1_M"},  {32, "BF16"},
    {36, "TQ1_0"},   {37, "TQ2_0"},   {38, "MXFP4_MOE"},
}};

class Reader {
 public:
  explicit Reader(const ByteSource& source, std::uint64_t position = 0)
      : source_(source), position_(std::min(position, source.size)), start_(position_) {}

  [[noreturn]] void refuse(const std::string& why) const {
    throw Error(ExitCode::failed, source_.what + ": " + why);
  }

  std::uint64_t position() const { return position_; }
  std::uint64_t left() const { return source_.size - position_; }

  void skip(std::uint64_t bytes) {
    if (bytes > left()) refuse("the header ends after the end of the file: it is truncated");
    position_ += bytes;
  }

  template <typename T>
  T read() {
    T value{};
    take({reinterpret_cast<std::byte*>(&value), sizeof value});
    return value;  // GGUF is little-endian, like every machine this is built for
  }

  std::string text(std::uint64_t most, const char* what) {
    const auto size = read<std::uint64_t>();
    if (size > left()) refuse(std::string(what) + " is longer than the file: it is truncated");
    if (size > most)
      refuse(std::string(what) + " of " + std::to_string(size) + " bytes is too long");
    std::string value(size, '\0');
    take(std::as_writable_bytes(std::span(value)));
    return value;
  }

  void skip_text() { skip(read<std::uint64_t>()); }

 private:
  void take(std::span<std::byte> into) {
    if (into.size() > left()) refuse("the header ends after the end of the file: it is truncated");
    while (!into.empty()) {
      if (position_ < start_ || position_ >= start_ + buffer_.size()) fill();
      const auto at = position_ - start_;
      const auto n = std::min<std::uint64_t>(into.size(), buffer_.size() - at);
      std::memcpy(into.data(), buffer_.data() + at, n);
      into = into.subspan(n);
      position_ += n;
    }
  }

  void fill() {
    start_ = position_;
    buffer_.resize(std::min<std::uint64_t>(kBuffer, left()));
    source_.read_at(start_, buffer_);
  }

  const ByteSource& source_;
  std::uint64_t position_;
  std::uint64_t start_;
  std::vector<std::byte> buffer_;
};

std::uint64_t size_of(std::uint32_t type) {
  constexpr std::array<std::uint64_t, 13> kSizes = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};
  return type < kSizes.size() ? kSizes[type] : 0;
}

GgufArray skip_array(Reader& reader, int depth) {
  if (depth > kDeepestArray) reader.refuse("its metadata nests arrays too deeply");
  const auto type = reader.read<std::uint32_t>();
  const auto count = reader.read<std::uint64_t>();
  const GgufArray result{type, count, reader.position()};
  if (const auto size = size_of(result.type)) {
    if (result.count > reader.left() / size)
      reader.refuse("an array of " + std::to_string(result.count) +
                    " elements is longer than the file");
    reader.skip(result.count * size);
    return result;
  }
  if (result.type != string && result.type != array)
    reader.refuse("an array has elements of the unknown type " + std::to_string(result.type));
  if (result.count > reader.left() / 8)
    reader.refuse("an array of " + std::to_string(result.count) +
                  " elements is longer than the file");
  for (std::uint64_t i = 0; i < result.count; ++i)
    result.type == string ? reader.skip_text() : void(skip_array(reader, depth + 1));
  return result;
}

// A number or a truth; nothing when the type is another.
std::optional<GgufValue> read_scalar(Reader& reader, std::uint32_t type) {
  const auto u = [](std::uint64_t value) { return GgufValue(value); };
  const auto i = [](std::int64_t value) { return GgufValue(value); };
  switch (type) {
    case u8:
      return u(reader.read<std::uint8_t>());
    case i8:
      return i(reader.read<std::int8_t>());
    case u16:
      return u(reader.read<std::uint16_t>());
    case i16:
      return i(reader.read<std::int16_t>());
    case u32:
      return u(reader.read<std::uint32_t>());
    case i32:
      return i(reader.read<std::int32_t>());
    case f32:
      return GgufValue(static_cast<double>(reader.read<float>()));
    case boolean:
      return GgufValue(reader.read<std::uint8_t>() != 0);
    case u64:
      return u(reader.read<std::uint64_t>());
    case i64:
      return i(reader.read<std::int64_t>());
    case f64:
      return GgufValue(reader.read<double>());
    default:
      return std::nullopt;
  }
}

GgufValue read_value(Reader& reader) {
  const auto type = reader.read<std::uint32_t>();
  if (type == string) return GgufValue(reader.text(kMostText, "a metadata text"));
  if (type == array) return GgufValue(skip_array(reader, 1));
  auto value = read_scalar(reader, type);
  if (!value) reader.refuse("metadata has the unknown type " + std::to_string(type));
  return *std::move(value);
}

double as_number(const GgufValue& value) {
  if (const auto* u = std::get_if<std::uint64_t>(&value)) return static_cast<double>(*u);
  if (const auto* i = std::get_if<std::int64_t>(&value)) return static_cast<double>(*i);
  if (const auto* b = std::get_if<bool>(&value)) return *b ? 1 : 0;
  return std::get<double>(value);
}

void check_elements(const Reader& reader, const GgufArray& elements, bool is_kind,
                    const std::string& what, const char* kind) {
  if (!is_kind) reader.refuse(what + " is not an array of " + kind);
  if (elements.count > kMostElements)
    reader.refuse(what + " has " + std::to_string(elements.count) + " elements, more than " +
                  std::to_string(kMostElements));
}

const TensorType* find_type(std::uint32_t id) {
  const auto found = std::find_if(kTypes.begin(), kTypes.end(),
                                  [&](const TensorType& type) { return type.id == id; });
  return found == kTypes.end() ? nullptr : &*found;
}

std::optional<std::uint64_t> bytes_of(const TensorType& type, const TensorInfo& tensor) {
  std::uint64_t elements = 1, bytes = 0;
  for (const auto dimension : tensor.shape)
    if (__builtin_mul_overflow(elements, dimension, &elements)) return std::nullopt;
  if (elements % type.block != 0 ||
      __builtin_mul_overflow(elements / type.block, std::uint64_t{type.bytes}, &bytes))
    return std::nullopt;
  return bytes;
}

TensorInfo read_tensor(Reader& reader) {
  TensorInfo tensor;
  tensor.name = reader.text(kMostName, "a tensor's name");
  const auto label = "tensor '" + printable(tensor.name) + "'";
  const auto dimensions = reader.read<std::uint32_t>();
  if (dimensions > 8) reader.refuse(label + " has " + std::to_string(dimensions) + " dimensions");
  for (std::uint32_t i = 0; i < dimensions; ++i)
    tensor.shape.push_back(reader.read<std::uint64_t>());
  std::reverse(tensor.shape.begin(), tensor.shape.end());  // the file has the innermost first
  const auto id = reader.read<std::uint32_t>();
  tensor.begin = tensor.end = reader.read<std::uint64_t>();
  const TensorType* type = find_type(id);
  tensor.dtype = type == nullptr ? "type " + std::to_string(id) : type->name;
  if (type == nullptr) return tensor;
  const auto bytes = bytes_of(*type, tensor);
  if (!bytes || __builtin_add_overflow(tensor.begin, *bytes, &tensor.end))
    reader.refuse(label + " has a shape that does not fit its type");
  return tensor;
}

void check_tensors(const Reader& reader, const GgufHeader& header, std::uint64_t file_size) {
  const auto data = file_size - std::min(header.data_start, file_size);
  std::vector<std::string_view> names;
  for (const auto& tensor : header.tensors) {
    const auto label = "tensor '" + printable(tensor.name) + "'";
    if (tensor.end > data)
      reader.refuse(label + " ends after the end of the file: it is truncated");
    names.push_back(tensor.name);
  }
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice != names.end()) reader.refuse("tensor '" + printable(*twice) + "' is there twice");
  std::uint64_t at = 0;
  for (const auto& tensor : header.tensors) {  // sorted by their offsets
    if (tensor.begin < at && tensor.end > tensor.begin)
      reader.refuse("tensor '" + printable(tensor.name) + "' overlaps the one before it");
    at = std::max(at, tensor.end);
  }
}

std::uint64_t alignment_of(const Reader& reader, const GgufHeader& header) {
  if (!header.metadata.contains("general.alignment")) return 32;
  const auto alignment = header.number("general.alignment");
  if (alignment == 0 || alignment > (1u << 20) || (alignment & (alignment - 1)) != 0)
    reader.refuse("general.alignment is not a power of two");
  return alignment;
}

}  // namespace

std::string GgufHeader::text(const std::string& key) const {
  const auto found = metadata.find(key);
  if (found == metadata.end()) return {};
  const auto* value = std::get_if<std::string>(&found->second);
  return value == nullptr ? std::string() : *value;
}

std::uint64_t GgufHeader::number(const std::string& key) const {
  const auto found = metadata.find(key);
  if (found == metadata.end()) return 0;
  if (const auto* value = std::get_if<std::uint64_t>(&found->second)) return *value;
  const auto* value = std::get_if<std::int64_t>(&found->second);
  return value == nullptr || *value < 0 ? 0 : static_cast<std::uint64_t>(*value);
}

const GgufArray* GgufHeader::array(const std::string& key) const {
  const auto found = metadata.find(key);
  return found == metadata.end() ? nullptr : std::get_if<GgufArray>(&found->second);
}

std::string GgufHeader::quantization() const {
  if (metadata.contains("general.file_type")) {
    const auto type = number("general.file_type") & 1023;  // bit 10: "guessed from the tensors"
    const auto found = std::find_if(kFileTypes.begin(), kFileTypes.end(),
                                    [&](const FileType& one) { return one.id == type; });
    if (found != kFileTypes.end()) return found->name;
  }
  std::map<std::string, std::uint64_t> bytes;
  for (const auto& tensor : tensors) bytes[tensor.dtype] += tensor.end - tensor.begin;
  const auto most = std::max_element(
      bytes.begin(), bytes.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == bytes.end() ? std::string() : most->first;
}

GgufHeader read_gguf_header(const ByteSource& source) {
  Reader reader(source);
  std::array<char, 4> magic{};
  if (source.size >= 4)
    for (char& c : magic) c = reader.read<char>();
  if (std::string_view(magic.data(), 4) != "GGUF") reader.refuse("not a GGUF file");
  GgufHeader header;
  header.version = reader.read<std::uint32_t>();
  if (header.version != 2 && header.version != 3)
    reader.refuse("GGUF of version " + std::to_string(header.version) + ", and 2 and 3 are known");
  const auto tensors = reader.read<std::uint64_t>();
  const auto pairs = reader.read<std::uint64_t>();
  if (tensors > kMostTensors || tensors > reader.left() / 24)
    reader.refuse("it claims " + std::to_string(tensors) + " tensors, more than the file can hold");
  if (pairs > kMostPairs || pairs > reader.left() / 13)
    reader.refuse("it claims " + std::to_string(pairs) +
                  " metadata pairs, more than the file can hold");
  for (std::uint64_t i = 0; i < pairs; ++i) {
    auto key = reader.text(kMostName, "a metadata key");
    const auto label = printable(key);
    if (!header.metadata.emplace(std::move(key), read_value(reader)).second)
      reader.refuse("metadata '" + label + "' is there twice");
  }
  for (std::uint64_t i = 0; i < tensors; ++i) header.tensors.push_back(read_tensor(reader));
  const auto alignment = alignment_of(reader, header);
  header.data_start = (reader.position() + alignment - 1) / alignment * alignment;
  std::sort(header.tensors.begin(), header.tensors.end(),
            [](const TensorInfo& a, const TensorInfo& b) { return a.begin < b.begin; });
  check_tensors(reader, header, source.size);
  return header;
}

std::vector<std::string> read_gguf_texts(const ByteSource& source, const GgufArray& array,
                                         const std::string& what) {
  Reader reader(source, array.offset);
  check_elements(reader, array, array.type == string, what, "texts");
  std::vector<std::string> texts;
  texts.reserve(array.count);
  for (std::uint64_t i = 0; i < array.count; ++i)
    texts.push_back(reader.text(kMostText, "an element"));
  return texts;
}

std::vector<double> read_gguf_numbers(const ByteSource& source, const GgufArray& array,
                                      const std::string& what) {
  Reader reader(source, array.offset);
  check_elements(reader, array, size_of(array.type) != 0, what, "numbers");
  std::vector<double> numbers;
  numbers.reserve(array.count);
  for (std::uint64_t i = 0; i < array.count; ++i)
    numbers.push_back(as_number(*read_scalar(reader, array.type)));
  return numbers;
}

}  // namespace aiops::pack
