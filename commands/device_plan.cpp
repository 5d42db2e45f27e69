// SPDX-License-Identifier: Apache-2.0
#include "commands/device_plan.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "cli/arguments.hpp"
#include "commands/device_plan_report.hpp"
#include "commands/model_source.hpp"
#include "train/model/stored_model.hpp"

#include <nlohmann/json.hpp>

namespace aiops::commands {
namespace {

constexpr const char* kDescription =
    "Says, without a GPU, what training a model on one would take: memory buffer by buffer, the "
    "largest batch that fits, and the time of a step at best. MODEL is a training configuration, a "
    "model directory, a GGUF file or a reference to the store.\n\n"
    "Memory follows from the layout that the engine uses. Times are floating-point operations and "
    "bytes over the rates of the datasheet, which nothing reaches: a step takes longer, and how "
    "much "
    "longer only the GPU can tell.\n\n"
    "Where cuDNN is installed it is asked which engine would run attention on that GPU, which it "
    "answers from a description; it names engines only beside a driver's libcuda.so.1. cuBLASLt "
    "chooses its algorithms on the GPU itself and cannot be asked.";

constexpr std::int64_t kMostRows = 1 << 20;

bool is_training_configuration(const std::string& model) {
  return model.ends_with(".yaml") || model.ends_with(".yml");
}

train::ModelConfig stored_shape(const std::string& model, Context& context) {
  const ModelSource source = open_model_source(model, {}, context);
  if (!source.files.has("config.json")) return train::StoredModel::open(source.files).config();
  const std::string what = model + "/config.json";  // the weights need not be there
  return train::ModelConfig::from_json(parse_json(source.files.read("config.json"), what), what);
}

// The shape that a configuration would train: of its base, or from scratch with the vocabulary that
// it asks for.
void read_training(DevicePlanOptions& options, Context& context) {
  options.config = train::read_config(options.model, read_file(options.model, 1u << 20), {});
  if (!options.config.base.empty()) {
    options.shape = stored_shape(options.config.base, context);
    return;
  }
  options.shape = options.config.model;
  if (options.shape.vocab_size == 0) options.shape.vocab_size = options.config.vocab_size;
}

DevicePlanOptions resolve(const Arguments& arguments, Context& context) {
  DevicePlanOptions options;
  options.search = device_search(arguments);
  options.arch = arguments.required_text("arch");
  options.model = arguments.required_text("model");
  train::TrainConfig& config = options.config;
  if (is_training_configuration(options.model)) {
    read_training(options, context);
  } else {
    options.shape = stored_shape(options.model, context);
    config.compute.precision = train::Precision::bf16;
  }
  config.ranks = 1;
  if (const auto rows = arguments.integer("rows", 1, kMostRows)) config.rows = *rows;
  if (const auto length = arguments.integer("length", 1, 1 << 24)) config.length = *length;
  if (config.length == 0) config.length = options.shape.max_position_embeddings;
  if (const auto precision = arguments.text("precision"))
    config.compute.precision =
        *precision == "bf16" ? train::Precision::bf16 : train::Precision::fp32;
  if (config.length > options.shape.max_position_embeddings)
    throw Error(ExitCode::usage, "--length must not exceed the model's " +
                                     std::to_string(options.shape.max_position_embeddings) +
                                     " positions");
  return options;
}

// What the libraries say, or why they were not asked.
EngineReport ask_engines(const DevicePlanOptions& options, const kernels::device::GpuModel& gpu) {
  try {
    const auto plugin = kernels::device::Plugin::open(options.search);
    return {train::find_engines(*plugin, options.shape, options.config, gpu), {}};
  } catch (const Error& error) {
    return {{}, error.message};
  }
}

}  // namespace

Verb device_plan_verb() {
  Verb verb;
  verb.name = "plan";
  verb.summary = "Estimate a training on a GPU that need not be there";
  verb.description = kDescription;
  verb.flags = {
      {.name = "arch", .value = "GPU", .help = "The GPU", .choices = kernels::device::gpu_names()},
      {.name = "model",
       .value = "MODEL",
       .help = "Training configuration, directory or reference",
       .complete = Complete::file},
      {.name = "rows", .value = "N", .help = "Rows of a batch"},
      {.name = "length", .value = "N", .help = "Tokens of a row"},
      {.name = "precision",
       .value = "TYPE",
       .help = "Of matrix products and activations",
       .choices = {"bf16", "fp32"}}};
  for (Flag& flag : device_flags()) verb.flags.push_back(std::move(flag));
  verb.examples = {
      {"aiops device plan --arch h100 --model train.yaml", "a training as it is configured"},
      {"aiops device plan --arch rtx4090 --model train.yaml --rows 1 --precision bf16",
       "another batch, in bf16"},
      {"aiops device plan --arch b200 --model train.yaml -o json", "for a script"}};
  verb.run = [](const Arguments& arguments, Context& context) {
    device_plan(resolve(arguments, context), context);
  };
  return verb;
}

void device_plan(const DevicePlanOptions& options, Context& context) {
  const auto& gpu = kernels::device::gpu_model(options.arch);
  const DevicePlanReport report{
      .gpu = gpu,
      .shape = options.shape,
      .config = options.config,
      .memory = train::device_memory(options.shape, options.config),
      .largest_rows = train::largest_rows(options.shape, options.config, gpu.memory),
      .time = train::step_time(options.shape, options.config, gpu),
      .generation = train::generation_on(options.shape, options.config.compute.precision, gpu),
      .engines = ask_engines(options, gpu)};
  context.report.answer({}, to_json(report), to_text(report));
}

}  // namespace aiops::commands
