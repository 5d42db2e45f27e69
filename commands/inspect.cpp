// SPDX-License-Identifier: Apache-2.0
#include "commands/inspect.hpp"

#include "base/error.hpp"
#include "base/units.hpp"
#include "cli/arguments.hpp"
#include "commands/inspect_tensors.hpp"
#include "commands/referrers.hpp"
#include "pack/delta/layers.hpp"
#include "pack/media_type.hpp"
#include "pack/summary.hpp"
#include "pack/unpack.hpp"

#include <nlohmann/json.hpp>

namespace aiops::commands {
namespace {

using View = InspectOptions::View;

InspectOptions resolve_options(const Arguments& arguments) {
  InspectOptions options{pack::Reference::parse(arguments.word("REF")), View::summary,
                         registry_access(arguments)};
  const std::vector<std::pair<const char*, View>> views = {{"manifest", View::manifest},
                                                           {"config-blob", View::config},
                                                           {"tensors", View::tensors},
                                                           {"referrers", View::referrers}};
  const char* chosen = nullptr;
  for (const auto& [flag, view] : views) {
    if (!arguments.is_on(flag)) continue;
    if (chosen != nullptr)
      throw Error(ExitCode::usage,
                  std::string("--") + chosen + " and --" + flag + " exclude each other");
    chosen = flag;
    options.view = view;
  }
  return options;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

// The lines of a summary, those that have something to say.
std::vector<std::pair<std::string, std::string>> lines_of(const pack::Summary& summary) {
  std::vector<std::pair<std::string, std::string>> lines = {{"type", summary.type},
                                                            {"name", summary.name},
                                                            {"version", summary.version},
                                                            {"family", summary.family},
                                                            {"architecture", summary.architecture},
                                                            {"format", summary.format},
                                                            {"parameters", summary.parameters},
                                                            {"precision", summary.precision},
                                                            {"quantization", summary.quantization},
                                                            {"licences", joined(summary.licences)},
                                                            {"authors", joined(summary.authors)},
                                                            {"created", summary.created},
                                                            {"description", summary.description}};
  std::erase_if(lines, [](const auto& line) { return line.second.empty(); });
  return lines;
}

void show_summary(pack::Repository& repository, const pack::Reference& reference,
                  const pack::Document& document, Context& context) {
  const auto digest = document.descriptor.digest.str();
  const auto what = reference.str();
  const auto manifest = pack::Manifest::parse(document.bytes, what);
  const auto summary = pack::summarize(repository, manifest);
  const auto referrers = repository.referrers(document.descriptor.digest);
  OrderedJson value = {{"reference", what}, {"digest", digest}};
  std::string text;
  const auto add = [&](const std::string& key, const std::string& shown) {
    text += key + std::string(key.size() < 14 ? 14 - key.size() : 1, ' ') + shown + "\n";
  };
  add("reference", what);
  add("digest", digest);
  for (const auto& [key, shown] : lines_of(summary)) {
    add(key, shown);
    value[key] = shown;
  }
  add("size", format_bytes(summary.size));
  add("referrers", std::to_string(referrers.size()));
  value["size"] = summary.size;
  value["referrers"] = referrers.size();
  value["files"] = OrderedJson::array();
  for (const auto& layer : pack::whole_layers(manifest, what)) {
    const auto path = pack::file_path_of(layer);
    const auto kind = pack::name_of(pack::kind_of_layer(layer, path));
    value["files"].push_back({{"path", path},
                              {"kind", kind},
                              {"size", layer.size},
                              {"digest", layer.digest.str()},
                              {"mediaType", layer.media_type}});
    add("file",
        layer.digest.short_form() + "  " + kind + "  " + format_bytes(layer.size) + "  " + path);
  }
  if (!pack::has_deltas(manifest)) return context.report.answer(digest, value, text);
  value["differences"] = OrderedJson::array();
  for (const auto& layer : manifest.layers) {
    const auto delta = pack::delta_layer(layer, what);
    if (!delta && layer.media_type != pack::media_type::kCheckpointDeltaBase) continue;
    const std::string becomes = (delta ? delta->whole : layer.digest).str();
    value["differences"].push_back(
        {{"digest", layer.digest.str()},
         {"size", layer.size},
         {"becomes", becomes},
         {"path", delta ? OrderedJson(delta->path) : OrderedJson(nullptr)},
         {"base", delta ? OrderedJson(delta->base.str()) : OrderedJson(nullptr)}});
    add(delta ? "difference" : "base",
        layer.digest.short_form() + "  " + format_bytes(layer.size) +
            (delta ? "  to " + delta->base.short_form() + " for " +
                         (delta->path.empty() ? delta->whole.short_form() : delta->path)
                   : ""));
  }
  context.report.answer(digest, value, text);
}

void show_index(const pack::Reference& reference, const pack::Document& document,
                Context& context) {
  const auto index = pack::Index::parse(document.bytes, reference.str());
  Table table{{"DIGEST", "TYPE", "SIZE"}, {}};
  OrderedJson list = OrderedJson::array();
  for (const auto& child : index.manifests) {
    const auto& type = child.artifact_type.empty() ? child.media_type : child.artifact_type;
    table.rows.push_back({child.digest.str(), type, format_bytes(child.size)});
    list.push_back({{"digest", child.digest.str()}, {"type", type}, {"size", child.size}});
  }
  context.report.table({{"digest", document.descriptor.digest.str()}, {"manifests", list}}, table);
}

}  // namespace

Verb inspect_verb() {
  Verb verb;
  verb.name = "inspect";
  verb.summary = "Look inside an artifact";
  verb.description =
      "Shows what an artifact is, wherever it is: in the store, a layout, an archive or a "
      "registry. Nothing is downloaded but the manifest and its config; --tensors reads the "
      "headers of safetensors and GGUF files and no weights.\n\n"
      "--manifest and --config-blob print the bytes as they are, for jq or for hashing.";
  verb.positionals = {{.name = "REF", .help = "The artifact", .complete = Complete::reference}};
  verb.flags = {{.name = "manifest", .help = "The manifest's bytes"},
                {.name = "config-blob", .help = "The bytes of the config that the manifest names"},
                {.name = "tensors", .help = "Name, type, shape and size of every tensor"},
                {.name = "referrers", .help = "Signatures and attestations about the artifact"}};
  for (Flag& flag : registry_flags()) verb.flags.push_back(std::move(flag));
  verb.examples = {{"aiops inspect demo:1", "what it is"},
                   {"aiops inspect demo:1 --tensors", "what is in the weights"},
                   {"aiops inspect demo:1 --manifest", "the manifest as it is stored"},
                   {"aiops inspect demo:1 --referrers -o json", "who signed it"}};
  verb.run = [](const Arguments& arguments, Context& context) {
    inspect(resolve_options(arguments), context);
  };
  return verb;
}

void inspect(const InspectOptions& options, Context& context) {
  const auto repository =
      open_repository(options.reference, Access::read, options.registry, context);
  const auto document = resolve(*repository, options.reference);
  const bool index = pack::is_index(document.descriptor.media_type);
  switch (options.view) {
    case View::manifest:
      return context.report.raw(document.bytes);
    case View::referrers:
      return show_referrers(*repository, document.descriptor.digest, {}, context);
    case View::summary:
      if (index) return show_index(options.reference, document, context);
      return show_summary(*repository, options.reference, document, context);
    case View::config:
    case View::tensors:
      break;
  }
  const auto model = pack::model_manifest(*repository, document);
  const auto manifest = pack::Manifest::parse(model.bytes, options.reference.str());
  if (options.view == View::config)
    return context.report.raw(pack::read_blob(*repository, manifest.config));
  show_tensors(*repository, manifest, options.reference.str(), context);
}

}  // namespace aiops::commands
