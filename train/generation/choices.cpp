// SPDX-License-Identifier: Apache-2.0
#include "train/generation/choices.hpp"

#include "base/error.hpp"
#include "train/generation/scorer.hpp"

#include <algorithm>
#include <cmath>

namespace aiops::train {
namespace {

[[noreturn]] void refuse(const std::string& where, const std::string& why) {
  throw Error(ExitCode::failed, where + ": " + why);
}

// The tokens of one choice behind its context, and where the choice begins.
struct Continuation {
  std::vector<std::int32_t> tokens;
  std::size_t first;
};

class Asker {
 public:
  Asker(LoadedModel& loaded, std::vector<double>& losses)
      : encoder_(loaded.tokenizer, SpecialTokens::literal),
        start_(document_start(loaded)),
        most_(static_cast<std::size_t>(loaded.model->config().max_position_embeddings) + 1),
        scorer_(*loaded.model, [&losses](double loss) { losses.push_back(loss); }) {}

  void ask(const Question& question, const std::string& choice) {
    const auto [tokens, first] = continuation(question, choice);
    if (tokens.size() - first + 1 > most_)
      refuse(question.where, "a choice is longer than the model's context");
    const std::size_t cut = tokens.size() > most_ ? tokens.size() - most_ : 0;
    scorer_.add(std::span(tokens).subspan(cut), first - cut);
  }

  void finish() { scorer_.finish(); }

 private:
  // The choice's tokens are those behind the first that differ from the context's alone: a word may
  // be cut elsewhere when it goes on.
  Continuation continuation(const Question& question, const std::string& choice) {
    const bool has_space =
        question.context.empty() || is_space(question.context.back()) || is_space(choice.front());
    std::vector<std::int32_t> context = start_;
    Continuation result{start_, 0};
    encoder_.encode(question.context, context);
    encoder_.encode(question.context + (has_space ? "" : " ") + choice, result.tokens);
    const auto [differs, ignored] =
        std::mismatch(result.tokens.begin(), result.tokens.end(), context.begin(), context.end());
    result.first = static_cast<std::size_t>(differs - result.tokens.begin());
    if (result.first == 0) result.first = 1;  // nothing precedes the first token
    if (result.first >= result.tokens.size()) refuse(question.where, "a choice has no token");
    return result;
  }

  static bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t'; }

  Tokenizer::Encoder encoder_;
  std::vector<std::int32_t> start_;
  std::size_t most_;
  Scorer scorer_;
};

}  // namespace

double ChoiceResult::accuracy() const {
  return static_cast<double>(right) / static_cast<double>(questions);
}

double ChoiceResult::accuracy_normalised() const {
  return static_cast<double>(right_normalised) / static_cast<double>(questions);
}

double ChoiceResult::error_of(double share) const {
  return std::sqrt(share * (1 - share) / static_cast<double>(questions));
}

ChoiceResult measure_choices(LoadedModel& loaded, std::span<const Question> questions,
                             Status& status, const StopFlag& stop) {
  Task task(status, "answering questions", questions.size(), Status::Unit::items);
  std::vector<double> losses;
  Asker asker(loaded, losses);
  for (const Question& question : questions) {
    stop.check();
    for (const std::string& choice : question.choices) asker.ask(question, choice);
    task.advance(1);
  }
  asker.finish();
  ChoiceResult result;
  std::size_t at = 0;
  for (const Question& question : questions) {
    const auto own = std::span(losses).subspan(at, question.choices.size());
    at += own.size();
    std::vector<double> per_byte;
    for (std::size_t i = 0; i < own.size(); ++i)
      per_byte.push_back(own[i] / static_cast<double>(question.choices[i].size()));
    const auto best = [](std::span<const double> values) {
      return static_cast<std::size_t>(std::min_element(values.begin(), values.end()) -
                                      values.begin());
    };
    result.right += best(own) == question.answer ? 1 : 0;
    result.right_normalised += best(per_byte) == question.answer ? 1 : 0;
    ++result.questions;
  }
  return result;
}

}  // namespace aiops::train
