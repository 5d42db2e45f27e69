// SPDX-License-Identifier: Apache-2.0
#include "commands/pack.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/time.hpp"
#include "base/units.hpp"
#include "cli/arguments.hpp"
#include "commands/digests.hpp"
#include "commands/keys.hpp"
#include "commands/provenance.hpp"
#include "commands/repositories.hpp"
#include "pack/store.hpp"
#include "pack/transfer.hpp"
#include "sign/artifact.hpp"

#include <nlohmann/json.hpp>

#include <charconv>

namespace aiops::commands {
namespace {

using Kind = pack::Reference::Kind;

pack::Reference parse_tag(const std::string& text) {
  auto reference = pack::Reference::parse(text);
  if (reference.digest)
    throw Error(ExitCode::usage, text + ": a digest follows from the content and cannot be chosen",
                "give a tag: --tag " + reference.name() + ":1");
  if (reference.kind == Kind::registry)
    throw Error(ExitCode::usage, text + ": packing goes to a local place",
                "pack with --tag NAME:TAG, then aiops push NAME:TAG " + text);
  if (reference.kind == Kind::directory)
    throw Error(ExitCode::usage, text + ": plain files are what is packed, not where to");
  reference.tag = reference.tag_or_latest();
  return reference;
}

pack::LayerEncoding parse_encoding(const std::string& word) {
  if (word == "tar") return pack::LayerEncoding::tar;
  return word == "tar+zstd" ? pack::LayerEncoding::tar_zstd : pack::LayerEncoding::raw;
}

// reproducible-builds.org/specs/source-date-epoch: the only clock that may get in, and only asked.
std::string created_at(const Environment& environment) {
  const auto text = environment.get("SOURCE_DATE_EPOCH");
  if (!text) return {};
  std::int64_t seconds = -1;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), seconds);
  if (error != std::errc() || end != text->data() + text->size() || seconds < 0 ||
      seconds > 253402300799)
    throw Error(ExitCode::usage, "SOURCE_DATE_EPOCH is '" + *text + "', not seconds since 1970");
  return rfc3339(std::chrono::system_clock::from_time_t(static_cast<std::time_t>(seconds)));
}

PackCommand resolve_command(const Arguments& arguments, const Context& context) {
  PackCommand command;
  command.directory = arguments.optional_word("DIR").value_or(".");
  command.run = arguments.is_on("dry-run") ? PackRun::dry : PackRun::real;
  for (const auto& text : arguments.texts("tag")) command.tags.push_back(parse_tag(text));
  if (command.tags.empty() && command.run == PackRun::real) arguments.required_text("tag");
  command.key = arguments.text("sign");
  if (command.key && !std::filesystem::exists(*command.key))  // now, not after an hour of packing
    throw Error(ExitCode::not_found, *command.key + ": no such key file",
                "aiops key generate --out " + std::filesystem::path(*command.key).stem().string());
  command.options.layers = parse_encoding(arguments.text("layers").value_or("raw"));
  command.options.jobs = static_cast<std::size_t>(arguments.integer("jobs", 1, 64).value_or(2));
  command.options.created = created_at(context.environment);
  command.digests = digest_trust(arguments);
  return command;
}

std::unique_ptr<pack::Repository> open_local(const pack::Reference& reference,
                                             const Context& context) {
  if (reference.kind == Kind::layout) return pack::open_layout(reference.path, pack::Create::yes);
  if (reference.kind == Kind::archive) return pack::open_archive(reference.path, pack::Create::yes);
  return pack::open_store(context.store, reference.repository);
}

// What is packed must not grow by what is written.
void require_outside(const pack::Reference& reference, const std::filesystem::path& directory) {
  if (reference.path.empty()) return;
  const auto physical = [](const std::filesystem::path& path) {
    return std::filesystem::weakly_canonical(std::filesystem::absolute(path));
  };
  const auto relative = physical(reference.path).lexically_relative(physical(directory));
  if (!relative.empty() && *relative.begin() != "..")
    throw Error(ExitCode::usage,
                reference.str() + ": lies inside " + directory.string() + ", which is being packed",
                "write it elsewhere");
}

struct Prepared {
  pack::ModelFile model;
  std::vector<pack::SourceFile> files;
  pack::ModelFacts facts;
};

Prepared prepare(const std::filesystem::path& directory, Context& context) {
  if (!std::filesystem::exists(directory))
    throw Error(ExitCode::not_found, directory.string() + ": no such directory");
  Prepared prepared{read_model_file(directory), {}, {}};
  prepared.files = pack::scan_directory(directory, prepared.model, context.status);
  prepared.facts = pack::gather_facts(prepared.files, context.status);
  const auto& found = prepared.facts.licences;
  const auto& stated = prepared.model.licences;
  if (!found.empty() && !stated.empty() && found != stated)
    context.status.warn(std::string(pack::kModelFileName) + " says licence " + stated.front() +
                        ", README.md says " + found.front() + "; the former is written");
  return prepared;
}

void show_plan(const Prepared& prepared, Context& context) {
  Table table{{"PATH", "KIND", "SIZE"}, {}};
  OrderedJson list = OrderedJson::array();
  std::uint64_t bytes = 0;
  for (const auto& file : prepared.files) {
    bytes += file.size;
    table.rows.push_back({file.path, pack::name_of(file.kind), format_bytes(file.size)});
    list.push_back({{"path", file.path}, {"kind", pack::name_of(file.kind)}, {"size", file.size}});
  }
  context.status.step("would pack " + std::to_string(prepared.files.size()) + " files, " +
                      format_bytes(bytes));
  context.report.table({{"files", std::move(list)}, {"size", bytes}}, table);
}

