// SPDX-License-Identifier: Apache-2.0
// As much of libnvidia-ml.so.1 as the plug-in asks.
#include <cstdio>
#include <cstring>

extern "C" {

int nvmlInit_v2() { return 0; }

int nvmlSystemGetNVMLVersion(char* text, unsigned size) {
  std::snprintf(text, size, "13.580.65.06");
  return 0;
}

int nvmlSystemGetDriverVersion(char* text, unsigned size) {
  std::snprintf(text, size, "580.65.06");
  return 0;
}

// 6: NVML_ERROR_NOT_FOUND.
int nvmlDeviceGetHandleByPciBusId_v2(const char* pci, void** device) {
  static int only = 0;
  *device = &only;
  return std::strcmp(pci, "0000:01:00.0") == 0 ? 0 : 6;
}

// 1: of a multiprocessor, 2: of the memory; 2: NVML_ERROR_INVALID_ARGUMENT.
int nvmlDeviceGetClockInfo(void*, unsigned which, unsigned* megahertz) {
  *megahertz = which == 1 ? 345 : 2619;
  return which == 1 || which == 2 ? 0 : 2;
}

int nvmlDeviceGetMemoryInfo(void*, unsigned long long* total_free_used) {
  total_free_used[0] = 16ULL << 30;
  total_free_used[1] = 15ULL << 30;
  total_free_used[2] = 1ULL << 30;
  return 0;
}
}
