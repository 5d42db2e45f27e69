// SPDX-License-Identifier: Apache-2.0
#include "commands/lineage.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "cli/arguments.hpp"
#include "commands/checkpoint.hpp"
#include "commands/directory_word.hpp"
#include "commands/keys.hpp"
#include "commands/lineage_chain.hpp"
#include "train/checkpoint/run_directory.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace aiops::commands {
namespace {

namespace fs = std::filesystem;

std::string short_root(const std::string& hex) { return "sha256:" + hex.substr(0, 12); }

using Material = train::Provenance::Material;

OrderedJson material_json(const std::optional<Material>& material) {
  if (!material) return nullptr;
  return {{"reference", material->name}, {"digest", material->digest}};
}

OrderedJson to_json(const LineageLink& link) {
  const auto& said = link.provenance;
  OrderedJson json{
      {"checkpoint", link.name},
      {"root", "sha256:" + link.root},
      {"step", said.step},
      {"steps", said.steps},
      {"loss", said.loss},
      {"validation_loss",
       said.validation_loss ? OrderedJson(*said.validation_loss) : OrderedJson(nullptr)},
      {"restarts", said.restarts},
      {"started", said.started},
      {"finished", said.finished},
      {"builder", said.builder},
      {"signed_by", link.signer.empty() ? OrderedJson(nullptr) : OrderedJson(link.signer)}};
  json["data"] = OrderedJson::array();
  for (const auto& file : said.data)
    json["data"].push_back({{"path", file.name}, {"digest", file.digest}});
  json["base"] = material_json(said.base);
  json["adapter"] = material_json(said.adapter);
  json["parent"] = said.parent ? OrderedJson{{"root", "sha256:" + said.parent->root},
                                             {"step", said.parent->step}}
                               : OrderedJson(nullptr);
  return json;
}

std::string first_line(const LineageLink& link) {
  const auto& said = link.provenance;
  std::string text = fmt::format("{}  step {} of {}, loss {:.4f}", printable(link.name), said.step,
                                 said.steps, said.loss);
  if (said.validation_loss) text += fmt::format(", validation {:.4f}", *said.validation_loss);
  if (said.restarts > 0) text += fmt::format(", restarted {} times", said.restarts);
  return text + fmt::format("\n  {}  {}  {}\n", short_root(link.root), printable(said.finished),
                            link.signer.empty() ? "not signed by a trusted key"
                                                : "signed by " + link.signer.substr(0, 16));
}

// Where the chain ends, and what the first training was made from.
std::string last_lines(const train::Provenance& said) {
  std::string text;
  if (said.parent)
    text +=
        fmt::format("step {}  {}  not here\n", said.parent->step, short_root(said.parent->root));
  for (const auto& file : said.data)
    text += "data  " + file.digest.substr(0, 19) + "  " + printable(file.name) + "\n";
  const auto add = [&](const char* word, const std::optional<Material>& base) {
    if (base)
      text += fmt::format("{}  {}  {}\n", word, base->digest.substr(0, 19), printable(base->name));
  };
  add("base", said.base);
  add("adapter", said.adapter);
  return text;
}

std::vector<LineageLink> chain_on_disk(const fs::path& directory, Context& context) {
  std::error_code ignored;
  const bool is_run = fs::exists(directory / train::kManifestPath, ignored) ||
                      !train::latest_checkpoint(directory).empty();
  const bool is_model = fs::exists(directory / "config.json", ignored) ||
                        fs::exists(directory / "adapter_config.json", ignored);
  if (!is_run && is_model) return chain_of_model(directory, context);
  return chain_in_directory(checkpoint_in(directory), context);
}

std::vector<LineageLink> chain_of(const LineageOptions& options, Context& context) {
  if (is_directory_word(options.word)) return chain_on_disk(options.word, context);
  const auto reference = pack::Reference::parse(options.word);
  if (reference.kind == pack::Reference::Kind::directory)
    return chain_on_disk(reference.path, context);
  const auto repository = open_repository(reference, Access::read, options.registry, context);
  return chain_in_repository(*repository, resolve(*repository, reference), reference.str(),
                             known_keys(options.keys, context), context);
}

LineageOptions resolve_options(const Arguments& arguments) {
  return {arguments.word("WHAT"), arguments.texts("key"), registry_access(arguments)};
}

}  // namespace

Verb lineage_verb() {
  Verb verb;
  verb.name = "lineage";
  verb.summary = "Show what a checkpoint was made from";
  verb.description =
      "Shows the chain from a checkpoint back through its parents to the data and the base model, "
      "as 'aiops train' recorded it: steps, losses, digests, restarts, and who signed. Every "
      "statement must be about the files that it lies with, and every parent must be the "
      "checkpoint that its child names by digest; else the exit code is 3. The files of a "
      "directory's checkpoint are read and compared with their digests.\n\n"
      "OUT/model shows the checkpoint beside it whose files it has.\n\n"
      "Of an artifact, a statement counts as signed when 'aiops checkpoint push --sign' or 'aiops "
      "pack --sign' attached it and the key is trusted: --key, or the keys in the configuration "
      "directory. The statement "
      "is SLSA provenance v1 made by the machine that trained: Build L1.";
  verb.positionals = {{.name = "WHAT",
                       .help = "Directory of a run, a checkpoint, its model, or an artifact",
                       .complete = Complete::reference_or_directory}};
  verb.flags = {{.name = "key",
                 .value = "PUB",
                 .help = "Trust this public key",
                 .repeat = true,
                 .complete = Complete::public_key}};
  for (Flag& flag : registry_flags()) verb.flags.push_back(std::move(flag));
  verb.examples = {
      {"aiops train train.yaml --set checkpoint.every=10 && aiops lineage run",
       "how the newest checkpoint of a run came about"},
      {"aiops checkpoint push run registry.example.com/demo-run:30 --sign aiops.key && "
       "aiops lineage registry.example.com/demo-run:30 --key aiops.pub -o json",
       "of a signed one in a registry"},
  };
  verb.run = [](const Arguments& arguments, Context& context) {
    show_lineage(resolve_options(arguments), context);
  };
  return verb;
}

void show_lineage(const LineageOptions& options, Context& context) {
  const auto chain = chain_of(options, context);
  auto list = OrderedJson::array();
  std::string text;
  for (const LineageLink& link : chain) {
    list.push_back(to_json(link));
    text += first_line(link);
  }
  text += last_lines(chain.back().provenance);
  context.report.answer("sha256:" + chain.front().root, {{"chain", list}}, text);
}

}  // namespace aiops::commands
