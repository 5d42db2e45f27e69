// SPDX-License-Identifier: Apache-2.0
#include "commands/eval_labels.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "base/output_file.hpp"
#include "base/time.hpp"
#include "base/units.hpp"
#include "commands/prediction.hpp"
#include "train/data/labels.hpp"
#include "train/prediction/judgement.hpp"
#include "train/prediction/predictor.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>

namespace aiops::commands {
namespace {

using train::HeadKind;
using train::ModelHead;

constexpr std::size_t kShownMatrix = 20;     // labels of a confusion matrix as text
constexpr std::size_t kLargestMatrix = 256;  // and as JSON

// One JSON object an example, in the order of the data; appears whole.
class PredictionsFile {
 public:
  explicit PredictionsFile(const std::filesystem::path& path) : file_(path) {}

  void write(const OrderedJson& line) { file_.write(aiops::to_text(line) + "\n"); }
  void commit() { file_.commit(); }

 private:
  OutputFile file_;
};

// Columns: the first to the left, the others to the right.
std::string aligned(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths(rows[0].size());
  for (const auto& row : rows)
    for (std::size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], row[c].size());
  std::string text;
  for (const auto& row : rows)
    for (std::size_t c = 0; c < row.size(); ++c)
      text += c == 0
                  ? fmt::format("{:<{}}", row[c], widths[c])
                  : fmt::format("  {:>{}}{}", row[c], widths[c], c + 1 == row.size() ? "\n" : "");
  return text;
}

std::string figure(double value) { return fmt::format("{:.4f}", value); }
std::string figure(const std::optional<double>& value) { return value ? figure(*value) : "-"; }
OrderedJson number(const std::optional<double>& value) {
  return value ? OrderedJson(*value) : OrderedJson(nullptr);
}

std::string matrix_text(const ModelHead& head, const train::LabelJudgement& judgement) {
  const std::size_t count = head.labels.size();
  if (count > kShownMatrix) return {};
  std::vector<std::vector<std::string>> rows{{"is \\ called"}};
  for (const std::string& label : head.labels) rows[0].push_back(printable(label));
  for (std::size_t label = 0; label < count; ++label) {
    auto& row = rows.emplace_back(1, printable(head.labels[label]));
    for (std::size_t said = 0; said < count; ++said)
      row.push_back(std::to_string(judgement.called(label, said)));
  }
  return "\n" + aligned(rows);
}

OrderedJson matrix_json(std::size_t count, const train::LabelJudgement& judgement) {
  if (count > kLargestMatrix) return nullptr;
  auto matrix = OrderedJson::array();
  for (std::size_t label = 0; label < count; ++label) {
    auto row = OrderedJson::array();
    for (std::size_t said = 0; said < count; ++said) row.push_back(judgement.called(label, said));
    matrix.push_back(std::move(row));
  }
  return matrix;
}

// The members that both kinds of answer begin with.
OrderedJson begin_answer(const EvalOptions& options, const char* task, std::size_t examples) {
  return {{"model", options.model}, {"task", task}, {"examples", examples}};
}

void report_labels(const EvalOptions& options, const ModelHead& head,
                   const train::LabelJudgement& judgement, std::size_t examples, double seconds,
                   Report& report) {
  const auto& labels = head.labels;
  const double accuracy = judgement.counts().accuracy(), f1 = judgement.counts().macro_f1();
  std::vector<std::vector<std::string>> rows{{"label", "precision", "recall", "F1", "support"}};
  auto scores = OrderedJson::array();
  for (std::size_t label = 0; label < labels.size(); ++label) {
    const train::LabelScore score = judgement.counts().score(label);
    rows.push_back({printable(labels[label]), figure(score.precision), figure(score.recall),
                    figure(score.f1), fmt::format("{:.0f}", score.support)});
    scores.push_back({{"label", labels[label]},
                      {"precision", score.precision},
                      {"recall", score.recall},
                      {"f1", score.f1},
                      {"support", static_cast<std::uint64_t>(score.support)}});
  }
  OrderedJson json = begin_answer(options, "classification", examples);
  json["accuracy"] = accuracy;
  json["f1"] = f1;
  json["loss"] = judgement.loss();
  json["labels"] = std::move(scores);
  json["confusion"] = matrix_json(labels.size(), judgement);
  json["seconds"] = seconds;
  report.answer(
      {}, json,
      fmt::format("examples  {}\naccuracy  {:.4f}\nmacro F1  {:.4f}\nloss      {:.4f}\n\n",
                  examples, accuracy, f1, judgement.loss()) +
          aligned(rows) + matrix_text(head, judgement));
}

void report_values(const EvalOptions& options, const ModelHead& head,
                   std::span<const train::ValueJudgement> each, std::size_t examples,
                   double seconds, Report& report) {
  const auto& names = head.labels;
  const train::ValueJudgement mean = train::mean_of(each);
  std::vector<std::vector<std::string>> rows{{"number", "MSE", "MAE", "R2", "Pearson"}};
  const auto add_row = [&](const std::string& name, const train::ValueJudgement& one) {
    rows.push_back({name, fmt::format("{:.5g}", one.mse), fmt::format("{:.5g}", one.mae),
                    figure(one.r2), figure(one.pearson)});
  };
  auto numbers = OrderedJson::array();
  for (std::size_t i = 0; i < names.size(); ++i) {
    add_row(printable(names[i]), each[i]);
    numbers.push_back({{"name", names[i]},
                       {"mse", each[i].mse},
                       {"mae", each[i].mae},
                       {"r2", number(each[i].r2)},
                       {"pearson", number(each[i].pearson)}});
  }
  if (names.size() > 1) add_row("mean", mean);
  OrderedJson json = begin_answer(options, "regression", examples);
  json["mse"] = mean.mse;
  json["mae"] = mean.mae;
  json["r2"] = number(mean.r2);
  json["pearson"] = number(mean.pearson);
  json["numbers"] = std::move(numbers);
  json["seconds"] = seconds;
  report.answer({}, json, fmt::format("examples  {}\n\n", examples) + aligned(rows));
}

void require_numbers(const ModelHead& head, const train::Examples& examples,
                     const std::string& model) {
  if (head.kind != HeadKind::regression || examples.targets() == head.labels.size()) return;
  throw Error(ExitCode::failed, examples.where(0) + ": has " +
                                    counted(examples.targets(), "number") + ", " + model +
                                    " predicts " + std::to_string(head.labels.size()));
}

// The labelled texts that the options name, as the model's head needs them.
train::Examples read_examples(const EvalOptions& options, const ModelHead& head, Context& context) {
  train::CorpusOptions data = options.data;
  if (data.labels.empty()) data.labels = {"label"};
  if (head.kind == HeadKind::classification && data.labels.size() > 1)
    throw Error(ExitCode::usage, "--label is given several times: a text has one label");
  const auto files = train::find_data(data, context.stop);
  train::Examples examples(files, data, head.kind, context.status, context.stop);
  require_numbers(head, examples, options.model);
  return examples;
}

// Hears the model's outputs, one example after another, and holds them against the data.
class Judge {
 public:
  Judge(const ModelHead& head, const train::Examples& examples,
        const std::filesystem::path& predictions)
      : head_(head), examples_(examples), labels_(head.labels.size()) {
    if (head.kind == HeadKind::classification) truth_ = train::label_ids(examples, head.labels);
    if (!predictions.empty()) file_.emplace(predictions);
  }

