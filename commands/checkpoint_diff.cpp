// SPDX-License-Identifier: Apache-2.0
#include "commands/checkpoint_diff.hpp"

#include "cli/arguments.hpp"
#include "commands/checkpoint.hpp"
#include "commands/model_source.hpp"
#include "train/checkpoint/run_directory.hpp"
#include "train/checkpoint/tensor_comparison.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <filesystem>

namespace aiops::commands {
namespace {

namespace fs = std::filesystem;
using train::TensorDifference;

// OUT stands for its newest checkpoint; a model directory and a reference for themselves.
ModelSource open_side(const std::string& word, const RegistryAccess& registry, Context& context) {
  std::error_code ignored;
  if (fs::is_directory(word, ignored) && !fs::exists(fs::path(word) / "config.json", ignored))
    return open_model_source(checkpoint_in(word).string(), registry, context);
  return open_model_source(word, registry, context);
}

std::string figure(double value) { return std::isnan(value) ? "-" : fmt::format("{:.3g}", value); }

OrderedJson number(double value) {
  return std::isfinite(value) ? OrderedJson(value) : OrderedJson(nullptr);
}

std::string shape_text(const TensorDifference& tensor) {
  return fmt::format("[{}]", fmt::join(tensor.shape, ","));
}

OrderedJson to_json(const TensorDifference& tensor) {
  return {{"tensor", tensor.name},
          {"change", name_of(tensor.kind)},
          {"dtype", tensor.dtype},
          {"shape", tensor.shape},
          {"max_absolute", number(tensor.max_absolute)},
          {"mean_absolute", number(tensor.mean_absolute)},
          {"relative_norm", number(tensor.relative_norm)}};
}

CheckpointDiffOptions resolve_options(const Arguments& arguments) {
  using Show = CheckpointDiffOptions::Show;
  return {arguments.word("A"), arguments.word("B"),
          arguments.is_on("all") ? Show::all : Show::changed, registry_access(arguments)};
}

}  // namespace

Verb checkpoint_diff_part() {
  Verb verb;
  verb.name = "diff";
  verb.summary = "Show which tensors differ, and by how much";
  verb.description =
      "Compares the weights of two checkpoints or models tensor by tensor: the largest and the "
      "mean absolute difference, and the norm of the difference relative to the norm of A's "
      "tensor. Each is a directory (of a run: its newest checkpoint), or a reference to the "
      "store, oci: or archive:, read in place; models in other precisions or other shards can be "
      "compared. The exit code is 0 whether they differ or not.";
  verb.positionals = {
      {.name = "A", .help = "The earlier one", .complete = Complete::reference_or_directory},
      {.name = "B", .help = "The later one", .complete = Complete::reference_or_directory}};
  verb.flags = {{.name = "all", .help = "Show tensors that are the same, too"}};
  for (Flag& flag : registry_flags()) verb.flags.push_back(std::move(flag));
  verb.examples = {
      {"aiops train train.yaml --set checkpoint.every=10 && "
       "aiops checkpoint diff run/step-20 run/step-30",
       "what ten steps changed"},
      {"aiops checkpoint diff demo:1 ./demo --all -o json", "an artifact and its directory"},
  };
  verb.run = [](const Arguments& arguments, Context& context) {
    compare_checkpoints(resolve_options(arguments), context);
  };
  return verb;
}

void compare_checkpoints(const CheckpointDiffOptions& options, Context& context) {
  const auto before = open_side(options.before, options.registry, context);
  const auto after = open_side(options.after, options.registry, context);
  const auto tensors = train::compare_tensors(before.files, after.files, context.stop);
  Table table{{"TENSOR", "CHANGE", "SHAPE", "DTYPE", "MAX", "MEAN", "RELATIVE"}, {}};
  auto list = OrderedJson::array();
  std::size_t changed = 0;
  for (const TensorDifference& tensor : tensors) {
    const bool same = tensor.kind == TensorDifference::Kind::same;
    changed += same ? 0 : 1;
    if (same && options.show == CheckpointDiffOptions::Show::changed) continue;
    table.rows.push_back({tensor.name, name_of(tensor.kind), shape_text(tensor), tensor.dtype,
                          figure(tensor.max_absolute), figure(tensor.mean_absolute),
                          figure(tensor.relative_norm)});
    list.push_back(to_json(tensor));
  }
  context.status.step(fmt::format("{} of {} tensors differ", changed, tensors.size()));
  context.report.table({{"tensors", tensors.size()}, {"changed", changed}, {"differences", list}},
                       table);
}

}  // namespace aiops::commands
