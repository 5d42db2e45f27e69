// SPDX-License-Identifier: Apache-2.0
// Where records are read from: a file, or an artifact that they are attached to.
#pragma once

#include "base/error.hpp"
#include "bench/verification.hpp"
#include "cli/arguments.hpp"
#include "cli/context.hpp"
#include "cli/verb.hpp"
#include "commands/bench_attached.hpp"
#include "commands/repositories.hpp"

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace aiops::commands {

using RecordSource = std::variant<std::filesystem::path, pack::Reference>;

// A word is a file when there is one of that name, or when it ends in .json or .jsonl or has the
// looks of a path; any other is a reference.
RecordSource record_source(const std::string& word);
std::vector<RecordSource> record_sources(const std::vector<std::string>& words);
inline constexpr const char* kSourceRule =
    "A word is a file when there is one of that name, or when it ends in .json or .jsonl; any "
    "other is a reference.";
Positional record_positional(const char* name, const char* help,
                             Positional::Arity arity = Positional::Arity::required);

// Whom to trust about attached records, and how to reach them.
struct SourceAccess {
  std::vector<std::string> keys;  // public keys; empty: the user's trusted ones
  RegistryAccess registry;
};
std::vector<Flag> source_flags();  // --key, and the flags that reach a registry
SourceAccess source_access(const Arguments& arguments);
// Throws Error{usage} when a key is given and nothing is read that could be signed.
void require_keys_of_use(const SourceAccess& access, const std::vector<RecordSource>& sources);

// Records that are kept together, and so may name each other.
struct RecordSet {
  std::vector<bench::StoredRecord> records;  // with their standing
  // Of attached ones: who vouches for them, and for what artifact.
  struct Attached {
    Maker maker;
    Digest artifact;
  };
  std::optional<Attached> attached = {};
};

struct RecordSets {
  std::vector<RecordSet> sets;  // as they were read, not verified
  std::size_t unreadable = 0;   // attachments; each was named by a warning
};

// Throws Error{not_found} when nothing is attached, Error{failed} when a file has no records.
RecordSets read_records_of(const RecordSource& source, const SourceAccess& access,
                           Context& context);

// What of a record does not follow from its samples, and that it is of another artifact.
std::vector<bench::Finding> findings_of(const RecordSet& set, const bench::StoredRecord& record);
// Throws the error of bench verify naming the first of them.
void require_records(const RecordSet& set, Context& context);

// The stable word of DESIGN section 4 for records that are signed by nobody who was asked for.
Reason reason_of(Maker maker);

}  // namespace aiops::commands