  void hear(std::span<const float> outputs) {
    if (file_) write(outputs);
    if (head_.kind == HeadKind::classification)
      labels_.add(static_cast<std::size_t>(truth_[heard_]), outputs);
    else
      said_.insert(said_.end(), outputs.begin(), outputs.end());
    ++heard_;
  }

  void report(const EvalOptions& options, double seconds, Report& report) {
    if (file_) file_->commit();
    if (head_.kind == HeadKind::classification)
      return report_labels(options, head_, labels_, heard_, seconds, report);
    const auto each = train::judge_values(head_.labels.size(), examples_.values(), said_);
    report_values(options, head_, each, heard_, seconds, report);
  }

 private:
  void write(std::span<const float> outputs) {
    OrderedJson line = prediction_json(head_, outputs);
    if (head_.kind == HeadKind::classification)
      line["expected"] = head_.labels[static_cast<std::size_t>(truth_[heard_])];
    else
      line["expected"] =
          values_json(head_, examples_.values().subspan(heard_ * outputs.size(), outputs.size()));
    file_->write(line);
  }

  const ModelHead& head_;
  const train::Examples& examples_;
  std::vector<std::int32_t> truth_;
  std::optional<PredictionsFile> file_;
  std::size_t heard_ = 0;
  train::LabelJudgement labels_;
  std::vector<float> said_;
};

}  // namespace

void eval_labels(const EvalOptions& options, train::LoadedModel& loaded, ThreadPool& threads,
                 Context& context) {
  const ModelHead& head = loaded.model->config().head;
  const auto examples = read_examples(options, head, context);
  Judge judge(head, examples, options.predictions);
  const double begin = monotonic_seconds();
  const auto cut =
      train::predict(loaded, examples.documents(), options.windows.length, threads, context.status,
                     context.stop, [&](std::span<const float> outputs) { judge.hear(outputs); });
  if (cut > 0)
    context.status.warn(
        fmt::format("of {} of {} examples only the beginning was read", cut, examples.size()));
  judge.report(options, monotonic_seconds() - begin, context.report);
}

}  // namespace aiops::commands
