// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.hpp"
#include "base/json.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace aiops::bench {

// One or more records of a file.
struct StoredRecord {
  Json json;
  std::string where;          // "records.jsonl:3", or the file's name when it is one value
  std::string standing = {};  // who vouches for it: "not signed: a claim"
};

// A file of one record, of an array of them, or of one a line. Throws Error{failed} naming file and
// line when it is not JSON, and when there is nothing in it.
std::vector<StoredRecord> read_records(const std::filesystem::path& file);
// The same of text from elsewhere, called `name`.
std::vector<StoredRecord> parse_records(const std::string& text, const std::string& name);

// A figure that does not follow from the samples of its record.
struct Finding {
  std::string field;  // "stats.median"
  std::string why;    // "says 1, and the samples give 1019"
};

// Works out every figure of a record again: statistics, rates, shares of the ceiling, why sampling
// stopped, hashes. A comparison with another record is worked out from `all`, which must have that
// record.
std::vector<Finding> check_figures(const Json& record, std::span<const StoredRecord> all);

// That a record which names an artifact names this one, which it is kept with.
std::optional<Finding> check_subject(const Json& record, const std::string& manifest_digest);

// An Error of unverified with the reason "figure-mismatch".
Error figure_mismatch(const std::string& message);

// Throws figure_mismatch naming `what` and the first finding.
void require_none(const std::vector<Finding>& findings, std::string_view what);
// The same of check_figures.
void require_figures(const Json& record, std::span<const StoredRecord> all, std::string_view what);

}  // namespace aiops::bench
