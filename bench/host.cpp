// SPDX-License-Identifier: Apache-2.0
#include "bench/host.hpp"

#include "base/digest.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "bench/canonical.hpp"
#include "bench/first_line.hpp"

#include <gnu/libc-version.h>
#include <nlohmann/json.hpp>
#include <sys/utsname.h>

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <set>
#include <sstream>
#include <vector>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace aiops::bench {
namespace {

Json text_or_null(const std::optional<std::string>& text) {
  return text && !text->empty() ? Json(*text) : Json(nullptr);
}

Json number_or_null(const std::optional<std::string>& text) {
  try {
    return text ? Json(std::stoll(*text)) : Json(nullptr);
  } catch (const std::exception&) {  // "max", or a kernel that writes something new
    return nullptr;
  }
}

// /proc/cpuinfo as one map a processor.
std::vector<std::map<std::string, std::string>> processors() {
  std::vector<std::map<std::string, std::string>> all(1);
  std::istringstream lines(read_file("/proc/cpuinfo", 64u << 20));
  for (std::string line; std::getline(lines, line);) {
    const auto colon = line.find(':');
    if (line.empty()) all.emplace_back();
    if (colon == std::string::npos) continue;
    const auto key = line.substr(0, line.find_last_not_of(" \t", colon - 1) + 1);
    all.back()[key] = colon + 2 <= line.size() ? line.substr(colon + 2) : "";
  }
  std::erase_if(all, [](const auto& processor) { return processor.empty(); });
  return all;
}

// The instruction sets that kernels choose between, out of some hundred flags.
Json isa_of(const std::string& flags) {
  static const std::set<std::string> interesting = {
      "sse4_2",   "avx",      "avx2",     "fma",         "f16c",        "avx512f",     "avx512bw",
      "avx512vl", "avx512dq", "avx_vnni", "avx512_vnni", "avx512_bf16", "avx512_fp16", "amx_tile",
      "amx_bf16", "amx_int8", "aes",      "vaes",        "sha_ni",      "asimd",       "sve",
      "sve2",     "bf16",     "sha2",     "sha512"};
  Json isa = Json::array();
  std::istringstream words(flags);
  std::set<std::string> found;
  for (std::string word; words >> word;)
    if (interesting.contains(word)) found.insert(word);
  for (const auto& word : found) isa.push_back(word);
  return isa;
}

Json describe_cpu() {
  const auto all = processors();
  if (all.empty()) return nullptr;
  const auto text = [&](const char* key) -> std::optional<std::string> {
    const auto found = all[0].find(key);
    return found == all[0].end() ? std::nullopt : std::optional(found->second);
  };
  std::set<std::string> sockets, cores;
  for (const auto& processor : all) {
    const auto at = [&](const char* key) {
      const auto found = processor.find(key);
      return found == processor.end() ? std::string() : found->second;
    };
    sockets.insert(at("physical id"));
    cores.insert(at("physical id") + "/" + at("core id"));
  }
  const std::string flags = text("flags").value_or(text("Features").value_or(""));
  Json caches;
  for (const int level : {1, 2, 3})
    caches["l" + std::to_string(level)] =
        cache_bytes(level) > 0 ? Json(cache_bytes(level)) : Json(nullptr);
  return {{"vendor", text_or_null(text("vendor_id"))},
          {"model", text_or_null(text("model name"))},
          {"family", number_or_null(text("cpu family"))},
          {"model_id", number_or_null(text("model"))},
          {"stepping", number_or_null(text("stepping"))},
          {"microcode", text_or_null(text("microcode"))},
          {"sockets", text("physical id") ? Json(sockets.size()) : Json(nullptr)},
          {"cores", text("core id") ? Json(cores.size()) : Json(nullptr)},
          {"threads", all.size()},
          {"isa", isa_of(flags)},
          {"cache_bytes", caches}};
}

// The hypervisor's own word for itself (CPUID leaf 0x40000000), or "none".
Json hypervisor() {
#if defined(__x86_64__)
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (__get_cpuid(1, &a, &b, &c, &d) == 0 || (c >> 31) == 0) return "none";
  __cpuid(0x40000000, a, b, c, d);
  std::string name;
  for (const unsigned part : {b, c, d})
    for (int shift = 0; shift < 32; shift += 8) {
      const char letter = static_cast<char>(part >> shift & 0xFF);
      if (letter > ' ' && letter < 0x7F) name += letter;
    }
  return name == "KVMKVMKVM" ? Json("kvm") : name.empty() ? Json(nullptr) : Json(name);
#else
  return nullptr;
#endif
}

Json describe_cgroup() {
  Json quota, limit;
  if (const auto own = first_line("/proc/self/cgroup"); own && own->starts_with("0::")) {
    const std::string folder = "/sys/fs/cgroup" + own->substr(3);
    if (const auto cpu = first_line(folder + "/cpu.max"); cpu && !cpu->starts_with("max")) {
      std::istringstream words(*cpu);
      double used = 0, period = 0;
      if (words >> used >> period && period > 0) quota = used / period;
    }
    limit = number_or_null(first_line(folder + "/memory.max"));
  }
  return {{"cpu_quota", quota}, {"mem_max", limit}};
}

std::int64_t memory_line(const std::string& name) {
  std::istringstream lines(read_file("/proc/meminfo", 1u << 20));
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with(name + ":")) return std::stoll(line.substr(name.size() + 1)) * 1024;
  return 0;
}

