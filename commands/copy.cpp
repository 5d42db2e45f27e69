// SPDX-License-Identifier: Apache-2.0
#include "commands/copy.hpp"

#include "base/error.hpp"
#include "base/time.hpp"
#include "cli/arguments.hpp"
#include "commands/transfer_report.hpp"
#include "pack/store.hpp"

namespace aiops::commands {
namespace {

using Kind = pack::Reference::Kind;

CopyOptions resolve_options(const Arguments& arguments) {
  CopyOptions options;
  options.source = pack::Reference::parse(arguments.word("SRC"));
  options.destination = destination_of(options.source, arguments.word("DST"));
  if (options.destination.kind == Kind::directory)
    throw Error(
        ExitCode::usage, "copy keeps artifacts whole, and dir: is for plain files",
        "aiops unpack " + options.source.str() + " -d " + options.destination.path.string());
  if (arguments.is_on("referrers")) options.referrers = pack::Referrers::copy;
  options.registry = upload_access(arguments);
  return options;
}

// Blobs inside one registry need not travel: the destination mounts them from the source.
std::string mount_source(const CopyOptions& options) {
  const bool same = options.source.kind == Kind::registry &&
                    options.destination.kind == Kind::registry &&
                    options.source.host == options.destination.host;
  return same ? options.source.repository : std::string();
}

}  // namespace

Verb copy_verb() {
  Verb verb;
  verb.name = "copy";
  verb.summary = "Copy an artifact between registries, layouts, archives and the store";
  verb.description =
      "Copies an artifact from any place to any other, manifest and layers byte for byte, so that "
      "its digest and its signatures stay valid. An index is copied with everything below it.\n\n"
      "Places are registries (HOST/NAME:TAG), the local store (NAME:TAG), OCI layouts "
      "(oci:DIR:TAG) and layouts in a tar (archive:FILE.tar:TAG). A destination without a tag "
      "takes the tag of the source. Between two repositories of one registry the layers are "
      "mounted "
      "rather than sent.";
  verb.positionals = {
      {.name = "SRC", .help = "What to copy", .complete = Complete::reference},
      {.name = "DST", .help = "Where to", .complete = Complete::reference},
  };
  verb.flags = upload_flags();
  verb.flags.push_back(
      {.name = "referrers", .help = "Copy signatures and whatever else refers to it, too"});
  verb.examples = {
      {"aiops copy demo:1 archive:demo.tar --referrers", "one file to carry to another machine"},
      {"aiops copy demo:1 oci:layout:1", "an OCI layout that every OCI tool reads"},
      {"aiops copy demo:1 demo:copied", "a second name in the store"},
  };
  verb.run = [](const Arguments& arguments, Context& context) {
    copy(resolve_options(arguments), context);
  };
  return verb;
}

void copy(const CopyOptions& options, Context& context) {
  const double started = monotonic_seconds();
  const auto from = open_repository(options.source, Access::read, options.registry, context);
  const auto root = resolve(*from, options.source);
  require_same_digest(options.destination, root.descriptor.digest);
  const auto to = open_repository(options.destination, Access::write, options.registry, context,
                                  mount_source(options));
  const auto result =
      pack::transfer(*from, *to, root, options.destination.tag,
                     {.jobs = options.registry.jobs, .referrers = options.referrers},
                     context.status, context.stop);
  if (options.destination.kind == Kind::archive) pack::finish_archive(*to);
  report_transfer(context, {"copied", options.source.str(), " to ", options.destination.str()},
                  root.descriptor.digest, result, *options.registry.traffic,
                  monotonic_seconds() - started);
}

}  // namespace aiops::commands
