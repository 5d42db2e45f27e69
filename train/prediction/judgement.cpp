// SPDX-License-Identifier: Apache-2.0
#include "train/prediction/judgement.hpp"

#include <cmath>

namespace aiops::train {
namespace {

// Sums in two passes: numbers far from 0 that vary little keep their digits.
ValueJudgement judge(std::span<const double> truth, std::span<const double> said) {
  const auto count = static_cast<double>(truth.size());
  double truth_mean = 0, said_mean = 0;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    truth_mean += truth[i] / count;
    said_mean += said[i] / count;
  }
  double squares = 0, apart = 0, truth_varies = 0, said_varies = 0, together = 0;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const double error = said[i] - truth[i];
    const double from_truth = truth[i] - truth_mean;
    const double from_said = said[i] - said_mean;
    squares += error * error;
    apart += std::abs(error);
    truth_varies += from_truth * from_truth;
    said_varies += from_said * from_said;
    together += from_truth * from_said;
  }
  ValueJudgement judgement{.mse = squares / count, .mae = apart / count, .r2 = {}, .pearson = {}};
  if (truth_varies > 0) judgement.r2 = 1 - squares / truth_varies;
  if (truth_varies > 0 && said_varies > 0)
    judgement.pearson = together / std::sqrt(truth_varies * said_varies);
  return judgement;
}

}  // namespace

void LabelJudgement::add(std::size_t label, std::span<const float> logits) {
  const std::size_t said = most_likely(logits);
  counts_.add(label, said);
  ++confusion_[{label, said}];
  ++examples_;
  // By the logits: a share may round to 0.
  const auto most = static_cast<double>(logits[said]);
  double sum = 0;
  for (const float logit : logits) sum += std::exp(static_cast<double>(logit) - most);
  losses_ += std::log(sum) + most - static_cast<double>(logits[label]);
}

std::uint64_t LabelJudgement::called(std::size_t label, std::size_t said) const {
  const auto found = confusion_.find({label, said});
  return found == confusion_.end() ? 0 : found->second;
}

std::vector<ValueJudgement> judge_values(std::size_t width, std::span<const float> truth,
                                         std::span<const float> predictions) {
  std::vector<ValueJudgement> judgements;
  std::vector<double> wanted, said;
  for (std::size_t target = 0; target < width; ++target) {
    wanted.clear();
    said.clear();
    for (std::size_t i = target; i < truth.size(); i += width) {
      wanted.push_back(static_cast<double>(truth[i]));
      said.push_back(static_cast<double>(predictions[i]));
    }
    judgements.push_back(judge(wanted, said));
  }
  return judgements;
}

ValueJudgement mean_of(std::span<const ValueJudgement> each) {
  const auto count = static_cast<double>(each.size());
  ValueJudgement mean{.mse = 0, .mae = 0, .r2 = 0, .pearson = 0};
  const auto add = [&](std::optional<double>& sum, const std::optional<double>& one) {
    if (!sum || !one)
      sum.reset();
    else
      *sum += *one / count;
  };
  for (const ValueJudgement& one : each) {
    mean.mse += one.mse / count;
    mean.mae += one.mae / count;
    add(mean.r2, one.r2);
    add(mean.pearson, one.pearson);
  }
  return mean;
}

}  // namespace aiops::train
