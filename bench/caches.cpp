// SPDX-License-Identifier: Apache-2.0
#include "bench/caches.hpp"

#include "base/units.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>

namespace aiops::bench {
namespace {

// Null for a record without one: it says nothing of caches.
Json cache_of(const Json& record) { return record.at("method").value("cache", Json()); }

std::string state_of(const Json& record) {
  const Json cache = cache_of(record);
  const Json state = cache.is_object() ? cache.at("state") : Json();
  return state.is_null() ? "neither" : state.get<std::string>();
}

std::string size_text(const Json& bytes) {
  return format_bytes(whole_number<std::uint64_t>(bytes));
}

}  // namespace

bool is_in_a_row(std::int64_t calls, const std::string& order) {
  return calls > 1 || order == "block";
}

Json cache_json(const std::optional<std::int64_t>& working_set, const Json& cpu, bool in_a_row,
                SampleRule::Data meant) {
  std::int64_t last = 0;
  if (cpu.is_object())
    for (const auto& [unused, bytes] : cpu.at("cache_bytes").items())
      if (!bytes.is_null()) last = std::max(last, whole_number<std::int64_t>(bytes));
  const bool known = working_set && last > 0;
  const bool cold = known && *working_set / 4 >= last;
  const bool warm = known && *working_set <= last / 2 && in_a_row;
  return {{"working_set_bytes", working_set ? Json(*working_set) : Json(nullptr)},
          {"last_level_bytes", last > 0 ? Json(last) : Json(nullptr)},
          {"flushed_bytes", 0},
          {"meant", meant == SampleRule::Data::cold ? Json("cold") : Json(nullptr)},
          {"state", cold   ? Json("cold")
                    : warm ? Json("warm")
                           : Json(nullptr)}};
}

std::optional<std::string> not_cold(const Json& record) {
  const Json cache = cache_of(record);
  if (!cache.is_object() || cache.value("meant", Json()) != "cold" || cache.at("state") == "cold")
    return std::nullopt;
  const Json &bytes = cache.at("working_set_bytes"), &last = cache.at("last_level_bytes");
  if (bytes.is_null() || last.is_null())
    return "its data was meant to be in no cache, and nobody knows whether it is";
  return fmt::format(
      "its data was meant to be in no cache, and {} are not four times the last one, {}",
      size_text(bytes), size_text(last));
}

std::optional<std::string> unlike_caches(const Json& baseline, const Json& candidate) {
  const std::string a = state_of(baseline), b = state_of(candidate);
  if (a == b || a == "neither" || b == "neither") return std::nullopt;
  return "the first side is " + a + " and the second " + b;
}

std::optional<std::string> unlike_caches(const std::vector<Json>& runs) {
  std::map<std::string, std::size_t> count;
  for (const Json& run : runs)
    if (!cache_of(run).is_null()) ++count[state_of(run)];
  if (count.size() < 2) return std::nullopt;
  return fmt::format("of {} {} are warm, {} cold and {} not surely either",
                     counted(runs.size(), "run"), count["warm"], count["cold"], count["neither"]);
}

}  // namespace aiops::bench
