// SPDX-License-Identifier: Apache-2.0
// A libcuda.so.1 with just enough of a driver for cuDNN 9.19 to choose engines and finalise plans
// for a GPU that is described to it and not there. Nothing can be launched: what is not modelled
// says 34, CUDA_ERROR_STUB_LIBRARY (absent.cpp). Success everywhere would let NVRTC run into
// nothing.
//
// FAKE_CUDA_LOG names a file that gets the names of the kernels that were chosen, one a line.
#define __CUDA_API_VERSION_INTERNAL 1  // the functions by their own names, no macros
#include <cuda.h>
#include <dlfcn.h>

#include <cstdio>
#include <cstdlib>
#undef cuGetProcAddress

namespace {

// Handles only have to differ from null.
template <typename Handle>
CUresult give(Handle* handle, std::size_t value) {
  *handle = reinterpret_cast<Handle>(value);
  return CUDA_SUCCESS;
}

void log(const char* kernel) {
  const char* name = std::getenv("FAKE_CUDA_LOG");
  if (name == nullptr) return;
  if (std::FILE* file = std::fopen(name, "a"); file != nullptr) {
    std::fprintf(file, "%s\n", kernel);
    std::fclose(file);
  }
}

}  // namespace

extern "C" {

CUresult cuGetProcAddress_v2(const char* name, void** address, int, cuuint64_t,
                             CUdriverProcAddressQueryResult* result) {
  Dl_info self{};
  ::dladdr(reinterpret_cast<const void*>(&cuGetProcAddress_v2), &self);
  void* const library = ::dlopen(self.dli_fname, RTLD_NOW | RTLD_NOLOAD);
  *address = ::dlsym(library == nullptr ? RTLD_DEFAULT : library, name);
  if (result != nullptr)
    *result =
        *address == nullptr ? CU_GET_PROC_ADDRESS_SYMBOL_NOT_FOUND : CU_GET_PROC_ADDRESS_SUCCESS;
  return *address == nullptr ? CUDA_ERROR_NOT_FOUND : CUDA_SUCCESS;
}

CUresult cuGetProcAddress(const char* name, void** address, int version, cuuint64_t flags) {
  return cuGetProcAddress_v2(name, address, version, flags, nullptr);
}

CUresult cuDriverGetVersion(int* version) {
  *version = 13000;
  return CUDA_SUCCESS;
}
CUresult cuDeviceGetCount(int* count) {
  *count = 1;
  return CUDA_SUCCESS;
}
CUresult cuDeviceGet(CUdevice* device, int) {
  *device = 0;
  return CUDA_SUCCESS;
}
CUresult cuCtxGetCurrent(CUcontext* context) { return give(context, 0x1000); }

CUresult cuLibraryLoadData(CUlibrary* library, const void*, CUjit_option*, void**, unsigned,
                           CUlibraryOption*, void**, unsigned) {
  return give(library, 0x2000);
}
CUresult cuLibraryGetKernel(CUkernel* kernel, CUlibrary, const char* name) {
  log(name);
  return give(kernel, 0x3000);
}
CUresult cuLibraryGetModule(CUmodule* module, CUlibrary) { return give(module, 0x4000); }
CUresult cuKernelGetFunction(CUfunction* function, CUkernel) { return give(function, 0x5000); }
CUresult cuModuleLoadData(CUmodule* module, const void*) { return give(module, 0x4000); }
CUresult cuModuleLoadDataEx(CUmodule* module, const void*, unsigned, CUjit_option*, void**) {
  return give(module, 0x4000);
}
CUresult cuModuleGetFunction(CUfunction* function, CUmodule, const char* name) {
  log(name);
  return give(function, 0x5000);
}
CUresult cuFuncGetAttribute(int* value, CUfunction_attribute, CUfunction) {
  *value = 0;
  return CUDA_SUCCESS;
}
CUresult cuKernelGetAttribute(int* value, CUfunction_attribute, CUkernel, CUdevice) {
  *value = 0;
  return CUDA_SUCCESS;
}
CUresult cuGetErrorString(CUresult, const char** text) {
  *text = "an error of the fake driver";
  return CUDA_SUCCESS;
}
CUresult cuGetErrorName(CUresult, const char** text) {
  *text = "CUDA_ERROR_OF_THE_FAKE";
  return CUDA_SUCCESS;
}
}
