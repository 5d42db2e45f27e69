// SPDX-License-Identifier: Apache-2.0
#include "commands/checkpoint_delta.hpp"

#include "base/error.hpp"
#include "base/units.hpp"
#include "commands/checkpoint.hpp"
#include "commands/digests.hpp"
#include "commands/local_checkpoints.hpp"
#include "train/checkpoint/run_directory.hpp"

#include <algorithm>
#include <map>

namespace aiops::commands {
namespace {

namespace fs = std::filesystem;

bool is_same_place(const pack::Reference& a, const pack::Reference& b) {
  return a.kind == b.kind && a.host == b.host && a.repository == b.repository && a.path == b.path;
}

// Whether some shard of `whole` has a counterpart of its size in `base`.
bool resembles(const pack::Manifest& whole, const pack::Manifest& base, const std::string& what) {
  std::map<std::string, std::uint64_t> sizes;
  for (const auto& layer : pack::whole_layers(base, what))
    sizes[pack::file_path_of(layer)] = layer.size;
  return std::ranges::any_of(whole.layers, [&](const pack::Descriptor& layer) {
    const std::string path = pack::file_path_of(layer);
    const auto found = sizes.find(path);
    return path.ends_with(".safetensors") && found != sizes.end() && found->second == layer.size;
  });
}

TaggedCheckpoint named_base(pack::Repository& place, const std::string& base) {
  auto checkpoint = tagged_checkpoint(place, base);
  if (!checkpoint)
    throw Error(ExitCode::failed, place.name() + ":" + base + ": not a checkpoint",
                "aiops checkpoint ls " + place.name() + " shows those that are there");
  return std::move(*checkpoint);
}

// The checkpoint that training went on from, by the name that a push gives it.
std::optional<TaggedCheckpoint> parent_by_name(pack::Repository& place,
                                               const train::Parent& parent) {
  try {
    auto found = tagged_checkpoint(place, train::step_name(parent.step));
    if (found && found->notes.root == parent.root) return found;
  } catch (const Error& error) {
    if (error.code != ExitCode::not_found) throw;
  }
  return std::nullopt;
}

// The parent under whatever name, else the newest that is older and alike.
std::optional<TaggedCheckpoint> search_base(pack::Repository& place, const pack::Manifest& whole,
                                            const CheckpointNotes& own, Context& context) {
  std::optional<TaggedCheckpoint> best;
  bool is_parent = false;
  const auto consider = [&](TaggedCheckpoint checkpoint) {
    const auto& notes = checkpoint.notes;
    if (is_parent) return;
    is_parent = !own.parent.empty() && notes.root == own.parent;
    const bool is_newer = !best || notes.step > best->notes.step;
    if (is_parent || (notes.step < own.step && is_newer &&
                      resembles(whole, checkpoint.manifest, checkpoint.tag)))
      best = std::move(checkpoint);
  };
  try {
    for_each_checkpoint(place, context, consider);
  } catch (const Error& error) {  // a repository begins with its first push
    if (error.code != ExitCode::not_found) throw;
  }
  return best;
}

std::optional<TaggedCheckpoint> choose_base(pack::Repository& place, const fs::path& checkpoint,
                                            const pack::Manifest& whole, Context& context) {
  if (const auto parent = parent_of(checkpoint))
    if (auto found = parent_by_name(place, *parent)) return found;
  return search_base(place, whole, notes_of(whole).value(), context);
}

Outgoing as_whole(pack::KnownArtifact whole) {
  return {std::move(whole.manifest), std::move(whole.source), {}, {}, nullptr, nullptr};
}

}  // namespace

std::vector<Flag> delta_flags() {
  return {{.name = "delta",
           .help = "Send shards as their difference to the checkpoint before this one",
           .setting = "checkpoint.delta"},
          {.name = "base",
           .value = "REF",
           .help = "The checkpoint of the same repository to take the difference to; implies "
                   "--delta",
           .complete = Complete::reference},
          {.name = "chain",
           .value = "N",
           .help = "Most differences on top of each other; then a checkpoint is sent whole",
           .fallback = "8",
           .setting = "checkpoint.chain"}};
}

DeltaOptions delta_options(const Arguments& arguments, const pack::Reference& destination) {
  DeltaOptions options;
  options.chain = static_cast<std::size_t>(
      arguments.integer("chain", 1, static_cast<std::int64_t>(pack::kMostDeltas)).value());
  if (arguments.is_on("delta")) options.wanted = DeltaOptions::Wanted::yes;
  const auto word = arguments.text("base");
  if (!word) return options;
  options.wanted = DeltaOptions::Wanted::yes;
  const auto base = pack::Reference::parse(*word);
  if (!is_same_place(base, destination))
    throw Error(ExitCode::usage,
                *word + ": lies elsewhere than " + destination.name() +
                    "; a difference and its base are in one repository",
                "aiops copy " + *word + " " + destination.name() + ":" + base.tag_or_latest());
  options.base = base.digest ? base.digest->str() : base.tag_or_latest();
  return options;
}

Outgoing as_delta(pack::KnownArtifact whole, const fs::path& checkpoint, pack::Repository& place,
                  const DeltaOptions& options, Context& context) {
  const auto manifest = pack::Manifest::parse(whole.manifest.bytes, checkpoint.string());
  const auto base = options.base.empty() ? choose_base(place, checkpoint, manifest, context)
                                         : std::optional(named_base(place, options.base));
  if (!base) {
    context.status.step(place.name() + " holds no checkpoint before this one: it goes whole");
    return as_whole(std::move(whole));
  }
  const std::string what = place.name() + ":" + base->tag;
  const std::size_t depth = pack::DeltaSteps(base->manifest, what).depth();
  if (depth >= options.chain) {
    context.status.step(what + " is " + counted(depth, "difference") +
                        " deep already: the checkpoint goes whole");
    return as_whole(std::move(whole));
  }
  auto digests = std::make_unique<pack::DigestMemory>(digest_memory_file(context));
  auto workplace = std::make_unique<pack::Workplace>(context.store);
  const fs::path out = fs::absolute(checkpoint).parent_path();
  pack::Document whole_manifest = whole.manifest;
  const pack::DeltaBase to{place, base->document, base->manifest, local_checkpoints(out, *digests)};
  auto delta =
      pack::make_delta(std::move(whole), to, workplace->path(), context.status, context.stop);
  if (!pack::has_deltas(pack::Manifest::parse(delta.manifest.bytes, what))) {
    context.status.step("no file gets smaller as its difference to " + what +
                        ": the checkpoint goes whole");
    return {std::move(whole_manifest), std::move(delta.source), {}, {},
            std::move(digests),        std::move(workplace)};
  }
  return {std::move(delta.manifest), std::move(delta.source), delta.counts, base->tag,
          std::move(digests),        std::move(workplace)};
}

}  // namespace aiops::commands
