// SPDX-License-Identifier: Apache-2.0
#include "train/device/gradient_sum.hpp"

#include "base/digest.hpp"
#include "base/error.hpp"
#include "kernels/backend.hpp"
#include "pack/journal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace aiops::train {
namespace {

using kernels::device::Communicator;

struct Naming {
  AllReduce choice;
  const char* name;
};
constexpr std::array<Naming, 3> kNames = {
    {{AllReduce::automatic, "auto"}, {AllReduce::nccl, "nccl"}, {AllReduce::host, "host"}}};

// What one rank has for NCCL, or why it has not.
struct Means {
  std::optional<Communicator::Facts> facts;
  std::string why_not = {};
};

Means means_of(const kernels::device::Device& device) {
  try {
    return {Communicator::describe(device)};
  } catch (const Error& error) {
    if (error.code != ExitCode::no_gpu) throw;
    return {std::nullopt, error.message};
  }
}

// A GPU among those of all hosts, as a number that sums carry: 48 bits of a digest.
double mark_of(const std::string& pci) {
  return static_cast<double>(
      std::stoull(std::string(sha256_of(pack::boot_id() + pci).hex().substr(0, 12)), nullptr, 16));
}

constexpr double kNone = -1;

// Why the ranks cannot use NCCL together, the same on every rank but for the words of the one that
// lacks it; nothing when they can.
std::optional<std::string> obstacle(const Means& own, Collective& ranks) {
  const std::vector<double> gpus = of_all(ranks, own.facts ? mark_of(own.facts->pci) : kNone);
  if (const auto lacks = std::ranges::find(gpus, kNone); lacks != gpus.end()) {
    const auto rank = lacks - gpus.begin();
    return rank == ranks.rank() ? own.why_not : fmt::format("rank {} has no NCCL", rank);
  }
  std::map<double, std::size_t> owners;
  for (std::size_t rank = 0; rank < gpus.size(); ++rank)
    if (const auto [owner, is_first] = owners.emplace(gpus[rank], rank); !is_first)
      return fmt::format("ranks {} and {} share a GPU", owner->second, rank);
  return std::nullopt;
}

}  // namespace

const char* name_of(AllReduce choice) {
  return std::ranges::find(kNames, choice, &Naming::choice)->name;
}

GradientSum::GradientSum(const TrainConfig& config, Model& model, Collective& ranks)
    : model_(model), ranks_(ranks), gradients_(model.gradients()) {
  if (model_.backend().is_host() || ranks_.size() == 1) return;
  const bool may_try = config.all_reduce != AllReduce::host;
  const Means own = may_try ? means_of(*config.compute.device) : Means{};
  const auto why_not = may_try ? obstacle(own, ranks_) : std::nullopt;
  if (may_try && !why_not) {
    join(config, own.facts->library);
    return;
  }
  if (config.all_reduce == AllReduce::nccl)
    throw Error(ExitCode::no_gpu, "NCCL cannot add the gradients: " + *why_not,
                "--set all_reduce=auto adds them on the hosts where it must");
  how_ = why_not ? "on the hosts: " + *why_not : "on the hosts, as 'all_reduce' says";
  take_host_memory();
}

void GradientSum::join(const TrainConfig& config, const std::string& library) {
  const auto& device = config.compute.device;
  Communicator::Id id{};
  if (ranks_.leads()) id = Communicator::make_id(*device);
  ranks_.broadcast(std::as_writable_bytes(std::span(id)));
  communicator_.emplace(device, ranks_.size(), ranks_.rank(), id, [this] { ranks_.check(); });
  how_ = "on the GPUs by " + library +
         (config.deterministic ? ", in the order of the ranks" : ", in an order of its own");
}

void GradientSum::take_host_memory() {
  kernels::Layout measure;
  for (const std::span<float> gradient : gradients_)
    measure.take(static_cast<std::int64_t>(gradient.size()));
  shared_ = ranks_.shared_floats(measure.used());
}

void GradientSum::add() {
  kernels::Backend& backend = model_.backend();
  if (backend.is_host() || ranks_.size() == 1) return ranks_.sum(gradients_);
  if (!communicator_) return add_on_hosts();
  backend.sum(*communicator_, model_.gradient_memory(), [this] { ranks_.check(); });
}

// Ranks add what they share, which is memory of the host.
void GradientSum::add_on_hosts() {
  kernels::Backend& backend = model_.backend();
  kernels::Layout layout(shared_.data());
  std::vector<std::span<float>> shared;
  for (const std::span<float> gradient : gradients_) {
    const auto count = static_cast<std::int64_t>(gradient.size());
    shared.emplace_back(layout.take(count), gradient.size());
    const auto numbers = backend.read(kernels::Elements(gradient.data(), sizeof(float)), count);
    std::ranges::copy(numbers, shared.back().begin());
  }
  ranks_.sum(shared);
  for (std::size_t i = 0; i < shared.size(); ++i) backend.write(shared[i], gradients_[i].data());
}

void GradientSum::leave() {
  if (communicator_) communicator_->leave();
  communicator_.reset();
}

}  // namespace aiops::train
