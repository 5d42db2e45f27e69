// SPDX-License-Identifier: Apache-2.0
// Reading is a single pass of a SAX parser: a header may be 100 MB, and a tree of it would be ten
// times that. The parser's handler knows the only shape a header has,
//
//   { "__metadata__": {string: string}, NAME: {"dtype": D, "shape": [n…], "data_offsets": [b, e]} }
//
// and refuses anything else at the first token, so depth and memory are bounded by the shape.
#include "pack/safetensors.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "base/json.hpp"

#include <fcntl.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <tuple>

namespace aiops::pack {
namespace {

constexpr std::uint64_t kMostHeader = 100'000'000;  // the safetensors library's own limit
constexpr std::size_t kMostDimensions = 64;

struct Dtype {
  std::string_view name;
  unsigned bits;
};

// In the library's order: a writer sorts by it, last first, so that wide types come aligned.
constexpr std::array<Dtype, 20> kDtypes = {{
    {"BOOL", 8}, {"F4", 4},      {"F6_E2M3", 6}, {"F6_E3M2", 6}, {"U8", 8},
    {"I8", 8},   {"F8_E5M2", 8}, {"F8_E4M3", 8}, {"F8_E8M0", 8}, {"I16", 16},
    {"U16", 16}, {"F16", 16},    {"BF16", 16},   {"I32", 32},    {"U32", 32},
    {"F32", 32}, {"C64", 64},    {"F64", 64},    {"I64", 64},    {"U64", 64},
}};

const Dtype* find_dtype(std::string_view name) {
  const auto found = std::find_if(kDtypes.begin(), kDtypes.end(),
                                  [&](const Dtype& dtype) { return dtype.name == name; });
  return found == kDtypes.end() ? nullptr : &*found;
}

[[noreturn]] void refuse(std::string_view what, const std::string& why) {
  throw Error(ExitCode::failed, std::string(what) + ": " + why);
}

std::string in_quotes(std::string_view name) { return "'" + printable(name.substr(0, 200)) + "'"; }

// The bytes of a tensor of this shape, or nothing when the product leaves 64 bits or whole bytes.
std::optional<std::uint64_t> bytes_of(const Dtype& dtype, const std::vector<std::uint64_t>& shape) {
  std::uint64_t bits = 1;
  for (const auto dimension : shape)
    if (__builtin_mul_overflow(bits, dimension, &bits)) return std::nullopt;
  if (__builtin_mul_overflow(bits, static_cast<std::uint64_t>(dtype.bits), &bits) || bits % 8 != 0)
    return std::nullopt;
  return bits / 8;
}

class HeaderReader final : public nlohmann::json_sax<Json> {
 public:
  HeaderReader(SafetensorsHeader& header, std::string_view what) : header_(header), what_(what) {}

  bool start_object(std::size_t) override {
    if (state_ == State::start) return go(State::names);
    if (state_ == State::name && name_ == "__metadata__") return go(State::metadata);
    if (state_ != State::name) unexpected();
    tensor_ = TensorInfo{};
    tensor_.name = name_;
    seen_ = 0;
    return go(State::tensor);
  }

  bool key(string_t& key) override {
    key_ = key;
    if (state_ == State::names) {
      name_ = key;
      return go(State::name);
    }
    if (state_ == State::metadata) return true;
    const unsigned bit = key == "dtype" ? 1 : key == "shape" ? 2 : key == "data_offsets" ? 4 : 0;
    if (bit == 0)
      refuse(what_, "tensor " + in_quotes(name_) + " has an unknown key " + in_quotes(key));
    if ((seen_ & bit) != 0)
      refuse(what_, "tensor " + in_quotes(name_) + " has its " + key + " twice");
    seen_ |= bit;
    return true;
  }

  bool end_object() override {
    if (state_ == State::names) return go(State::end);
    if (state_ == State::tensor) {
      if (seen_ != 7)
        refuse(what_, "tensor " + in_quotes(name_) + " lacks dtype, shape or data_offsets");
      header_.tensors.push_back(std::move(tensor_));
    }
    return go(State::names);
  }

  bool start_array(std::size_t) override {
    if (state_ != State::tensor || key_ == "dtype") unexpected();
    numbers_.clear();
    return go(State::numbers);
  }

  bool end_array() override {
    if (key_ == "shape") {
      tensor_.shape = numbers_;
    } else {
      if (numbers_.size() != 2)
        refuse(what_, "tensor " + in_quotes(name_) + " has data_offsets that are not two numbers");
      tensor_.begin = numbers_[0];
      tensor_.end = numbers_[1];
    }
    return go(State::tensor);
  }

