// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/stop.hpp"
#include "base/thread_pool.hpp"
#include "kernels/sampling.hpp"
#include "train/model/model.hpp"
#include "train/model/stored_model.hpp"
#include "train/tokenizer/tokenizer.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace aiops::train {

// A model with its tokenizer, ready to continue text.
struct LoadedModel {
  std::unique_ptr<Model> model;
  Tokenizer tokenizer;
  std::string chat_template = {};  // as Jinja; empty: none
};

// Throws Error{failed} naming the file and what does not fit. `options` say what computes, and how;
// which adapters there are, the files say.
LoadedModel load_model(const StoredModel& stored, ThreadPool& threads, ModelOptions options = {});

// What stands before a document in what the model was trained on: what its tokenizer puts there, or
// the token that both begins and ends documents; nothing where neither is known.
std::vector<std::int32_t> document_start(const LoadedModel& loaded);

struct GenerateOptions {
  // A text gets what the tokenizer wants before one; a rendered conversation has its own.
  enum class Prompt { text, rendered };

  std::string prompt;  // empty: the start of a document
  Prompt kind = Prompt::text;
  std::int64_t tokens = 128;  // at most; at least 1
  kernels::Sampling sampling;
  double repetition_penalty = 1;  // on the tokens of the prompt and of the text so far
  std::uint64_t seed = 0;
  std::vector<std::string> stop = {};  // strings that end the text; they are not part of it
};

struct Generation {
  std::string text;  // what followed the prompt, whole UTF-8 characters
  std::int64_t prompt_tokens = 0;
  std::int64_t tokens = 0;
  double prompt_seconds = 0, seconds = 0;  // reading the prompt, and the rest
  const char* ended = "length";  // "length", "end" (the model's end token), "stop" or "context"
};

// Continues the prompt; `hear` gets the text as it comes. The same options give the same text.
// Throws Error{usage} when the prompt does not fit the model's context.
Generation generate(Model& model, const Tokenizer& tokenizer, const GenerateOptions& options,
                    const std::function<void(std::string_view)>& hear, const StopFlag& stop);
inline Generation generate(LoadedModel& loaded, const GenerateOptions& options,
                           const std::function<void(std::string_view)>& hear,
                           const StopFlag& stop) {
  return generate(*loaded.model, loaded.tokenizer, options, hear, stop);
}

}  // namespace aiops::train
