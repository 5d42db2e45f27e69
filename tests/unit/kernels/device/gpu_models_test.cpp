// SPDX-License-Identifier: Apache-2.0
#include "kernels/device/gpu_models.hpp"

#include "base/error.hpp"
#include "base/json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace aiops::kernels::device {
namespace {

// What cuDNN 9.19 insists on.
constexpr const char* kKeys[] = {"deviceName",
                                 "cudaDeviceId",
                                 "deviceVer",
                                 "driverVer",
                                 "maxGridSize",
                                 "maxBlockSize",
                                 "regsPerBlock",
                                 "multiProcessorCount",
                                 "smClockRateKHz",
                                 "memClockRateKHz",
                                 "l2CacheSize",
                                 "warpSize",
                                 "maxSharedMemoryPerBlock",
                                 "maxSharedMemoryPerBlockOptin",
                                 "reservedSharedMemoryPerBlock",
                                 "maxRegistersPerSM",
                                 "pciDeviceId",
                                 "maxCtasPerSM",
                                 "maxThreadsPerBlock",
                                 "maxThreadsPerSM",
                                 "isTccDriver",
                                 "supportCoopLaunch",
                                 "totalGlobalMem"};

TEST(GpuModels, AreDescribedAndHaveRates) {
  EXPECT_THAT(gpu_names(), testing::ElementsAre("a100", "b200", "h100", "rtx4090", "rtx5090"));
  for (const GpuModel& model : gpu_models()) {
    SCOPED_TRACE(model.name);
    const Json json = parse_json(model.description, model.name);
    EXPECT_EQ(json.size(), std::size(kKeys));
    for (const char* key : kKeys) EXPECT_TRUE(json.contains(key)) << key;
    EXPECT_GE(model.major, 8);
    EXPECT_GT(model.memory, std::uint64_t{20} << 30);
    EXPECT_GT(model.bf16_flops, model.fp32_flops);
    EXPECT_GT(model.memory_bytes, 1e12);
    EXPECT_FALSE(model.source.empty());
  }
  EXPECT_EQ(gpu_model("rtx4090").minor, 9);
}

TEST(GpuModels, AnUnknownOneIsAUsageError) {
  try {
    gpu_model("h200");
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.code, ExitCode::usage);
    EXPECT_THAT(error.mend, testing::HasSubstr("h100"));
  }
}

}  // namespace
}  // namespace aiops::kernels::device
