// SPDX-License-Identifier: Apache-2.0
#include "commands/prediction.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "base/units.hpp"
#include "train/prediction/label_counts.hpp"
#include "train/prediction/predictor.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <numeric>

namespace aiops::commands {
namespace {

using train::HeadKind;
using train::ModelHead;

constexpr std::size_t kShown = 10;  // labels

// The shortest decimal that is this fp32 number, and the double that is written so.
std::string short_number(float value) { return fmt::format("{}", value); }
double short_double(float value) { return std::stod(short_number(value)); }

std::string labels_text(const ModelHead& head, std::span<const double> shares) {
  std::vector<std::size_t> order(shares.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::ranges::greater(), [&](std::size_t i) { return shares[i]; });
  order.resize(std::min(order.size(), kShown));
  std::size_t width = 0;
  for (const std::size_t i : order) width = std::max(width, printable(head.labels[i]).size());
  std::string text;
  for (const std::size_t i : order)
    text += fmt::format("{:<{}}  {:.4f}\n", printable(head.labels[i]), width, shares[i]);
  return text;
}

std::string values_text(const ModelHead& head, std::span<const float> values) {
  if (values.size() == 1) return short_number(values[0]) + "\n";
  std::string text;
  for (std::size_t i = 0; i < values.size(); ++i)
    text += printable(head.labels[i]) + "  " + short_number(values[i]) + "\n";
  return text;
}

}  // namespace

OrderedJson values_json(const ModelHead& head, std::span<const float> values) {
  if (values.size() == 1) return short_double(values[0]);
  auto json = OrderedJson::object();
  for (std::size_t i = 0; i < values.size(); ++i) json[head.labels[i]] = short_double(values[i]);
  return json;
}

OrderedJson prediction_json(const ModelHead& head, std::span<const float> outputs) {
  if (head.kind == HeadKind::regression)
    return {{outputs.size() == 1 ? "value" : "values", values_json(head, outputs)}};
  const auto shares = train::probabilities_of(outputs);
  auto scores = OrderedJson::object();
  for (std::size_t i = 0; i < shares.size(); ++i) scores[head.labels[i]] = shares[i];
  return {{"label", head.labels[train::most_likely(outputs)]}, {"scores", std::move(scores)}};
}

void report_prediction(const std::string& model, const std::string& text,
                       train::LoadedModel& loaded, ThreadPool& threads, Context& context) {
  if (text.empty()) throw Error(ExitCode::usage, model + ": there is no text to judge");
  const ModelHead& head = loaded.model->config().head;
  const std::string_view one = text;
  std::vector<float> outputs;
  const auto cut = train::predict(
      loaded, {&one, 1}, 0, threads, context.status, context.stop,
      [&](std::span<const float> made) { outputs.assign(made.begin(), made.end()); });
  if (cut > 0)
    context.status.warn(
        fmt::format("the text is longer than the {} tokens that {} sees: only its "
                    "beginning was read",
                    loaded.model->config().max_position_embeddings, model));
  OrderedJson json{{"model", model}, {"prompt", text}};
  json.update(prediction_json(head, outputs));
  if (head.kind == HeadKind::regression)
    return context.report.answer(short_number(outputs[0]), json, values_text(head, outputs));
  context.report.answer(printable(head.labels[train::most_likely(outputs)]), json,
                        labels_text(head, train::probabilities_of(outputs)));
}

}  // namespace aiops::commands
