// SPDX-License-Identifier: Apache-2.0
#include "train/optimiser/optimiser.hpp"

#include "base/error.hpp"
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
                                          kernels::Backend& backend) {
  if (options.kind == OptimiserKind::muon) return make_muon(options, parameters, backend);
  if (options.kind == OptimiserKind::sgd)
    return std::make_unique<Sgd>(parameters, options, backend);
  const AdamWOptions adamw{options.beta1, options.beta2, options.epsilon, options.weight_decay};
  return std::make_unique<AdamW>(parameters, adamw, backend);
}

double gradient_norm(std::span<const std::span<float>> gradients, kernels::Backend& backend) {
  const auto count = static_cast<std::int64_t>(gradients.size());
  double* const squares = backend.results(count);
  for (std::size_t i = 0; i < gradients.size(); ++i)
    backend.run(aiops_gradient_norm{.count = static_cast<std::int64_t>(gradients[i].size()),
                                    .values = gradients[i].data(),
                                    .squares = squares + i});
  double sum = 0;
  for (const double one : backend.read(squares, count)) sum += one;
  return std::sqrt(sum);
}

float clip_factor(double norm, double max_norm) {
  return max_norm > 0 && norm > max_norm ? static_cast<float>(max_norm / norm) : 1.0F;
}

}  // namespace aiops::train
