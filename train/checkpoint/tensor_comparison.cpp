// SPDX-License-Identifier: Apache-2.0
#include "train/checkpoint/tensor_comparison.hpp"

#include "pack/byte_source.hpp"
#include "pack/safetensors.hpp"
#include "train/model/half_precision.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <map>

namespace aiops::train {
namespace {

constexpr std::size_t kBlock = 1 << 16;  // elements
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

struct Place {
  ModelFiles::File file;
  std::uint64_t offset = 0;
  pack::TensorInfo info;
};
using Places = std::map<std::string, Place>;

Places places_in(const ModelFiles& files) {
  Places places;
  for (const std::string& name : files.names()) {
    if (!name.ends_with(".safetensors") || name.starts_with("training/")) continue;
    const auto file = files.open(name);
    const auto header = pack::read_safetensors_header({file.what, file.size, file.read_at});
    for (const auto& info : header.tensors)
      places.emplace(info.name, Place{file, header.data_start + info.begin, info});
  }
  return places;
}

bool is_read(const std::string& dtype) {
  return dtype == "F32" || dtype == "F64" || dtype == "BF16" || dtype == "F16";
}

double value_at(const std::vector<std::byte>& bytes, std::size_t i, const std::string& dtype) {
  const auto load = [&]<typename T>(T value) {
    std::memcpy(&value, bytes.data() + i * sizeof(T), sizeof(T));
    return value;
  };
  if (dtype == "F32") return load(float{});
  if (dtype == "F64") return load(double{});
  const auto half = load(std::uint16_t{});
  return dtype == "BF16" ? from_bfloat16(half) : from_float16(half);
}

struct Sums {
  double largest = 0, absolute = 0, squares = 0, before = 0;
  void add(double a, double b) {
    const double apart = std::abs(b - a);
    largest = std::isnan(apart) || std::isnan(largest) ? kNone : std::max(largest, apart);
    absolute += apart;
    squares += apart * apart;
    before += a * a;
  }
};

void read_block(const Place& place, std::uint64_t first, std::size_t count,
                std::vector<std::byte>& bytes) {
  const std::uint64_t size = pack::dtype_size(place.info.dtype);
  bytes.resize(count * size);
  place.file.read_at(place.offset + first * size, bytes);
}

// Fills in the figures; the kind becomes `changed` at the first byte or number that differs.
void compare_values(const Place& a, const Place& b, TensorDifference& difference,
                    const StopFlag& stop) {
  const std::string &from = a.info.dtype, &to = b.info.dtype;
  Sums sums;
  std::vector<std::byte> left, right;
  for (std::uint64_t done = 0; done < difference.elements; done += kBlock) {
    stop.check();
    const auto count =
        static_cast<std::size_t>(std::min<std::uint64_t>(kBlock, difference.elements - done));
    read_block(a, done, count, left);
    read_block(b, done, count, right);
    if (from != to || left != right) difference.kind = TensorDifference::Kind::changed;
    for (std::size_t i = 0; i < count; ++i)
      sums.add(value_at(left, i, from), value_at(right, i, to));
  }
  difference.max_absolute = sums.largest;
  difference.mean_absolute =
      difference.elements == 0 ? 0 : sums.absolute / static_cast<double>(difference.elements);
  difference.relative_norm = sums.squares == 0 ? 0 : std::sqrt(sums.squares / sums.before);
}

// Types whose numbers are not read: the same bytes, or not.
void compare_bytes(const Place& a, const Place& b, TensorDifference& difference,
                   const StopFlag& stop) {
  const std::uint64_t size = a.info.end - a.info.begin;
  bool same = a.info.dtype == b.info.dtype && size == b.info.end - b.info.begin;
  std::vector<std::byte> left, right;
  for (std::uint64_t done = 0; same && done < size; done += left.size()) {
    stop.check();
    left.resize(static_cast<std::size_t>(std::min<std::uint64_t>(8 * kBlock, size - done)));
    right.resize(left.size());
    a.file.read_at(a.offset + done, left);
    b.file.read_at(b.offset + done, right);
    same = left == right;
  }
  if (same) return;
  difference.kind = TensorDifference::Kind::changed;
  difference.max_absolute = difference.mean_absolute = difference.relative_norm = kNone;
}

TensorDifference compare(const Place& a, const Place& b, const StopFlag& stop) {
  using Kind = TensorDifference::Kind;
  const std::string dtype =
      a.info.dtype == b.info.dtype ? b.info.dtype : a.info.dtype + " -> " + b.info.dtype;
  TensorDifference difference{b.info.name, Kind::same, dtype, b.info.shape, b.info.elements()};
  if (a.info.shape != b.info.shape) {
    difference.kind = Kind::reshaped;
    difference.max_absolute = difference.mean_absolute = difference.relative_norm = kNone;
  } else if (is_read(a.info.dtype) && is_read(b.info.dtype)) {
    compare_values(a, b, difference, stop);
  } else {
    compare_bytes(a, b, difference, stop);
  }
  return difference;
}

TensorDifference alone(const Place& place, TensorDifference::Kind kind) {
  return {place.info.name, kind, place.info.dtype, place.info.shape, place.info.elements(), kNone,
          kNone,           kNone};
}

}  // namespace

const char* name_of(TensorDifference::Kind kind) {
  switch (kind) {
    case TensorDifference::Kind::same:
      return "same";
    case TensorDifference::Kind::changed:
      return "changed";
    case TensorDifference::Kind::added:
      return "added";
    case TensorDifference::Kind::removed:
      return "removed";
    case TensorDifference::Kind::reshaped:
      break;
  }
  return "reshaped";
}

std::vector<TensorDifference> compare_tensors(const ModelFiles& a, const ModelFiles& b,
                                              const StopFlag& stop) {
  const Places before = places_in(a);
  const Places after = places_in(b);
  std::vector<TensorDifference> differences;
  for (const auto& [name, place] : before) {
    const auto other = after.find(name);
    differences.push_back(other == after.end() ? alone(place, TensorDifference::Kind::removed)
                                               : compare(place, other->second, stop));
  }
  for (const auto& [name, place] : after)
    if (!before.contains(name)) differences.push_back(alone(place, TensorDifference::Kind::added));
  std::ranges::sort(differences, {}, &TensorDifference::name);
  return differences;
}

}  // namespace aiops::train