// The first tag gets the bytes; the others name the same manifest, or a copy of it elsewhere.
void add_tag(pack::Repository& from, const pack::Document& manifest,
             const pack::Reference& reference, Context& context) {
  const auto to = open_local(reference, context);
  pack::transfer(from, *to, manifest, reference.tag,
                 {.jobs = 2, .referrers = pack::Referrers::copy}, context.status, context.stop);
  pack::finish_archive(*to);
}

}  // namespace

pack::ModelFile read_model_file(const std::filesystem::path& directory) {
  const auto path = directory / pack::kModelFileName;
  if (!std::filesystem::exists(path)) return {};
  return pack::parse_model_file(path.string(), read_file(path, 1u << 20));
}

Verb pack_verb() {
  Verb verb;
  verb.name = "pack";
  verb.summary = "Pack a directory into an artifact";
  verb.description =
      "Packs the files of a directory as a CNCF ModelPack artifact: one layer a file, byte for "
      "byte, with its name in the annotations that modctl, oras and others read. Architecture, "
      "parameters, precision and quantisation come from the headers of the safetensors and GGUF "
      "files and from config.json, the licence from README.md; aiops.yaml, if there is one, may "
      "say more and choose files (see 'aiops init').\n\n"
      "With --sign, a checkpoint, or the model that 'aiops train' has published from one beside "
      "it, "
      "also gets the trainer's provenance attached, signed: 'aiops lineage' shows it.\n\n"
      "The same files give the same digest on any machine: no time, owner or path gets in. With "
      "SOURCE_DATE_EPOCH set, that time is written as the creation time.\n\n"
      "Each file is read once, hashed while it is written to the store, or not at all where its "
      "digest is remembered and the store has the bytes. Broken safetensors and GGUF headers, "
      "files that change meanwhile, links that leave the directory and names that "
      "collide on other systems are refused. Hidden files and __pycache__ are left out.";
  verb.positionals = {{.name = "DIR",
                       .help = "Directory to pack; the current one when absent",
                       .arity = Positional::Arity::optional,
                       .complete = Complete::directory}};
  verb.flags = {
      {.name = "tag",
       .letter = 't',
       .value = "REF",
       .help = "NAME:TAG in the store, oci:DIR:TAG or archive:FILE.tar:TAG",
       .repeat = true,
       .complete = Complete::reference},
      {.name = "layers",
       .value = "HOW",
       .help = "How files become layers; raw lets every tool read them in place",
       .choices = {"raw", "tar", "tar+zstd"},
       .fallback = "raw",
       .setting = "pack.layers"},
      {.name = "sign",
       .value = "KEY",
       .help =
           "Sign the artifact, and its provenance if it was trained here, with this private key",
       .complete = Complete::private_key},
      {.name = "dry-run",
       .letter = 'n',
       .help = "Show what would be packed; check headers, write nothing"},
      {.name = "jobs",
       .value = "N",
       .help = "Files read at once",
       .fallback = "2",
       .setting = "pack.jobs"},
      rehash_flag(),
  };
  verb.examples = {
      {"aiops pack demo -t demo:2", "into the store; prints the digest"},
      {"aiops pack demo -n", "which files would become which layers"},
      {"aiops pack demo -t demo:3 --sign aiops.key", "and sign it"},
      {"aiops pack demo -t archive:demo.tar:1", "into one file to carry elsewhere"},
  };
  verb.run = [](const Arguments& arguments, Context& context) {
    pack_directory(resolve_command(arguments, context), context);
  };
  return verb;
}

void pack_directory(const PackCommand& command, Context& context) {
  const Prepared prepared = prepare(command.directory, context);
  if (command.run == PackRun::dry) return show_plan(prepared, context);
  for (const auto& tag : command.tags) require_outside(tag, command.directory);
  std::optional<sign::PrivateKey> key;  // now: its passphrase is not asked for hours later
  if (command.key) key = load_private_key(*command.key, std::nullopt, context).key;
  const auto& first = command.tags.front();
  const auto repository = open_local(first, context);
  pack::DigestMemory digests(digest_memory_file(context), command.digests);
  pack::PackOptions how = command.options;
  how.digests = &digests;
  const auto result = pack::pack_model(prepared.files, prepared.model, prepared.facts, *repository,
                                       first.tag, how, context.status, context.stop);
  OrderedJson signatures = OrderedJson::array();
  if (key) {
    for (const auto& digest : sign::sign_artifact(*repository, result.manifest, *key))
      signatures.push_back(digest.str());
    if (const auto said = provenance_of(command.directory, result.manifest, context))
      attach_provenance(*repository, result.manifest, *said, *key);
  }
  pack::finish_archive(*repository);
  OrderedJson tags = OrderedJson::array();
  for (const auto& reference : command.tags) {
    if (&reference != &first) add_tag(*repository, result.manifest, reference, context);
    tags.push_back(reference.str());
  }
  const auto& digest = result.manifest.descriptor.digest.str();
  context.status.step("packed " + std::to_string(result.files) +
                      (result.files == 1 ? " file, " : " files, ") + format_bytes(result.bytes) +
                      ", as " + first.str());
  OrderedJson answer = {{"digest", digest},
                        {"tags", std::move(tags)},
                        {"files", result.files},
                        {"size", result.bytes}};
  if (command.key) answer["signatures"] = std::move(signatures);
  context.report.answer(digest, answer, digest);
}

}  // namespace aiops::commands
