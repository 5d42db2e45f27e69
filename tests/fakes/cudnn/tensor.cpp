// SPDX-License-Identifier: Apache-2.0
#include "tests/fakes/cudnn/tensor.hpp"

#include "tests/fakes/numbers.hpp"

#include <algorithm>

namespace aiops::fakes {
namespace {

Place place_of(const Recorded& descriptor, int name) {
  const auto values = descriptor.values<std::int64_t>(name);
  Place place{1, 1, 1, 1};
  std::copy_n(values.begin(), std::min<std::size_t>(values.size(), 4), place.begin());
  return place;
}

cudaDataType memory_type(cudnnDataType_t type) {
  return type == CUDNN_DATA_BFLOAT16 ? CUDA_R_16BF : CUDA_R_32F;
}

}  // namespace

TensorFacts::TensorFacts(const Recorded& d)
    : uid(d.value<std::int64_t>(CUDNN_ATTR_TENSOR_UNIQUE_ID)),
      type(d.value<cudnnDataType_t>(CUDNN_ATTR_TENSOR_DATA_TYPE)),
      extents(place_of(d, CUDNN_ATTR_TENSOR_DIMENSIONS)),
      strides(place_of(d, CUDNN_ATTR_TENSOR_STRIDES)),
      alignment(d.value<std::int64_t>(CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT)),
      is_virtual(d.value<unsigned char>(CUDNN_ATTR_TENSOR_IS_VIRTUAL) != 0),
      is_by_value(d.value<unsigned char>(CUDNN_ATTR_TENSOR_IS_BY_VALUE) != 0) {}

std::int64_t TensorFacts::offset(const Place& at) const {
  return at[0] * strides[0] + at[1] * strides[1] + at[2] * strides[2] + at[3] * strides[3];
}

std::size_t TensorFacts::element_bytes() const { return type == CUDNN_DATA_BFLOAT16 ? 2 : 4; }

std::size_t TensorFacts::bytes() const {
  const Place last{extents[0] - 1, extents[1] - 1, extents[2] - 1, extents[3] - 1};
  return static_cast<std::size_t>(offset(last) + 1) * element_bytes();
}

double TensorFacts::rounded(double value) const {
  const auto number = static_cast<float>(value);
  return static_cast<double>(type == CUDNN_DATA_BFLOAT16 ? from_bf16(to_bf16(number)) : number);
}

Tensor::Tensor(const TensorFacts& facts, void* memory)
    : facts_(facts), memory_(memory), known_(memory != nullptr) {
  if (memory == nullptr) numbers_.resize(static_cast<std::size_t>(facts.elements()));
}

Tensor::Tensor(const TensorFacts& facts, double by_value)
    : facts_(facts), memory_(nullptr), numbers_{by_value}, known_(true) {}

std::size_t Tensor::dense(const Place& at) const {
  const Place& e = facts_.extents;
  return static_cast<std::size_t>(((at[0] * e[1] + at[1]) * e[2] + at[2]) * e[3] + at[3]);
}

double Tensor::read(const Place& at, const Place& of) const {
  Place own{};
  for (std::size_t i = 0; i < 4; ++i) own[i] = at[i] * facts_.extents[i] / of[i];
  if (memory_ == nullptr) return numbers_[dense(own)];
  return read_number(memory_, memory_type(facts_.type),
                     static_cast<std::uint64_t>(facts_.offset(own)));
}

void Tensor::write(const Place& at, double value) {
  if (memory_ == nullptr)
    numbers_[dense(at)] = facts_.rounded(value);
  else
    write_number(memory_, memory_type(facts_.type), static_cast<std::uint64_t>(facts_.offset(at)),
                 value);
}

}  // namespace aiops::fakes
