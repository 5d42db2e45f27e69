// SPDX-License-Identifier: Apache-2.0
#include "commands/referrers.hpp"

#include "base/units.hpp"
#include "cli/arguments.hpp"

#include <nlohmann/json.hpp>

namespace aiops::commands {
namespace {

ReferrersOptions resolve_options(const Arguments& arguments) {
  return {pack::Reference::parse(arguments.word("REF")),
          arguments.text("artifact-type").value_or(""), registry_access(arguments)};
}

std::string joined(const pack::Annotations& annotations) {
  std::string text;
  for (const auto& [key, value] : annotations)
    text.append(text.empty() ? "" : ", ").append(key).append("=").append(value);
  return text;
}

}  // namespace

Verb referrers_verb() {
  Verb verb;
  verb.name = "referrers";
  verb.summary = "List signatures and whatever else refers to an artifact";
  verb.description =
      "Lists the manifests whose subject is an artifact: signatures, attestations, bills of "
      "materials. They are found wherever the artifact is: in the store, in a layout, and in a "
      "registry by the referrers API or by the fallback tag, or both.\n\n"
      "What a registry says about the type is not taken for granted: --artifact-type is decided "
      "here. With -o json the whole descriptors are shown.";
  verb.positionals = {{.name = "REF", .help = "The artifact", .complete = Complete::reference}};
  verb.flags = {{.name = "artifact-type",
                 .value = "TYPE",
                 .help = "Only referrers of this type, such as "
                         "application/vnd.dev.sigstore.bundle.v0.3+json"}};
  for (auto& flag : registry_flags()) verb.flags.push_back(std::move(flag));
  verb.examples = {
      {"aiops sign demo:1 --key aiops.key && aiops referrers demo:1", "who signed it"},
      {"aiops push demo:1 registry.example.com/demo:1 && "
       "aiops referrers registry.example.com/demo:1 -q",
       "their digests in a registry"},
      {"aiops referrers demo:1 --artifact-type application/vnd.dev.sigstore.bundle.v0.3+json "
       "-o json",
       "Sigstore bundles only, as descriptors"},
  };
  verb.run = [](const Arguments& arguments, Context& context) {
    list_referrers(resolve_options(arguments), context);
  };
  return verb;
}

void list_referrers(const ReferrersOptions& options, Context& context) {
  const auto place = open_repository(options.subject, Access::read, options.registry, context);
  // A digest needs no artifact: distribution-spec allows referrers to what is not there yet.
  const Digest subject = options.subject.digest
                             ? *options.subject.digest
                             : resolve(*place, options.subject).descriptor.digest;
  show_referrers(*place, subject, options.artifact_type, context);
}

void show_referrers(pack::Repository& repository, const Digest& subject,
                    const std::string& artifact_type, Context& context) {
  Table table{{"DIGEST", "TYPE", "SIZE", "ANNOTATIONS"}, {}};
  OrderedJson list = OrderedJson::array();
  for (const auto& one : repository.referrers(subject)) {
    if (!artifact_type.empty() && one.artifact_type != artifact_type) continue;
    table.rows.push_back(
        {one.digest.str(), one.artifact_type, format_bytes(one.size), joined(one.annotations)});
    list.push_back(one.to_json());
  }
  context.report.table(list, table);
}

}  // namespace aiops::commands
