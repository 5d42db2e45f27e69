// SPDX-License-Identifier: Apache-2.0
// oneDNN on the CPU, in fp32: what own operators are measured beside. Opened where it is installed;
// nothing of it is needed to build.
#pragma once

#include "base/json.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace aiops::bench {

namespace dnnl {
struct Api;
}

// Numbers in memory that someone else owns. Without strides they are packed, the last dimension
// innermost.
struct DnnTensor {
  float* data = nullptr;
  std::vector<std::int64_t> dims;
  std::vector<std::int64_t> strides = {};
};

// Something prepared once, for these very arrays, and done again and again.
struct DnnWork {
  std::function<void()> run;
  std::string implementation;  // the library's name of what does it: "jit:avx512_core"
};

// x is rows x width, as are y and their gradients; the rest of the norm as kernels/layer_norm.hpp
// has it, but for the variance of each row in place of its reciprocal.
struct DnnNorm {
  DnnTensor x, weight, bias, mean, variance;
  float epsilon = 0;
};

// c (+)= a b · scale + mask, of the last two dimensions; those before them are a batch.
struct DnnProduct {
  DnnTensor a, b, c;
  enum class Into { overwrite, add };
  Into into = Into::overwrite;
  float scale = 1;
  DnnTensor mask = {};  // a dimension of 1 is repeated; without data, none
};

class OneDnn {
 public:
  // Throws Error{failed} where the library is missing, or does not share work out as OpenMP does.
  explicit OneDnn(std::size_t threads);

  const std::string& version() const;
  // The threads of the thread that calls, for what it prepares and does next.
  void start_threads() const;
  // OpenMP's threads wait by turning round, for a while: where others are measured, they must not.
  void end_threads() const;

  DnnWork layer_norm(const DnnNorm& norm, const DnnTensor& y) const;
  struct NormGradient {
    DnnTensor y, x, weight, bias;  // the first is known, the others are overwritten
  };
  DnnWork layer_norm_gradient(const DnnNorm& norm, const NormGradient& gradient) const;
  DnnWork gelu(const DnnTensor& x, const DnnTensor& y) const;  // the form with tanh
  DnnWork gelu_gradient(const DnnTensor& x, const DnnTensor& y_gradient,
                        const DnnTensor& x_gradient) const;
  enum class Softmax { plain, logarithm };
  DnnWork softmax(Softmax form, const DnnTensor& x, const DnnTensor& y) const;  // of the last dim
  DnnWork softmax_gradient(const DnnTensor& y, const DnnTensor& y_gradient,
                           const DnnTensor& x_gradient) const;
  // Of `b` a dimension of 1 is repeated.
  DnnWork sum(const DnnTensor& a, const DnnTensor& b, const DnnTensor& into) const;
  DnnWork product(const DnnProduct& product) const;

 private:
  std::shared_ptr<const dnnl::Api> api_;
};

// The record's `engine` of work that these parts of the library do, by their names there.
Json onednn_engine(const OneDnn& library, Json parts);

}  // namespace aiops::bench
