// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/status.hpp"
#include "base/stop.hpp"
#include "train/generation/generator.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace aiops::train {

struct PerplexityOptions {
  std::int64_t length = 0;  // tokens that the model sees at once; 0: its context, at most 2048
  std::int64_t stride = 0;  // tokens from one window to the next; 0: half of length
};

struct Perplexity {
  std::uint64_t documents = 0, windows = 0;
  std::uint64_t tokens = 0;  // predicted
  std::uint64_t bytes = 0;   // of text that they stand for
  double loss = 0;           // the sum of theirs, in nats

  double per_token() const;  // mean loss in nats
  double perplexity() const;
  double bits_per_byte() const;
};

// How well the model predicts the documents, each on its own. A window slides over a document by
// `stride` tokens and counts those that no earlier window has: each is predicted from at least
// length - stride tokens, where there are as many. A document is read after what stands before
// one (document_start); where nothing does, its first token is not predicted. Special tokens spelt
// in the text are text. Throws Error{failed} when no document has a token to predict, Error{usage}
// when length is more than the model's context or stride more than length.
Perplexity measure_perplexity(LoadedModel& loaded, std::span<const std::string_view> documents,
                              const PerplexityOptions& options, Status& status,
                              const StopFlag& stop);

}  // namespace aiops::train
