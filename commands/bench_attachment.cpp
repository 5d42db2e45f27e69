// SPDX-License-Identifier: Apache-2.0
#include "commands/bench_attachment.hpp"

#include "base/units.hpp"
#include "bench/record.hpp"
#include "commands/keys.hpp"
#include "pack/attachment.hpp"
#include "pack/media_type.hpp"
#include "pack/store.hpp"
#include "sign/attestation.hpp"

#include <set>

namespace aiops::commands {
namespace {

// What a listing shows, so that nobody has to fetch records to choose among them.
pack::Annotations about(const std::vector<Json>& records) {
  std::set<std::string> kinds;
  for (const Json& record : records)
    kinds.insert(record.at("workload").at("kind").get<std::string>());
  std::string kind;
  for (const std::string& each : kinds) kind += (kind.empty() ? "" : ",") + each;
  return {{"dev.aiops.bench.kind", kind},
          {"dev.aiops.bench.records", std::to_string(records.size())},
          {std::string(pack::annotation::kCreated),
           records.front().at("started_at").get<std::string>()}};
}

std::string statement_about(const pack::Descriptor& records, const pack::Document& root,
                            const std::string& name) {
  return sign::make_statement(
      sign::subjects_of(root, name), kBenchPredicate,
      {{"schema", bench::kSchema},
       {"records",
        {{"mediaType", records.media_type},
         {"digest", {{std::string(records.digest.algorithm()), std::string(records.digest.hex())}}},
         {"size", records.size}}}});
}

}  // namespace

BenchAttachment::BenchAttachment(const AttachOptions& options, Context& context)
    : options_(options),
      context_(context),
      root_(find_to_add(options.artifact, options.registry, context)) {
  if (options.key) key_ = load_private_key(*options.key, std::nullopt, context).key;
}

Json BenchAttachment::subject() const {
  return {{"manifest_digest", root_.descriptor.digest.str()}};
}

Digest BenchAttachment::store(const std::string& lines, const std::vector<Json>& records) {
  using namespace pack;
  const auto place = open_repository(options_.artifact, Access::write, options_.registry, context_);
  Blob content = memory_blob(lines, media_type::kJsonLines);
  content.descriptor.annotations = {{std::string(annotation::kTitle), "bench.jsonl"}};
  const Digest referrer = attach(*place, root_.descriptor,
                                 {.artifact_type = std::string(media_type::kBenchRecords),
                                  .content = content,
                                  .annotations = about(records)});
  if (key_)
    sign::attach_statement(*place, root_, statement_about(content.descriptor, root_, place->name()),
                           kBenchPredicate, *key_);
  if (options_.artifact.kind == Reference::Kind::archive) finish_archive(*place);
  context_.status.step("attached " + counted(records.size(), "record") + " to " +
                       options_.artifact.str() + " as " + referrer.str() +
                       (key_ ? ", signed" : ", not signed"));
  return referrer;
}

}  // namespace aiops::commands
