// SPDX-License-Identifier: Apache-2.0
#include "tests/fakes/cudnn/real.hpp"

#include <dlfcn.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace aiops::fakes {
namespace {

std::string variable(const char* name, const char* otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : text;
}

// cuDNN looks for a driver by its soname: one that is loaded already is taken.
void load_driver() {
  Dl_info self{};
  if (::dladdr(reinterpret_cast<const void*>(&load_driver), &self) == 0) return;
  std::string folder = self.dli_fname;
  folder.resize(folder.rfind('/') + 1);
  ::dlopen((folder + "driver/libcuda.so.1").c_str(), RTLD_NOW | RTLD_GLOBAL);
}

}  // namespace

RealCudnn::RealCudnn() {
  load_driver();
  const std::string path = variable("FAKE_CUDNN_REAL", FAKE_CUDNN_REAL);
  void* library = path.empty() ? nullptr : ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return;
  is_there = true;
#define FAKE_CUDNN_BIND(name)                                       \
  name = reinterpret_cast<decltype(name)>(::dlsym(library, #name)); \
  is_there = is_there && name != nullptr;
  FAKE_CUDNN_FUNCTIONS(FAKE_CUDNN_BIND)
#undef FAKE_CUDNN_BIND
  std::ifstream file(variable("FAKE_CUDNN_DEVICE", FAKE_CUDNN_DEVICE));
  device.assign(std::istreambuf_iterator<char>(file), {});
}

const RealCudnn& real() {
  static const auto* const one = new RealCudnn;
  return *one;
}

}  // namespace aiops::fakes
