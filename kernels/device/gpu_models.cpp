// SPDX-License-Identifier: Apache-2.0
#include "kernels/device/gpu_models.hpp"

#include "base/error.hpp"
#include "base/json.hpp"
#include "kernels/gpu_descriptions.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace aiops::kernels::device {
namespace {

struct Datasheet {
  const char* name;
  double bf16_tflops, fp32_tflops, memory_gb;
  const char* source;
};

// Without sparsity.
constexpr Datasheet kDatasheets[] = {
    {"a100", 312, 19.5, 2039, "NVIDIA A100 80GB SXM datasheet"},
    {"b200", 2250, 75, 7700, "NVIDIA HGX B200 datasheet, an eighth of it"},
    {"h100", 989.4, 66.9, 3350, "NVIDIA H100 SXM datasheet"},
    {"rtx4090", 165.2, 82.6, 1008, "NVIDIA Ada GPU architecture, version 2.02"},
    {"rtx5090", 209.5, 104.8, 1792, "NVIDIA RTX Blackwell GPU architecture, version 1.1"},
};

GpuModel make(const char* name, const char* description) {
  const Json json = parse_json(description, name);
  const auto sheet =
      std::ranges::find(kDatasheets, std::string_view(name),
                        [](const Datasheet& one) { return std::string_view(one.name); });
  GpuModel model{.name = name,
                 .title = json.at("deviceName").get<std::string>(),
                 .memory = json.at("totalGlobalMem").get<std::uint64_t>(),
                 .source = {},
                 .description = description};
  const int version = json.at("deviceVer").get<int>();  // 900 is 9.0
  model.major = version / 100;
  model.minor = version % 100 / 10;
  if (sheet == std::end(kDatasheets)) return model;
  model.bf16_flops = sheet->bf16_tflops * 1e12;
  model.fp32_flops = sheet->fp32_tflops * 1e12;
  model.memory_bytes = sheet->memory_gb * 1e9;
  model.source = sheet->source;
  return model;
}

}  // namespace

std::vector<std::string> gpu_names() {
  std::vector<std::string> names;
  for (const auto& [name, description] : kGpuDescriptions) names.emplace_back(name);
  return names;
}

std::span<const GpuModel> gpu_models() {
  static const std::vector<GpuModel> models = [] {
    std::vector<GpuModel> all;
    for (const auto& [name, description] : kGpuDescriptions) all.push_back(make(name, description));
    return all;
  }();
  return models;
}

const GpuModel& gpu_model(std::string_view name) {
  const auto models = gpu_models();
  const auto found = std::ranges::find(models, name, &GpuModel::name);
  if (found != models.end()) return *found;
  std::string known;
  for (const GpuModel& model : models) known += (known.empty() ? "" : ", ") + model.name;
  throw Error(ExitCode::usage, "no GPU called '" + std::string(name) + "' is known",
              "one of " + known);
}

}  // namespace aiops::kernels::device
