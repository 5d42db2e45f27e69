// SPDX-License-Identifier: Apache-2.0
#include "commands/device_plan_report.hpp"

#include "base/units.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace aiops::commands {
namespace {

constexpr const char* kLabel =
    "an estimate: datasheet rates and our own layout; nothing was measured on this GPU";

const char* precision_name(const train::TrainConfig& config) {
  return config.compute.precision == train::Precision::bf16 ? "bf16" : "fp32";
}

bool fits(const DevicePlanReport& r) { return r.memory.total() <= r.gpu.memory; }

double peak(const DevicePlanReport& r) {
  return r.config.compute.precision == train::Precision::bf16 ? r.gpu.bf16_flops : r.gpu.fp32_flops;
}

OrderedJson memory_json(const DevicePlanReport& r) {
  OrderedJson buffers = OrderedJson::array();
  for (const auto& buffer : r.memory.buffers)
    buffers.push_back({{"name", buffer.name}, {"bytes", buffer.bytes}});
  return {{"buffers", std::move(buffers)},
          {"total", r.memory.total()},
          {"of_gpu", r.gpu.memory},
          {"fits", fits(r)},
          {"largest_rows", r.largest_rows}};
}

OrderedJson engines_json(const EngineReport& engines) {
  OrderedJson list = OrderedJson::array();
  for (const auto& one : engines.answers)
    list.push_back(
        {{"operator", one.name},
         {"library", one.library},
         {"engine", one.engine.empty() ? OrderedJson(nullptr) : OrderedJson(one.engine)},
         {"offered", one.offered < 0 ? OrderedJson(nullptr) : OrderedJson(one.offered)},
         {"deterministic", one.deterministic},
         {"workspace", one.workspace},
         {"remark", one.remark.empty() ? OrderedJson(nullptr) : OrderedJson(one.remark)}});
  return list;
}

std::string line(std::string_view name, std::string_view text) {
  return fmt::format("{:<12} {}\n", name, text);
}

std::string memory_text(const DevicePlanReport& r) {
  std::string text =
      line("memory", fmt::format("{} of {}: {}", format_bytes(r.memory.total()),
                                 format_bytes(r.gpu.memory), fits(r) ? "fits" : "does not fit"));
  for (const auto& buffer : r.memory.buffers)
    text += fmt::format("  {:<24} {:>9}\n", buffer.name, format_bytes(buffer.bytes));
  return text + line("largest",
                     r.largest_rows == 0
                         ? "not even one row fits"
                         : counted(static_cast<std::uint64_t>(r.largest_rows), "row") + " at once");
}

std::string time_text(const DevicePlanReport& r) {
  const double tokens = static_cast<double>(r.config.tokens_per_step());
  return line("step",
              fmt::format("{:.3g} s at best, {} tokens/s: {:.3g} TFLOP at {:.4g} TFLOP/s, "
                          "{} moved at {:.4g} GB/s",
                          r.time.seconds(),
                          format_count(static_cast<std::uint64_t>(tokens / r.time.seconds())),
                          r.time.flop / 1e12, peak(r) / 1e12,
                          format_bytes(static_cast<std::uint64_t>(r.time.bytes)),
                          r.gpu.memory_bytes / 1e9)) +
         line("generation",
              fmt::format("{} of weights, {} of cache for one sequence; {:.3g} ms a token at best",
                          format_bytes(r.generation.weights), format_bytes(r.generation.cache),
                          r.generation.seconds_per_token * 1e3));
}

std::string engine_text(const train::EngineAnswer& one) {
  if (one.engine.empty())
    return line("engine", fmt::format("{}: {}{}", one.name,
                                      one.library.empty() ? "" : one.library + ": ", one.remark));
  return line("engine", fmt::format("{}: {}, {}, workspace {}{}", one.name, one.library, one.engine,
                                    format_bytes(one.workspace),
                                    one.deterministic ? "" : ", not the same bits each time"));
}

std::string engines_text(const EngineReport& engines) {
  std::string text;
  for (const auto& one : engines.answers) text += engine_text(one);
  if (!engines.not_asked.empty()) text += line("engine", "not asked: " + engines.not_asked);
  return text + line("engine", "matrix products: cuBLASLt chooses on the GPU itself");
}

}  // namespace

OrderedJson to_json(const DevicePlanReport& r) {
  return {{"label", kLabel},
          {"gpu",
           {{"name", r.gpu.name},
            {"title", r.gpu.title},
            {"compute_capability", fmt::format("{}.{}", r.gpu.major, r.gpu.minor)},
            {"bf16_flops", r.gpu.bf16_flops},
            {"fp32_flops", r.gpu.fp32_flops},
            {"memory_bytes_per_second", r.gpu.memory_bytes},
            {"source", r.gpu.source}}},
          {"model", {{"parameters", r.shape.parameter_count()}}},
          {"rows", r.config.rows},
          {"length", r.config.length},
          {"accumulate", r.config.accumulate},
          {"precision", precision_name(r.config)},
          {"memory", memory_json(r)},
          {"step",
           {{"flop", r.time.flop},
            {"bytes", r.time.bytes},
            {"seconds_at_best", r.time.seconds()},
            {"seconds_computing", r.time.computing},
            {"seconds_moving", r.time.moving},
            {"tokens", r.config.tokens_per_step()}}},
          {"generation",
           {{"weights", r.generation.weights},
            {"cache", r.generation.cache},
            {"seconds_per_token_at_best", r.generation.seconds_per_token}}},
          {"engines", engines_json(r.engines)},
          {"engines_not_asked",
           r.engines.not_asked.empty() ? OrderedJson(nullptr) : OrderedJson(r.engines.not_asked)}};
}

std::string to_text(const DevicePlanReport& r) {
  return line("gpu", fmt::format("{}, compute capability {}.{} ({})", r.gpu.title, r.gpu.major,
                                 r.gpu.minor, r.gpu.source)) +
         line("model", format_count(r.shape.parameter_count()) + " parameters") +
         line("batch",
              fmt::format("{} x {} tokens, {} of these a step, {}",
                          counted(static_cast<std::uint64_t>(r.config.rows), "row"),
                          r.config.length, r.config.accumulate, precision_name(r.config))) +
         memory_text(r) + time_text(r) + engines_text(r.engines) + line("label", kLabel);
}

}  // namespace aiops::commands
