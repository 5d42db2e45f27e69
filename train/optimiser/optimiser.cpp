// SPDX-License-Identifier: Apache-2.0
#include "train/optimiser/optimiser.hpp"

#include "base/error.hpp"
#include "kernels/gradient_norm.hpp"
#include "train/optimiser/adamw.hpp"
#include "train/optimiser/muon.hpp"
#include "train/optimiser/sgd.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace aiops::train {
namespace {

struct Naming {
  OptimiserKind kind;
  const char *name, *title;
};
constexpr std::array kNames{
    Naming{OptimiserKind::adamw, "adamw", "AdamW"},
    Naming{OptimiserKind::muon, "muon", "Muon"},
    Naming{OptimiserKind::sgd, "sgd", "SGD"},
};

const Naming& naming_of(OptimiserKind kind) {
  return *std::ranges::find(kNames, kind, &Naming::kind);
}

}  // namespace

OptimiserKind parse_optimiser(std::string_view word, std::string_view what) {
  for (const Naming& naming : kNames)
    if (word == naming.name) return naming.kind;
  throw Error(ExitCode::usage,
              std::string(what) + " is '" + std::string(word) + "', not adamw, muon or sgd");
}

const char* name_of(OptimiserKind kind) { return naming_of(kind).name; }
const char* title_of(OptimiserKind kind) { return naming_of(kind).title; }

std::uint64_t Optimiser::state_bytes() {
  std::uint64_t bytes = 0;
  for (const NamedTensor& tensor : state()) bytes += tensor.values.size_bytes();
  return bytes;
}

void Optimiser::clear() {
  for (const NamedTensor& tensor : state()) std::ranges::fill(tensor.values, 0.0F);
}

std::unique_ptr<Optimiser> make_optimiser(const OptimiserOptions& options,
                                          std::span<const Parameter> parameters,
                                          ThreadPool& threads) {
  if (options.kind == OptimiserKind::muon) return make_muon(options, parameters, threads);
  if (options.kind == OptimiserKind::sgd)
    return std::make_unique<Sgd>(parameters, options, threads);
  const AdamWOptions adamw{options.beta1, options.beta2, options.epsilon, options.weight_decay};
  return std::make_unique<AdamW>(parameters, adamw, threads);
}

double gradient_norm(std::span<const Parameter> parameters, ThreadPool& threads) {
  double sum = 0;
  for (const Parameter& parameter : parameters)
    sum += kernels::squared_norm(parameter.gradient, threads);
  return std::sqrt(sum);
}

float clip_factor(double norm, double max_norm) {
  return max_norm > 0 && norm > max_norm ? static_cast<float>(max_norm / norm) : 1.0F;
}

void scale_gradients(std::span<const Parameter> parameters, float factor, ThreadPool& threads) {
  if (factor == 1) return;
  for (const Parameter& parameter : parameters) kernels::scale(parameter.gradient, factor, threads);
}

}  // namespace aiops::train
