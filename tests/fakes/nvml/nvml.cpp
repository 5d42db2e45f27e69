// SPDX-License-Identifier: Apache-2.0
// As much of libnvidia-ml.so.1 as the plug-in asks. What counters say is scripted: each value of a
// list in the environment once, then the last for good, "x" for an error.
//
//   FAKE_NVML_ENERGY=1000,1500,x   millijoules; without it 250 more each time
//   FAKE_NVML_THROTTLE=0,4         bits of reasons; without it none
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

constexpr int kNotSupported = 3;  // NVML_ERROR_NOT_SUPPORTED

class Script {
 public:
  explicit Script(const char* variable) : at_(std::getenv(variable)) {}

  // The next value, or the status of its error; nothing was scripted: what `otherwise` counts to.
  int next(unsigned long long otherwise, unsigned long long* value) {
    *value = otherwise;
    if (at_ == nullptr) return 0;
    if (*at_ == 'x') return kNotSupported;
    char* end = nullptr;
    *value = std::strtoull(at_, &end, 10);
    if (*end == ',') at_ = end + 1;
    return 0;
  }

 private:
  const char* at_;
};

}  // namespace

extern "C" {

int nvmlDeviceGetTotalEnergyConsumption(void*, unsigned long long* millijoules) {
  static Script script("FAKE_NVML_ENERGY");
  static unsigned long long used = 0;
  return script.next(used += 250, millijoules);
}

int nvmlDeviceGetCurrentClocksEventReasons(void*, unsigned long long* reasons) {
  static Script script("FAKE_NVML_THROTTLE");
  return script.next(0, reasons);
}

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
