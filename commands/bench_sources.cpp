// SPDX-License-Identifier: Apache-2.0
#include "commands/bench_sources.hpp"

#include "base/error.hpp"
#include "commands/keys.hpp"
#include "sign/referrer.hpp"

#include <algorithm>

namespace aiops::commands {
namespace {

bool is_file(const std::string& word) {
  std::error_code ignored;
  return word.ends_with(".json") || word.ends_with(".jsonl") || word.starts_with('.') ||
         word.starts_with('/') || std::filesystem::is_regular_file(word, ignored);
}

RecordSet parse(const AttachedRecords& attached, const Digest& artifact) {
  RecordSet set{bench::parse_records(attached.lines, attached.where),
                RecordSet::Attached{attached.maker, artifact}};
  for (bench::StoredRecord& record : set.records) record.standing = attached.standing;
  return set;
}

RecordSets read_attached(const pack::Reference& artifact, const SourceAccess& access,
                         Context& context) {
  const auto place = open_repository(artifact, Access::read, access.registry, context);
  const Digest subject =
      artifact.digest ? *artifact.digest : resolve(*place, artifact).descriptor.digest;
  const auto search =
      attached_records(*place, subject, known_keys(access.keys, context), context.status);
  RecordSets all{{}, search.unreadable};
  if (search.found.empty() && search.unreadable == 0)
    throw Error(ExitCode::not_found, artifact.str() + ": no records are attached to it",
                "aiops bench SUITE --attach " + artifact.str() + " attaches some");
  for (const AttachedRecords& attached : search.found) {
    try {
      all.sets.push_back(parse(attached, subject));
    } catch (const Error& error) {
      if (!sign::is_about_content(error)) throw;
      context.status.warn(error.message);
      ++all.unreadable;
    }
  }
  return all;
}

RecordSets read_file_of_records(const std::filesystem::path& file) {
  RecordSet set{bench::read_records(file)};
  for (bench::StoredRecord& record : set.records) record.standing = "not signed: a claim";
  return {{std::move(set)}, 0};
}

}  // namespace

RecordSource record_source(const std::string& word) {
  if (is_file(word)) return std::filesystem::path(word);
  return pack::Reference::parse(word);
}

std::vector<RecordSource> record_sources(const std::vector<std::string>& words) {
  std::vector<RecordSource> sources;
  for (const std::string& word : words) sources.push_back(record_source(word));
  return sources;
}

Positional record_positional(const char* name, const char* help, Positional::Arity arity) {
  return {.name = name,
          .help = help,
          .arity = arity,
          .complete = Complete::reference_or_directory,
          .suffixes = ".json .jsonl"};
}

std::vector<Flag> source_flags() {
  std::vector<Flag> flags = {{.name = "key",
                              .letter = 'k',
                              .value = "PUB",
                              .help = "Public key to trust, instead of the user's trusted keys",
                              .repeat = true,
                              .complete = Complete::public_key}};
  for (Flag& flag : registry_flags()) flags.push_back(std::move(flag));
  return flags;
}

SourceAccess source_access(const Arguments& arguments) {
  return {arguments.texts("key"), registry_access(arguments)};
}

void require_keys_of_use(const SourceAccess& access, const std::vector<RecordSource>& sources) {
  const bool any = std::any_of(sources.begin(), sources.end(), [](const RecordSource& source) {
    return std::holds_alternative<pack::Reference>(source);
  });
  if (!access.keys.empty() && !any)
    throw Error(ExitCode::usage, "--key is for records that are attached to an artifact",
                "give its reference instead of a file");
}

RecordSets read_records_of(const RecordSource& source, const SourceAccess& access,
                           Context& context) {
  if (const auto* file = std::get_if<std::filesystem::path>(&source))
    return read_file_of_records(*file);
  return read_attached(std::get<pack::Reference>(source), access, context);
}

std::vector<bench::Finding> findings_of(const RecordSet& set, const bench::StoredRecord& record) {
  auto findings = bench::check_figures(record.json, set.records);
  if (!set.attached) return findings;
  if (auto other = bench::check_subject(record.json, set.attached->artifact.str()))
    findings.push_back(std::move(*other));
  return findings;
}

void require_records(const RecordSet& set, Context& context) {
  for (const bench::StoredRecord& record : set.records) {
    context.stop.check();
    bench::require_none(findings_of(set, record), record.where);
  }
}

Reason reason_of(Maker maker) {
  if (maker == Maker::broken) return Reason::bad_signature;
  return maker == Maker::stranger ? Reason::untrusted_key : Reason::unsigned_;
}

}  // namespace aiops::commands
