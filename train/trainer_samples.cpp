// SPDX-License-Identifier: Apache-2.0
// What the model writes while it learns: the same prompts and the same seed each time, so that two
// samples differ by what was learnt between them.
#include "train/generation/generator.hpp"
#include "train/trainer.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace aiops::train {
namespace {

constexpr double kTemperature = 0.8;

// A sample is one line: what it says is quoted as in JSON.
std::string quoted(const std::string& text) { return to_text(OrderedJson(text)); }

}  // namespace

void Trainer::speak() {
  if (!ranks_.leads()) return;
  const TrainConfig& config = prepared_.config;
  for (const std::string& prompt : config.sample_prompts) {
    const GenerateOptions options{.prompt = prompt,
                                  .tokens = config.sample_tokens,
                                  .sampling = {.temperature = kTemperature},
                                  .seed = config.seed};
    // The step is done: a stop waits until the sample is, too.
    const Generation said = generate(
        model_, prepared_.tokenizer, options, [](std::string_view) {}, StopFlag());
    status_.step(fmt::format("step {}: {} -> {}", state_.step, quoted(prompt), quoted(said.text)));
    recorder_->sample(state_.step, prompt, said.text);
  }
}

}  // namespace aiops::train
