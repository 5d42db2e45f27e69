// SPDX-License-Identifier: Apache-2.0
#include "bench/bench_gpu.hpp"

#include "kernels/device/counters.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace aiops::bench {
namespace {

using kernels::device::Determinism;
using kernels::device::Device;
using kernels::device::GpuModel;

// So that reading the clock and waiting, some microseconds, are less than a hundredth of a sample.
constexpr std::int64_t kShortestNs = 1'000'000;

// The name that a driver gives is the maker's with the brand: "NVIDIA GeForce RTX 4090".
std::string without_brand(std::string name) {
  constexpr std::string_view kBrand = "GeForce ";
  if (const auto at = name.find(kBrand); at != std::string::npos) name.erase(at, kBrand.size());
  return name;
}

const GpuModel* model_of(const Gpu& gpu) {
  for (const GpuModel& model : kernels::device::gpu_models())
    if (without_brand(model.title) == without_brand(gpu.name) && model.major == gpu.major &&
        model.minor == gpu.minor)
      return &model;
  return nullptr;
}

}  // namespace

BenchGpu::BenchGpu(const GpuChoice& choice)
    : chain_(inspect_devices(choice.search)),
      gpu_(require_gpu(chain_, choice.ordinal)),
      model_(model_of(gpu_)) {}

std::shared_ptr<const Device> BenchGpu::open(kernels::device::Kernels kernels) const {
  return std::make_shared<const Device>(chain_.plugin, gpu_.ordinal, Determinism::off, kernels);
}

Json BenchGpu::describe() const {
  Json driver = version_of("driver");
  if (driver.is_string()) {
    const auto text = driver.get<std::string>();
    driver = text.substr(0, text.find('.'));
  }
  return Json::array(
      {{{"name", gpu_.name},
        {"compute_capability", std::to_string(gpu_.major) + "." + std::to_string(gpu_.minor)},
        {"memory", gpu_.memory},
        {"multiprocessors", gpu_.multiprocessors},
        {"driver_release", driver}}});
}

Json BenchGpu::version_of(const std::string& link) const {
  const auto found = std::ranges::find(chain_.links, link, &DeviceLink::name);
  const bool is_there = found != chain_.links.end() && found->state == DeviceLink::State::ok;
  return is_there ? Json(found->version) : Json(nullptr);
}

Json BenchGpu::library(const std::string& name, const Json& version, Json flags) {
  return {{"name", name}, {"version", version}, {"backend", "cuda"}, {"flags", std::move(flags)}};
}

Json BenchGpu::own_kernels() const { return library("aiops", nullptr, {{"code", gpu_.code}}); }

Json BenchGpu::model_engine() const {
  Json engine = own_kernels();
  std::string versions;
  for (const char* name : {"cuBLASLt", "cuDNN"})
    if (const Json version = version_of(name); version.is_string())
      versions +=
          (versions.empty() ? "" : ", ") + std::string(name) + " " + version.get<std::string>();
  engine["version"] = versions;
  engine["flags"]["deterministic"] = true;  // as `aiops train` and `generate` open it
  return engine;
}

void BenchGpu::watch(Case& subject, const std::shared_ptr<const Device>& device) const {
  subject.shortest_ns = kShortestNs;
  subject.gpu = {gpu_.pci, [device] { return kernels::device::read_counters(*device); }};
}

void BenchGpu::promise_flops(Measurement& result, kernels::Precision precision) const {
  if (model_ == nullptr) return;
  const bool is_bf16 = precision == kernels::Precision::bf16;
  result.promise = {.per_ns = (is_bf16 ? model_->bf16_flops : model_->fp32_flops) * 1e-9,
                    .source = model_->source};
}

void BenchGpu::promise_bytes(Measurement& result) const {
  if (model_ == nullptr) return;
  result.promise = {.per_ns = model_->memory_bytes * 1e-9, .source = model_->source};
}

}  // namespace aiops::bench