  bool string(string_t& value) override {
    if (state_ == State::metadata) {
      if (!header_.metadata.emplace(key_, value).second)
        refuse(what_, "metadata has the key " + in_quotes(key_) + " twice");
      return true;
    }
    if (state_ != State::tensor || key_ != "dtype") unexpected();
    tensor_.dtype = value;
    return true;
  }

  bool number_unsigned(number_unsigned_t value) override {
    if (state_ != State::numbers) unexpected();
    if (numbers_.size() == kMostDimensions)
      refuse(what_, "tensor " + in_quotes(name_) + " has more than 64 dimensions");
    numbers_.push_back(value);
    return true;
  }

  bool null() override { unexpected(); }
  bool boolean(bool) override { unexpected(); }
  bool number_integer(number_integer_t) override { unexpected(); }
  bool number_float(number_float_t, const string_t&) override { unexpected(); }
  bool binary(binary_t&) override { unexpected(); }
  bool parse_error(std::size_t byte, const std::string&, const Json::exception&) override {
    refuse(what_, "its header is not valid JSON at byte " + std::to_string(8 + byte));
  }

 private:
  enum class State { start, names, name, metadata, tensor, numbers, end };

  bool go(State state) {
    state_ = state;
    return true;
  }

  [[noreturn]] void unexpected() const {
    const bool metadata = state_ == State::metadata;
    refuse(what_, metadata ? "metadata " + in_quotes(key_) + " is not a string"
                           : "its header has an unexpected value at " + in_quotes(name_));
  }

  SafetensorsHeader& header_;
  std::string_view what_;
  State state_ = State::start;
  std::string name_;
  std::string key_;
  TensorInfo tensor_;
  unsigned seen_ = 0;
  std::vector<std::uint64_t> numbers_;
};

template <typename Tensor>
void check_names(const std::vector<Tensor>& tensors, std::string_view what) {
  std::vector<std::string_view> names;
  names.reserve(tensors.size());
  for (const auto& tensor : tensors) names.push_back(tensor.name);
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice != names.end()) refuse(what, "tensor " + in_quotes(*twice) + " is there twice");
}

// Offsets tile the data section: nothing overlaps, nothing is hidden between or behind.
void check_layout(const SafetensorsHeader& header, std::uint64_t file_size, std::string_view what) {
  std::uint64_t at = 0;
  const std::uint64_t data = file_size - header.data_start;
  for (const auto& tensor : header.tensors) {
    const Dtype* dtype = find_dtype(tensor.dtype);
    const auto label = "tensor " + in_quotes(tensor.name);
    if (dtype == nullptr) refuse(what, label + " has an unknown dtype " + in_quotes(tensor.dtype));
    if (tensor.end < tensor.begin) refuse(what, label + " ends before it begins");
    if (tensor.begin < at) refuse(what, label + " overlaps the one before it");
    if (tensor.begin > at)
      refuse(what, "a hole of " + std::to_string(tensor.begin - at) + " bytes before " + label);
    if (tensor.end > data)
      refuse(what, label + " ends " + std::to_string(tensor.end - data) +
                       " bytes after the end of the file: it is truncated");
    const auto bytes = bytes_of(*dtype, tensor.shape);
    if (!bytes) refuse(what, label + " has a shape whose size overflows");
    if (*bytes != tensor.end - tensor.begin)
      refuse(what, label + " has " + std::to_string(tensor.end - tensor.begin) +
                       " bytes where its shape needs " + std::to_string(*bytes));
    at = tensor.end;
  }
  if (at != data)
    refuse(what, std::to_string(data - at) + " bytes after the last tensor belong to none");
}

std::uint64_t header_length(std::span<const std::byte> eight, std::uint64_t file_size,
                            std::string_view what) {
  if (file_size < 8 || eight.size() < 8)
    refuse(what, "not a safetensors file: shorter than 8 bytes");
  std::uint64_t length = 0;
  for (std::size_t i = 8; i-- > 0;) length = length << 8 | std::to_integer<std::uint64_t>(eight[i]);
  if (length > kMostHeader)
    refuse(what, "not a safetensors file: a header of " + std::to_string(length) +
                     " bytes, and 100,000,000 is the most");
  if (length > file_size - 8)
    refuse(what, "a header of " + std::to_string(length) + " bytes in a file of " +
                     std::to_string(file_size) + ": it is truncated");
  return length;
}

}  // namespace

std::uint64_t TensorInfo::elements() const {
  std::uint64_t count = 1;
  for (const auto dimension : shape) count *= dimension;
  return count;
}

std::uint64_t dtype_size(std::string_view dtype) {
  const Dtype* found = find_dtype(dtype);
  return found == nullptr || found->bits % 8 != 0 ? 0 : found->bits / 8;
}

