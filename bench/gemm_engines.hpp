// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.hpp"
#include "bench/bench_gpu.hpp"
#include "kernels/gemm.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>

namespace aiops::bench {

// Something that multiplies matrices.
struct GemmEngine {
  std::function<void(const kernels::Gemm& shape, const float* a, const float* b, float* c)>
      multiply;
  std::function<void()> before = {};  // each sample: how many threads the library may use
  std::function<void()> after = {};   // each sample: its threads wait no longer
  Json description;                   // the record's `engine`
  // Where multiply() only queues: waits for it; and then brings c to the host.
  std::function<void()> finish = {};
  std::function<void(std::span<float> c)> fetch = {};
  std::shared_ptr<const kernels::device::Device> device = nullptr;  // that it runs on
};

// `name` is one of gemm_engines(). Throws Error{failed} when its library is missing.
GemmEngine make_gemm_engine(const std::string& name, std::size_t threads);
// The same of gemm_engines(Hardware::gpu).
GemmEngine make_gemm_engine(const std::string& name, const BenchGpu& gpu);

}  // namespace aiops::bench
