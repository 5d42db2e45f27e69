// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/openblas.hpp"

#include "base/dynamic_library.hpp"
#include "base/error.hpp"

#include <memory>
#include <sstream>

namespace aiops::kernels {
namespace {

constexpr int kRowMajor = 101;  // CblasRowMajor
constexpr int kPlain = 111;     // CblasNoTrans
constexpr int kFlipped = 112;   // CblasTrans

int flag(Transpose transpose) { return transpose == Transpose::yes ? kFlipped : kPlain; }

}  // namespace

OpenBlas::OpenBlas() {
  const DynamicLibrary library("libopenblas.so.0", "apt-get install libopenblas0-pthread");
  library.function<void(int)>("openblas_set_num_threads")(1);
  sgemm_ = library.function<Sgemm>("cblas_sgemm");
  // "OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH …": the words after the version are build options.
  std::istringstream words(library.function<const char*()>("openblas_get_config")());
  std::string product;
  std::string version;
  words >> product >> version;
  name_ =
      product + " " + version + " " + library.function<const char*()>("openblas_get_corename")();
}

const OpenBlas* OpenBlas::find() {
  static const std::unique_ptr<OpenBlas> library = []() -> std::unique_ptr<OpenBlas> {
    try {
      return std::unique_ptr<OpenBlas>(new OpenBlas);
    } catch (const Error&) {  // absent: the portable product serves, and gemm_engine() says so
      return nullptr;
    }
  }();
  return library.get();
}

void OpenBlas::multiply(const TileProduct& p) const {
  sgemm_(kRowMajor, flag(p.transpose_a), flag(p.transpose_b), static_cast<int>(p.m),
         static_cast<int>(p.n), static_cast<int>(p.k), p.alpha, p.a, static_cast<int>(p.lda), p.b,
         static_cast<int>(p.ldb), p.beta, p.c, static_cast<int>(p.ldc));
}

}  // namespace aiops::kernels