SafetensorsHeader parse_safetensors_header(std::span<const std::byte> file_start,
                                           std::uint64_t file_size, std::string_view what) {
  const auto length = header_length(file_start, file_size, what);
  if (file_start.size() - 8 < length) refuse(what, "only a part of its header was read");
  const std::string_view text(reinterpret_cast<const char*>(file_start.data()) + 8, length);
  if (!text.starts_with('{')) refuse(what, "not a safetensors file: its header is not JSON");
  SafetensorsHeader header;
  header.data_start = 8 + length;
  HeaderReader reader(header, what);
  Json::sax_parse(text, &reader);
  check_names(header.tensors, what);
  std::sort(header.tensors.begin(), header.tensors.end(),
            [](const TensorInfo& a, const TensorInfo& b) {
              return std::tie(a.begin, a.end, a.name) < std::tie(b.begin, b.end, b.name);
            });
  check_layout(header, file_size, what);
  return header;
}

SafetensorsHeader read_safetensors_header(const ByteSource& source) {
  std::array<std::byte, 8> eight{};
  if (source.size >= 8) source.read_at(0, eight);
  const auto length = header_length(eight, source.size, source.what);
  std::vector<std::byte> start(8 + length);
  source.read_at(0, start);
  return parse_safetensors_header(start, source.size, source.what);
}

SafetensorsHeader read_safetensors_header(const std::filesystem::path& path) {
  return read_safetensors_header(file_source(path));
}

namespace {

std::string header_text(const std::vector<TensorToWrite>& tensors,
                        const std::map<std::string, std::string>& metadata) {
  OrderedJson header = OrderedJson::object();
  OrderedJson about = OrderedJson::object();
  about["format"] = "pt";
  for (const auto& [key, value] : metadata) about[key] = value;
  header["__metadata__"] = std::move(about);
  std::uint64_t at = 0;
  std::string text = to_text(header);
  text.pop_back();
  for (const auto& tensor : tensors) {  // by hand: an ordered_json looks each key up linearly
    OrderedJson entry = OrderedJson::object();
    entry["dtype"] = tensor.dtype;
    entry["shape"] = tensor.shape;
    entry["data_offsets"] = {at, at + tensor.bytes.size()};
    text += "," + OrderedJson(tensor.name).dump() + ":" + to_text(entry);
    at += tensor.bytes.size();
  }
  text += "}";
  text.append((8 - text.size() % 8) % 8, ' ');
  return text;
}

void check_to_write(std::string_view what, const std::vector<TensorToWrite>& tensors) {
  for (const auto& tensor : tensors) {
    const Dtype* dtype = find_dtype(tensor.dtype);
    const auto label = "tensor " + in_quotes(tensor.name);
    if (dtype == nullptr) refuse(what, label + " has an unknown dtype " + tensor.dtype);
    if (bytes_of(*dtype, tensor.shape) != tensor.bytes.size())
      refuse(what, label + " has bytes that do not match its shape");
    if (!is_utf8(tensor.name) || tensor.name == "__metadata__")
      refuse(what, label + " has a name that the format cannot hold");
  }
}

}  // namespace

void write_safetensors(const std::function<void(std::span<const std::byte>)>& sink,
                       std::string_view what, std::vector<TensorToWrite> tensors,
                       const std::map<std::string, std::string>& metadata) {
  check_to_write(what, tensors);
  check_names(tensors, what);
  std::sort(tensors.begin(), tensors.end(), [](const TensorToWrite& a, const TensorToWrite& b) {
    const auto *da = find_dtype(a.dtype), *db = find_dtype(b.dtype);
    return da != db ? da > db : a.name < b.name;
  });
  const auto text = header_text(tensors, metadata);
  if (text.size() > kMostHeader) refuse(what, "its header would exceed 100,000,000 bytes");
  std::array<std::byte, 8> length{};
  for (std::size_t i = 0; i < 8; ++i) length[i] = static_cast<std::byte>(text.size() >> (8 * i));
  sink(length);
  sink(std::as_bytes(std::span(text)));
  for (const auto& tensor : tensors) {
    if (tensor.rearranged)
      tensor.rearranged(sink);
    else
      sink(tensor.bytes);
  }
}

void write_safetensors(const std::filesystem::path& path, std::vector<TensorToWrite> tensors,
                       const std::map<std::string, std::string>& metadata) {
  TempFile file(path.has_parent_path() ? path.parent_path() : ".");
  write_safetensors([&](std::span<const std::byte> bytes) { file.write(bytes); }, path.string(),
                    std::move(tensors), metadata);
  file.commit(path);
}

}  // namespace aiops::pack
