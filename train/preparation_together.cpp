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

// Rank 0's text on every rank.
std::string broadcast_text(std::string text, Collective& ranks) {
  std::uint64_t size = text.size();
  ranks.broadcast(std::as_writable_bytes(std::span(&size, 1)));
  text.resize(size);
  ranks.broadcast(std::as_writable_bytes(std::span(text)));
  return text;
}

}  // namespace

// What takes long, the tokenizer and the tokens, is made once: the tokens are found in their cache.
Preparation prepare_together(const TrainOptions& options, ThreadPool& threads, Status& status,
                             const StopFlag& stop, Collective& ranks) {
  if (ranks.size() == 1) return prepare(options, threads, status, stop);
  std::optional<Preparation> prepared;
  if (ranks.leads()) prepared.emplace(prepare(options, threads, status, stop));
  TrainOptions mine = options;
  mine.learnt = broadcast_text(prepared ? prepared->tokenizer.to_json() : "", ranks);
  if (!prepared) prepared.emplace(prepare(mine, threads, status, stop));
  const std::string same = identity(*prepared).str();
  if (broadcast_text(same, ranks) != same)
    throw Error(ExitCode::usage,
                "has another configuration, other data or another checkpoint than rank 0",
                "give every rank the same files and flags");
  ranks.barrier();
  return std::move(*prepared);
}

}  // namespace aiops::train
