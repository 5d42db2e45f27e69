// SPDX-License-Identifier: Apache-2.0
// The runtime's functions about the driver, the devices and errors.
#include "tests/fakes/cudart/machine.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>

using aiops::fakes::end_call;
using aiops::fakes::Locked;
using aiops::fakes::Machine;

namespace {

constexpr std::size_t kMultiprocessors = 132;
thread_local int current = 0;  // CUDA Runtime API, "cudaSetDevice": of the calling thread

// Without a usable driver every call that needs one gives the same error.
cudaError_t driver_status(const Machine& machine) {
  if (machine.driver < 13000) return cudaErrorInsufficientDriver;
  return machine.devices == 0 ? cudaErrorNoDevice : cudaSuccess;
}

}  // namespace

cudaError_t cudaGetDeviceCount(int* count) {
  const Locked machine;
  const cudaError_t status = driver_status(*machine);
  if (status == cudaSuccess) *count = machine->devices;
  return end_call(*machine, status);
}

cudaError_t cudaDriverGetVersion(int* version) {
  *version = Locked()->driver;
  return cudaSuccess;
}

cudaError_t cudaRuntimeGetVersion(int* version) {
  *version = 13000;
  return cudaSuccess;
}

cudaError_t cudaSetDevice(int device) {
  const Locked machine;
  if (const cudaError_t status = driver_status(*machine); status != cudaSuccess)
    return end_call(*machine, status);
  if (device < 0 || device >= machine->devices) return end_call(*machine, cudaErrorInvalidDevice);
  current = device;
  return end_call(*machine, cudaSuccess);
}

cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int) {
  const Locked machine;
  *properties = {};
  const char* const name = std::getenv("FAKE_CUDART_NAME");
  std::snprintf(properties->name, sizeof properties->name, "%s",
                name == nullptr ? "Fake GPU" : name);
  properties->major = machine->major;
  properties->minor = machine->minor;
  properties->totalGlobalMem = machine->arena.size();
  properties->multiProcessorCount = kMultiprocessors;
  properties->l2CacheSize = 50 << 20;
  properties->memoryBusWidth = 5120;
  return end_call(*machine, driver_status(*machine));
}

cudaError_t cudaDeviceGetAttribute(int* value, cudaDeviceAttr attribute, int) {
  const Locked machine;
  switch (attribute) {
    case cudaDevAttrClockRate:
      *value = 1980000;
      return end_call(*machine, driver_status(*machine));
    case cudaDevAttrMemoryClockRate:
      *value = 2619000;
      return end_call(*machine, driver_status(*machine));
    default:
      return machine->refuse("cudaDeviceGetAttribute of " + std::to_string(attribute));
  }
}

cudaError_t cudaDeviceGetPCIBusId(char* text, int size, int device) {
  std::snprintf(text, static_cast<std::size_t>(size), "%s", aiops::fakes::pci_of(device).c_str());
  const Locked machine;
  return end_call(*machine, driver_status(*machine));
}

namespace aiops::fakes {

int current_device() { return current; }

std::string pci_of(int device) {
  char text[16];
  std::snprintf(text, sizeof text, "0000:%02x:00.0", (Locked()->first + device + 1) & 0xFF);
  return text;
}

}  // namespace aiops::fakes

cudaError_t cudaMemGetInfo(std::size_t* free, std::size_t* total) {
  const Locked machine;
  *total = machine->arena.size();
  *free = machine->arena.size() - machine->arena.used();
  return end_call(*machine, driver_status(*machine));
}

cudaError_t cudaGetLastError() {
  const Locked machine;
  const cudaError_t status = machine->last;
  machine->last = machine->pending;
  return status;
}

const char* cudaGetErrorName(cudaError_t error) {
  switch (error) {
    case cudaSuccess:
      return "cudaSuccess";
    case cudaErrorInvalidValue:
      return "cudaErrorInvalidValue";
    case cudaErrorLaunchFailure:
      return "cudaErrorLaunchFailure";
    default:
      return "cudaErrorOfTheFake";
  }
}

const char* cudaGetErrorString(cudaError_t error) {
  return error == cudaErrorLaunchFailure ? "work on the device went wrong" : "a call was refused";
}
