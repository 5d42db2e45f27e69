// SPDX-License-Identifier: Apache-2.0
#include "commands/checkpoint_export.hpp"

#include "base/error.hpp"
#include "base/units.hpp"
#include "cli/arguments.hpp"
#include "commands/model_source.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>

namespace aiops::commands {
namespace {

using train::ExportDtype;
using train::ExportFormat;

struct DtypeWord {
  const char* word;
  ExportDtype dtype;
};
constexpr std::array<DtypeWord, 4> kDtypes = {{{"f32", ExportDtype::f32},
                                               {"f16", ExportDtype::f16},
                                               {"bf16", ExportDtype::bf16},
                                               {"q8_0", ExportDtype::q8_0}}};

CheckpointExportOptions resolve(const Arguments& arguments) {
  CheckpointExportOptions options;
  options.model = arguments.word("MODEL");
  options.base = arguments.text("base").value_or("");
  options.how.out = arguments.required_text("out");
  if (arguments.required_text("format") == "hf") options.how.format = ExportFormat::hugging_face;
  const std::string dtype = arguments.required_text("dtype");
  for (const DtypeWord& one : kDtypes)
    if (dtype == one.word) options.how.dtype = one.dtype;
  options.how.shard = arguments.bytes("shard").value();
  options.threads = static_cast<std::size_t>(arguments.integer("threads", 0, 1024).value());
  return options;
}

}  // namespace

void checkpoint_export(const CheckpointExportOptions& options, Context& context) {
  ThreadPool threads(options.threads);
  const UsedModel source = open_used_model(options.model, options.base, options.registry, context);
  const auto result =
      train::export_model(source.stored(), options.how, threads, context.status, context.stop);
  const std::string out = options.how.out.string();
  context.report.answer(
      out,
      {{"model", options.model},
       {"out", out},
       {"bytes", result.bytes},
       {"logit_difference", result.difference},
       {"tolerance", result.tolerance}},
      fmt::format("{}: {}, read again: its logits {}", out, format_bytes(result.bytes),
                  result.difference == 0
                      ? "are the same"
                      : fmt::format("differ by {:.2g} of their spread, {:.2g} is allowed",
                                    result.difference, result.tolerance)));
}

Verb checkpoint_export_part() {
  return {
      .name = "export",
      .summary = "Write a model in another format, and prove it",
      .description =
          "Writes MODEL (a directory, a .gguf file, or a reference, as for 'aiops generate') as "
          "one "
          "GGUF file, or as a directory that Hugging Face's libraries load. Vocabulary and chat "
          "template come along; adapters are added to the weights of their base.\n\n"
          "Before the result gets its name it is read again: the configuration, the tokens of a "
          "sample text and the chat template must be the same, and the logits must agree: to the "
          "bit for f32 (within 0.0001 where adapters were added); within 0.01 (f16), 0.05 (bf16) "
          "or 0.1 (q8_0) of their spread otherwise. "
          "Where they do not, nothing is left, and the exit code is 3.",
      .positionals = {{.name = "MODEL",
                       .help = "The model to export",
                       .complete = Complete::reference_or_directory}},
      .flags = {{.name = "out",
                 .value = "PATH",
                 .help = "File (gguf) or directory (hf) to write",
                 .complete = Complete::file},
                base_flag(),
                {.name = "format",
                 .value = "FORMAT",
                 .help = "What to write",
                 .choices = {"gguf", "hf"},
                 .fallback = "gguf",
                 .complete = Complete::choice},
                {.name = "dtype",
                 .value = "DTYPE",
                 .help = "Of the matrices; q8_0 only in gguf. Norms and biases of a GGUF stay f32",
                 .choices = {"f32", "f16", "bf16", "q8_0"},
                 .fallback = "f32",
                 .complete = Complete::choice},
                {.name = "shard",
                 .value = "SIZE",
                 .help = "Most bytes of tensors in a file of the directory",
                 .fallback = "2GiB"},
                {.name = "threads",
                 .value = "N",
                 .help = "Threads to compute with; 0 for one per CPU",
                 .fallback = "0",
                 .setting = "train.threads"}},
      .examples = {{"aiops checkpoint export demo:1 --out demo-q8.gguf --dtype q8_0",
                    "One GGUF file with 8-bit matrices"},
                   {"aiops checkpoint export demo/ --out demo-bf16 --format hf --dtype bf16",
                    "A directory for Hugging Face's libraries, half the size"}},
      .run = [](const Arguments& arguments,
                Context& context) { checkpoint_export(resolve(arguments), context); },
  };
}

}  // namespace aiops::commands
