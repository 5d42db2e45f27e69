// SPDX-License-Identifier: Apache-2.0
#include "bench/gemm_engines.hpp"

#include "base/dynamic_library.hpp"
#include "base/thread_pool.hpp"
#include "bench/onednn.hpp"

namespace aiops::bench {
namespace {

using kernels::Gemm;
using kernels::Transpose;

// The few functions of OpenBLAS that are needed, with cblas.h's enumerations as the int they are.
struct OpenBlas {
  using Sgemm = void(int order, int transpose_a, int transpose_b, int m, int n, int k, float alpha,
                     const float* a, int lda, const float* b, int ldb, float beta, float* c,
                     int ldc);
  Sgemm* sgemm;
  void (*set_num_threads)(int);
  std::string config, core;

  OpenBlas() {
    const DynamicLibrary library("libopenblas.so.0", "apt-get install libopenblas0-pthread");
    sgemm = library.function<Sgemm>("cblas_sgemm");
    set_num_threads = library.function<void(int)>("openblas_set_num_threads");
    config = library.function<const char*()>("openblas_get_config")();
    core = library.function<const char*()>("openblas_get_corename")();
  }
};

GemmEngine openblas(std::size_t threads) {
  constexpr int kRowMajor = 101, kPlain = 111, kFlipped = 112;
  const auto library = std::make_shared<const OpenBlas>();
  GemmEngine engine;
  engine.multiply = [=](const Gemm& shape, const float* a, const float* b, float* c) {
    const bool flip_a = shape.transpose_a == Transpose::yes;
    const bool flip_b = shape.transpose_b == Transpose::yes;
    const auto of = [](std::int64_t value) { return static_cast<int>(value); };
    library->sgemm(kRowMajor, flip_a ? kFlipped : kPlain, flip_b ? kFlipped : kPlain, of(shape.m),
                   of(shape.n), of(shape.k), 1.0F, a, of(flip_a ? shape.m : shape.k), b,
                   of(flip_b ? shape.k : shape.n), 0.0F, c, of(shape.n));
  };
  engine.before = [=] { library->set_num_threads(static_cast<int>(threads)); };
  engine.description = {{"name", "OpenBLAS"},
                        {"version", library->config},
                        {"backend", "cpu"},
                        {"flags", {{"core", library->core}}}};
  return engine;
}

// A matrix of the product, by how it is stored.
DnnTensor matrix(const float* data, std::int64_t rows, std::int64_t columns, Transpose stored) {
  DnnTensor tensor{const_cast<float*>(data), {rows, columns}};  // which the library only reads
  if (stored == Transpose::yes) tensor.strides = {1, rows};
  return tensor;
}

// oneDNN prepares each product ahead: again when it is another one.
struct PreparedProduct {
  const float *a = nullptr, *b = nullptr, *c = nullptr;
  Gemm shape;
  std::function<void()> run;

  bool is(const Gemm& other, const float* of_a, const float* of_b, const float* of_c) const {
    return a == of_a && b == of_b && c == of_c && shape.m == other.m && shape.n == other.n &&
           shape.k == other.k && shape.transpose_a == other.transpose_a &&
           shape.transpose_b == other.transpose_b;
  }
};

GemmEngine onednn(std::size_t threads) {
  const auto library = std::make_shared<const OneDnn>(threads);
  const auto prepared = std::make_shared<PreparedProduct>();
  GemmEngine engine;
  engine.multiply = [=](const Gemm& shape, const float* a, const float* b, float* c) {
    if (!prepared->is(shape, a, b, c))
      *prepared = {a, b, c, shape,
                   library
                       ->product({matrix(a, shape.m, shape.k, shape.transpose_a),
                                  matrix(b, shape.k, shape.n, shape.transpose_b),
                                  matrix(c, shape.m, shape.n, Transpose::no)})
                       .run};
    prepared->run();
  };
  engine.before = [=] { library->start_threads(); };
  engine.after = [=] { library->end_threads(); };
  engine.description = onednn_engine(*library, {{"primitive", "matmul"}});
  return engine;
}

GemmEngine own(std::size_t threads) {
  const auto pool = std::make_shared<ThreadPool>(threads);
  GemmEngine engine;
  engine.multiply = [=](const Gemm& shape, const float* a, const float* b, float* c) {
    kernels::gemm(shape, a, b, c, *pool);
  };
  engine.description = {{"name", "aiops"},
                        {"version", nullptr},
                        {"backend", "cpu"},
                        {"flags", {{"tiles", kernels::gemm_engine()}}}};
  return engine;
}

}  // namespace

GemmEngine make_gemm_engine(const std::string& name, std::size_t threads) {
  if (name == "openblas") return openblas(threads);
  return name == "onednn" ? onednn(threads) : own(threads);
}

}  // namespace aiops::bench
