// SPDX-License-Identifier: Apache-2.0
// Several ranks prepare one run: the first writes what the others then find, and before the first
// step all make sure that they have the same in hand.
#include "base/digest.hpp"
#include "base/error.hpp"
#include "train/preparation.hpp"

#include <nlohmann/json.hpp>

namespace aiops::train {
namespace {

// What must be the same on all ranks before the first step.
Digest identity(const Preparation& prepared) {
  const std::string step = prepared.state ? std::to_string(prepared.state->step) : "none";
  return sha256_of(to_text(prepared.config.to_json()) + "\n" + prepared.data_digest + "\n" +
                   to_text(prepared.model.to_json()) + "\n" + prepared.tokenizer.to_json() + "\n" +
                   step);
}

}  // namespace

Preparation prepare_together(const TrainOptions& options, ThreadPool& threads, Status& status,
                             const StopFlag& stop, Collective& ranks) {
  if (!ranks.leads()) ranks.barrier();
  Preparation prepared = prepare(options, threads, status, stop);
  if (ranks.size() == 1) return prepared;
  if (ranks.leads()) ranks.barrier();
  const std::string mine = identity(prepared).str();
  std::string first = mine;
  ranks.broadcast(std::as_writable_bytes(std::span(first)));
  if (first != mine)
    throw Error(ExitCode::usage,
                "has another configuration, other data or another checkpoint than rank 0",
                "give every rank the same files and flags");
  ranks.barrier();
  return prepared;
}

}  // namespace aiops::train
