// SPDX-License-Identifier: Apache-2.0
#include "commands/device_report.hpp"

#include "base/units.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace aiops::commands {
namespace {

using bench::DeviceChain;
using bench::DeviceLink;
using bench::Gpu;

OrderedJson text_or_null(const std::string& text) {
  return text.empty() ? OrderedJson(nullptr) : OrderedJson(text);
}

OrderedJson number_or_null(int number) {
  return number == 0 ? OrderedJson(nullptr) : OrderedJson(number);
}

OrderedJson to_json(const DeviceLink& link) {
  return {{"link", link.name},
          {"state", name_of(link.state)},
          {"version", text_or_null(link.version)},
          {"path", text_or_null(link.path)},
          {"problem", text_or_null(link.problem)},
          {"mend", text_or_null(link.mend)}};
}

OrderedJson to_json(const Gpu& gpu) {
  return {{"ordinal", gpu.ordinal},
          {"name", gpu.name},
          {"pci", text_or_null(gpu.pci)},
          {"compute_capability", fmt::format("{}.{}", gpu.major, gpu.minor)},
          {"code", text_or_null(gpu.code)},
          {"memory", gpu.memory},
          {"free", gpu.free == 0 ? OrderedJson(nullptr) : OrderedJson(gpu.free)},
          {"multiprocessors", gpu.multiprocessors},
          {"l2", gpu.l2},
          {"memory_bus_bits", number_or_null(gpu.memory_bus_bits)},
          {"clock_mhz", number_or_null(gpu.clock)},
          {"memory_clock_mhz", number_or_null(gpu.memory_clock)},
          {"clock_now_mhz", number_or_null(gpu.clock_now)},
          {"memory_clock_now_mhz", number_or_null(gpu.memory_clock_now)}};
}

std::string line(std::string_view name, std::string_view text) {
  return fmt::format("  {:<13} {}\n", name, text);
}

std::string link_text(const DeviceLink& link) {
  if (link.state == DeviceLink::State::ok)
    return line(link.name,
                link.path.empty() ? link.version : fmt::format("{}  {}", link.version, link.path));
  return line(link.name, fmt::format("{}: {}", name_of(link.state), link.problem)) +
         (link.mend.empty() ? "" : line("", "try: " + link.mend));
}

std::string clock_text(const char* what, int highest, int now) {
  if (highest == 0 && now == 0) return {};
  if (now == 0) return fmt::format(", {} up to {} MHz", what, highest);
  return fmt::format(", {} {} MHz of {}", what, now, highest);
}

std::string gpu_text(const Gpu& gpu) {
  return line(fmt::format("GPU {}", gpu.ordinal),
              fmt::format("{}, compute capability {}.{}{}", gpu.name, gpu.major, gpu.minor,
                          gpu.code.empty() ? "" : ", runs " + gpu.code)) +
         line("", fmt::format("{}{}, {} multiprocessors{}{}",
                              gpu.free == 0 ? "" : format_bytes(gpu.free) + " free of ",
                              format_bytes(gpu.memory), gpu.multiprocessors,
                              clock_text("clock", gpu.clock, gpu.clock_now),
                              clock_text("memory", gpu.memory_clock, gpu.memory_clock_now)));
}

}  // namespace

OrderedJson to_json(const CpuReport& cpu) {
  return {{"usable", true},
          {"model", text_or_null(cpu.model)},
          {"products", {{"fp32", cpu.fp32_products}, {"bf16", cpu.bf16_products}}},
          {"threads", cpu.threads},
          {"memory", cpu.memory},
          {"available", cpu.available}};
}

OrderedJson to_json(const DeviceChain& chain) {
  OrderedJson links = OrderedJson::array();
  for (const DeviceLink& link : chain.links) links.push_back(to_json(link));
  OrderedJson gpus = OrderedJson::array();
  for (const Gpu& gpu : chain.gpus) gpus.push_back(to_json(gpu));
  return {{"usable", chain.broken() == nullptr},
          {"chain", std::move(links)},
          {"gpus", std::move(gpus)},
          {"ran_on_hardware", chain.ran_on_hardware}};
}

std::string to_text(const CpuReport& cpu) {
  return "cpu: can be used\n" + (cpu.model.empty() ? "" : line("processor", cpu.model)) +
         line("products", fmt::format("fp32 {}, bf16 {}", cpu.fp32_products, cpu.bf16_products)) +
         line("threads", std::to_string(cpu.threads)) +
         line("memory", fmt::format("{} available of {}", format_bytes(cpu.available),
                                    format_bytes(cpu.memory)));
}

std::string to_text(const DeviceChain& chain) {
  std::string text =
      chain.broken() == nullptr ? "\ncuda: can be used\n" : "\ncuda: cannot be used\n";
  for (const DeviceLink& link : chain.links) text += link_text(link);
  for (const Gpu& gpu : chain.gpus) text += gpu_text(gpu);
  return text + line("hardware", chain.ran_on_hardware +
                                     (chain.ran_on_hardware == "never"
                                          ? ": no GPU has run these operators yet; 'aiops device "
                                            "selftest' makes a record of one that does"
                                          : ""));
}

}  // namespace aiops::commands