Json load1() {
  const auto line = first_line("/proc/loadavg");
  if (!line) return nullptr;
  return std::stod(*line);
}

}  // namespace

std::int64_t cache_bytes(int level) {
  for (int index = 0; index < 8; ++index) {
    const std::string folder = "/sys/devices/system/cpu/cpu0/cache/index" + std::to_string(index);
    const auto type = first_line(folder + "/type");
    if (!type) return 0;
    if (*type == "Instruction" || first_line(folder + "/level") != std::to_string(level)) continue;
    const Json kib = number_or_null(first_line(folder + "/size"));  // "32768K"
    return kib.is_null() ? 0 : kib.get<std::int64_t>() * 1024;
  }
  return 0;
}

std::int64_t available_memory() { return memory_line("MemAvailable"); }

Json describe_host() {
  utsname system{};
  ::uname(&system);
  const std::string cpufreq = "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor";
  const auto nodes = first_line("/sys/devices/system/node/online");
  Json host = {
      {"arch", system.machine},
      {"virt", hypervisor()},
      {"cpu", describe_cpu()},
      {"clk_src", text_or_null(first_line(
                      "/sys/devices/system/clocksource/clocksource0/current_clocksource"))},
      {"governor", text_or_null(first_line(cpufreq))},
      {"turbo", nullptr},
      {"numa_nodes", text_or_null(nodes)},
      {"thp", text_or_null(first_line("/sys/kernel/mm/transparent_hugepage/enabled"))},
      {"mem", {{"total", memory_line("MemTotal")}, {"channels", nullptr}, {"mt_s", nullptr}}},
      {"kernel", system.release},
      {"libc", std::string("glibc ") + gnu_get_libc_version()},
      {"load1", load1()},
      {"steal_pct", nullptr},
      {"cgroup", describe_cgroup()},
      {"machine_id_hash", nullptr}};
  host["fp_sha256"] = host_fingerprint(host);
  return host;
}

std::string host_fingerprint(const Json& host) {
  Json lasting = host;
  for (const char* passing : {"load1", "steal_pct", "machine_id_hash", "fp_sha256"})
    lasting.erase(passing);
  return std::string(sha256_of(to_canonical(lasting)).hex());
}

StealMeter::StealMeter() : begin_(read()) {}

// proc(5): "cpu user nice system idle iowait irq softirq steal guest guest_nice", in ticks; guest
// time is part of user time.
std::optional<StealMeter::Ticks> StealMeter::read() {
  const auto line = first_line("/proc/stat");
  if (!line || !line->starts_with("cpu ")) return std::nullopt;
  std::istringstream words(line->substr(4));
  std::array<double, 8> ticks{};
  for (double& value : ticks)
    if (!(words >> value)) return std::nullopt;
  return Ticks{ticks[7], std::accumulate(ticks.begin(), ticks.end(), 0.0)};
}

std::optional<double> StealMeter::percent() const {
  const auto now = read();
  if (!now || !begin_ || now->total <= begin_->total) return std::nullopt;
  return 100 * (now->steal - begin_->steal) / (now->total - begin_->total);
}

}  // namespace aiops::bench
