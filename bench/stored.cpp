// SPDX-License-Identifier: Apache-2.0
#include "bench/stored.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "bench/verdict.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace aiops::bench {
namespace {

std::string case_of(const StoredRecord& record) {
  return record.json.at("comparable_sha256").get<std::string>();
}

void check(const std::vector<StoredRecord>& records, std::set<std::string>& ids) {
  for (const StoredRecord& record : records) {
    require_figures(record.json, records, record.where);
    if (!ids.insert(to_text(record.json.at("id"))).second)
      throw Error(ExitCode::failed, record.where + ": record " +
                                        printable(to_text(record.json.at("id"))) +
                                        " is there twice, and a copy is no second run");
  }
}

// The record among `others` that differs in the fewest members, and those.
[[noreturn]] void refuse(const StoredRecord& alone, const std::vector<StoredRecord>& others) {
  const StoredRecord* nearest = nullptr;
  std::vector<std::string> fewest;
  for (const StoredRecord& other : others) {
    auto found = differences(other.json, alone.json);
    if (nearest != nullptr && found.size() >= fewest.size()) continue;
    nearest = &other;
    fewest = std::move(found);
  }
  std::string which;
  for (const std::string& each : fewest) which += (which.empty() ? "" : "; ") + printable(each);
  throw Error(ExitCode::failed, nearest->where + " and " + alone.where +
                                    " are not comparable, they differ in " + which);
}

}  // namespace

std::vector<StoredCase> match_cases(const std::vector<StoredRecord>& before,
                                    const std::vector<StoredRecord>& after) {
  std::set<std::string> ids;
  check(before, ids);
  check(after, ids);
  std::vector<std::string> order;
  std::map<std::string, StoredCase> cases;
  for (const StoredRecord& record : before) {
    StoredCase& stored = cases[case_of(record)];
    if (stored.before.empty()) order.push_back(case_of(record));
    stored.before.push_back(record.json);
  }
  for (const StoredRecord& record : after) {
    const auto found = cases.find(case_of(record));
    if (found == cases.end()) refuse(record, before);
    found->second.after.push_back(record.json);
  }
  std::vector<StoredCase> sorted;
  for (const std::string& name : order) {
    if (cases[name].after.empty())
      refuse(*std::find_if(before.begin(), before.end(),
                           [&](const StoredRecord& record) { return case_of(record) == name; }),
             after);
    sorted.push_back(std::move(cases[name]));
  }
  return sorted;
}

}  // namespace aiops::bench
