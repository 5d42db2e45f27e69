// SPDX-License-Identifier: Apache-2.0
// What a model predicts for one text, as 'aiops eval' and 'aiops generate' say it.
#pragma once

#include "base/json.hpp"
#include "cli/context.hpp"
#include "train/generation/generator.hpp"

#include <span>
#include <string>

namespace aiops::commands {

// {"label": …, "scores": {label: share}}; of a regression {"value": …}, or {"values": {name: …}}.
OrderedJson prediction_json(const train::ModelHead& head, std::span<const float> outputs);
// The number, or an object of several.
OrderedJson values_json(const train::ModelHead& head, std::span<const float> values);

// Says what a classifier makes of the text: the likeliest label and the shares of all, or numbers.
void report_prediction(const std::string& model, const std::string& text,
                       train::LoadedModel& loaded, ThreadPool& threads, Context& context);

}  // namespace aiops::commands
