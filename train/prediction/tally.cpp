// SPDX-License-Identifier: Apache-2.0
#include "train/prediction/tally.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace aiops::train {
namespace {

// Calls use(target, number) for the counted targets of a batch, in the order of the predictions.
template <typename Use>
void for_each_target(const Batch& batch, const Use& use) {
  std::size_t number = 0;
  for (const std::int32_t target : batch.targets)
    if (target >= 0) use(static_cast<std::size_t>(target), number++);
}

}  // namespace

Tally::Tally(const ModelHead& head)
    : kind_(head.kind),
      outputs_(head.labels.size()),
      labels_(head.kind == HeadKind::classification ? head.labels.size() : 0) {}

void Tally::add(Model& model, const Batch& batch) {
  counted_ += static_cast<double>(
      std::ranges::count_if(batch.targets, [](std::int32_t target) { return target >= 0; }));
  if (kind_ == HeadKind::language) {
    losses_ += model.loss(batch);
    return;
  }
  losses_ += model.predict(batch, predicted_);
  if (kind_ == HeadKind::classification)
    add_labels(batch);
  else
    add_values(batch);
}

void Tally::add_labels(const Batch& batch) {
  const std::span<const float> all = predicted_;
  for_each_target(batch, [&](std::size_t label, std::size_t number) {
    labels_.add(label, most_likely(all.subspan(number * outputs_, outputs_)));
  });
}

void Tally::add_values(const Batch& batch) {
  for_each_target(batch, [&](std::size_t row, std::size_t number) {
    for (std::size_t i = 0; i < outputs_; ++i)
      apart_ += std::abs(static_cast<double>(predicted_[number * outputs_ + i]) -
                         static_cast<double>(batch.values[row * outputs_ + i])) /
                static_cast<double>(outputs_);
  });
}

void Tally::sum_over(Collective& ranks) {
  std::array<double, 3> sums{losses_, counted_, apart_};
  ranks.sum(sums);
  std::tie(losses_, counted_, apart_) = std::tie(sums[0], sums[1], sums[2]);
  for (auto counts = labels_.counts(); !counts.empty();) {
    const auto some = counts.first(std::min(counts.size(), Collective::kFew));
    ranks.sum(some);
    counts = counts.subspan(some.size());
  }
}

std::optional<double> Tally::loss() const {
  return counted_ == 0 ? std::nullopt : std::optional(losses_ / counted_);
}

std::vector<Measure> Tally::measures() const {
  if (counted_ == 0 || kind_ == HeadKind::language) return {};
  if (kind_ == HeadKind::classification)
    return {{"accuracy", labels_.accuracy()}, {"f1", labels_.macro_f1()}};
  return {{"mae", apart_ / counted_}, {"mse", losses_ / counted_}};
}

}  // namespace aiops::train
