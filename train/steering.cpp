// SPDX-License-Identifier: Apache-2.0
#include "train/steering.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace aiops::train {

// Summed afresh each time, in order: a running sum would differ after a resumption.
double RecentValues::add(double value) {
  double score = 0;
  if (values_.size() == kLength) {
    double mean = 0, variance = 0;
    for (const double x : values_) mean += x / static_cast<double>(kLength);
    for (const double x : values_)
      variance += (x - mean) * (x - mean) / static_cast<double>(kLength);
    if (variance > 0) score = (value - mean) / std::sqrt(variance);
    values_.erase(values_.begin());
  }
  values_.push_back(value);
  return score;
}

void RecentValues::set(std::vector<double> values) {
  if (values.size() > kLength)
    values.erase(values.begin(), values.end() - static_cast<std::ptrdiff_t>(kLength));
  values_ = std::move(values);
}

bool Steering::is_outlier(double loss, double norm, double deviations) {
  const double of_loss = losses.add(loss);
  const double of_norm = norms.add(norm);
  const bool is = of_loss > deviations || of_norm > deviations;
  skipped += is ? 1 : 0;
  return is;
}

bool Steering::improves(std::int64_t step, double validation_loss) {
  if (best && step == best->step) return false;  // evaluated once more, after a resumption
  if (best && !(validation_loss < best->loss)) {
    ++stale;
    return false;
  }
  best = {step, validation_loss};
  stale = 0;
  return true;
}

bool Steering::is_empty() const {
  return losses.values().empty() && norms.values().empty() && skipped == 0 && !best && stale == 0;
}

OrderedJson Steering::to_json() const {
  OrderedJson json;
  if (best) json["best"] = {{"step", best->step}, {"validation_loss", best->loss}};
  if (best) json["stale_evaluations"] = stale;
  if (!losses.values().empty()) {
    json["skipped_steps"] = skipped;
    json["recent_losses"] = losses.values();
    json["recent_gradient_norms"] = norms.values();
  }
  return json;
}

Steering Steering::from_json(const Json& json) {
  Steering steering;
  if (const auto best = json.find("best"); best != json.end())
    steering.best = {whole_number<std::int64_t>(best->at("step")), best->at("validation_loss")};
  if (const auto stale = json.find("stale_evaluations"); stale != json.end())
    steering.stale = whole_number<std::int64_t>(*stale);
  if (const auto skipped = json.find("skipped_steps"); skipped != json.end())
    steering.skipped = whole_number<std::int64_t>(*skipped);
  steering.losses.set(json.value("recent_losses", std::vector<double>()));
  steering.norms.set(json.value("recent_gradient_norms", std::vector<double>()));
  return steering;
}

}  // namespace aiops::train
