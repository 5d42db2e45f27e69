// SPDX-License-Identifier: Apache-2.0
#include "commands/bench_attach.hpp"

#include "base/error.hpp"
#include "bench/canonical.hpp"
#include "bench/verification.hpp"
#include "cli/arguments.hpp"
#include "commands/bench_options.hpp"

#include <set>

namespace aiops::commands {
namespace {

constexpr const char* kDescription =
    "Keeps records that were measured earlier with an artifact, as --attach of every suite does "
    "right "
    "after measuring. They are verified first, as by 'bench verify': a record with a figure that "
    "does not follow from its samples, or that names another artifact, is refused with exit code "
    "3, and then none is attached.\n\n"
    "REF is any artifact: in the store, a layout, an archive or a registry. FILE has one record, "
    "an array of them, or one a line; what is attached is all of them in their canonical form, "
    "one a line. A record that names no artifact stays as it is: that it is of this one is what "
    "the key of --sign then says.";

BenchAttachOptions resolve_options(const Arguments& arguments) {
  BenchAttachOptions options{{pack::Reference::parse(arguments.word("REF")), arguments.path("sign"),
                              registry_access(arguments)},
                             {}};
  for (const std::string& word : arguments.words("FILE")) options.files.emplace_back(word);
  return options;
}

// All records of the files, none twice, each with figures that hold and of no other artifact.
std::vector<Json> checked_records(const BenchAttachOptions& options, const Digest& artifact,
                                  Context& context) {
  std::vector<Json> all;
  std::set<std::string> ids;
  for (const auto& file : options.files) {
    const auto records = bench::read_records(file);
    for (const auto& record : records) {
      context.stop.check();
      bench::require_figures(record.json, records, record.where);
      if (const auto other = bench::check_subject(record.json, artifact.str()))
        bench::require_none({*other}, record.where);
      if (!ids.insert(record.json.at("id").get<std::string>()).second)
        throw Error(ExitCode::failed, record.where + ": a record of that id is there already",
                    "leave one of the two out");
      all.push_back(record.json);
    }
  }
  return all;
}

}  // namespace

Verb bench_attach_verb() {
  Verb verb;
  verb.name = "attach";
  verb.summary = "Keep stored records with the artifact that they are of";
  verb.description = kDescription;
  verb.positionals = {
      {.name = "REF", .help = "The artifact", .complete = Complete::reference},
      stored_records("FILE", "Records: JSON or JSON Lines", Positional::Arity::at_least_one)};
  verb.flags = {attachment_key_flag()};
  for (Flag& flag : registry_flags()) verb.flags.push_back(std::move(flag));
  verb.examples = {{"aiops bench hash --block 1KiB --samples 20 --out hash.jsonl && "
                    "aiops bench attach demo:1 hash.jsonl --sign aiops.key",
                    "measured first, kept with the artifact and signed afterwards"},
                   {"aiops bench report demo:1 --key aiops.pub --term", "who says what of it"}};
  verb.run = [](const Arguments& arguments, Context& context) {
    bench_attach(resolve_options(arguments), context);
  };
  return verb;
}

void bench_attach(const BenchAttachOptions& options, Context& context) {
  BenchAttachment attachment(options.attach, context);
  const auto records = checked_records(options, attachment.digest(), context);
  std::string lines;
  for (const Json& record : records) lines += bench::to_canonical(record) + '\n';
  const std::string referrer = attachment.store(lines, records).str();
  context.report.answer(referrer,
                        {{"referrer", referrer},
                         {"subject", attachment.digest().str()},
                         {"records", records.size()},
                         {"signed", options.attach.key.has_value()}},
                        referrer);
}

}  // namespace aiops::commands
