// SPDX-License-Identifier: Apache-2.0
#include "commands/eval_labels.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
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
  explicit PredictionsFile(const std::filesystem::path& path)
      : path_(path), file_(path.has_parent_path() ? path.parent_path() : ".") {}

  void write(const OrderedJson& line) { file_.write(aiops::to_text(line) + "\n"); }
  void commit() { file_.commit(path_); }

 private:
  std::filesystem::path path_;
  TempFile file_;
};

// What an evaluation has in hand.
struct Evaluated {
  const EvalOptions& options;
  const ModelHead& head;
  const train::Examples& examples;
  const train::Predictions& predictions;
  double seconds = 0;

  std::span<const float> outputs(std::size_t example) const {
    const std::size_t width = head.labels.size();
    return std::span(predictions.outputs).subspan(example * width, width);
  }
  OrderedJson begin(const char* task) const {
    return {{"model", options.model}, {"task", task}, {"examples", examples.size()}};
  }
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

std::uint64_t count_of(const train::LabelJudgement& judgement, std::size_t label,
                       std::size_t said) {
  const auto found = judgement.confusion.find({label, said});
  return found == judgement.confusion.end() ? 0 : found->second;
}

std::string matrix_text(const ModelHead& head, const train::LabelJudgement& judgement) {
  const std::size_t count = head.labels.size();
  if (count > kShownMatrix) return {};
  std::vector<std::vector<std::string>> rows{{"is \\ called"}};
  for (const std::string& label : head.labels) rows[0].push_back(printable(label));
  for (std::size_t label = 0; label < count; ++label) {
    auto& row = rows.emplace_back(1, printable(head.labels[label]));
    for (std::size_t said = 0; said < count; ++said)
      row.push_back(std::to_string(count_of(judgement, label, said)));
  }
  return "\n" + aligned(rows);
}

OrderedJson matrix_json(std::size_t count, const train::LabelJudgement& judgement) {
  if (count > kLargestMatrix) return nullptr;
  auto matrix = OrderedJson::array();
  for (std::size_t label = 0; label < count; ++label) {
    auto row = OrderedJson::array();
    for (std::size_t said = 0; said < count; ++said)
      row.push_back(count_of(judgement, label, said));
    matrix.push_back(std::move(row));
  }
  return matrix;
}

void report_labels(const Evaluated& evaluated, std::span<const std::int32_t> truth,
                   Report& report) {
  const auto& labels = evaluated.head.labels;
  const auto judgement = train::judge_labels(labels.size(), truth, evaluated.predictions.outputs);
  const double accuracy = judgement.counts.accuracy(), f1 = judgement.counts.macro_f1();
  std::vector<std::vector<std::string>> rows{{"label", "precision", "recall", "F1", "support"}};
  auto scores = OrderedJson::array();
  for (std::size_t label = 0; label < labels.size(); ++label) {
    const train::LabelScore score = judgement.counts.score(label);
    rows.push_back({printable(labels[label]), figure(score.precision), figure(score.recall),
                    figure(score.f1), fmt::format("{:.0f}", score.support)});
    scores.push_back({{"label", labels[label]},
                      {"precision", score.precision},
                      {"recall", score.recall},
                      {"f1", score.f1},
                      {"support", static_cast<std::uint64_t>(score.support)}});
  }
  OrderedJson json = evaluated.begin("classification");
  json["accuracy"] = accuracy;
  json["f1"] = f1;
  json["loss"] = judgement.loss;
  json["labels"] = std::move(scores);
  json["confusion"] = matrix_json(labels.size(), judgement);
  json["seconds"] = evaluated.seconds;
  report.answer(
      {}, json,
      fmt::format("examples  {}\naccuracy  {:.4f}\nmacro F1  {:.4f}\nloss      {:.4f}\n\n",
                  evaluated.examples.size(), accuracy, f1, judgement.loss) +
          aligned(rows) + matrix_text(evaluated.head, judgement));
}

void report_values(const Evaluated& evaluated, Report& report) {
  const auto& names = evaluated.head.labels;
  const auto each =
      train::judge_values(names.size(), evaluated.examples.values(), evaluated.predictions.outputs);
  const train::ValueJudgement mean = train::mean_of(each);
  std::vector<std::vector<std::string>> rows{{"number", "MSE", "MAE", "R2", "Pearson"}};
  const auto add_row = [&](const std::string& name, const train::ValueJudgement& one) {
    rows.push_back({name, format_number(one.mse), format_number(one.mae), figure(one.r2),
                    figure(one.pearson)});
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
  OrderedJson json = evaluated.begin("regression");
  json["mse"] = mean.mse;
  json["mae"] = mean.mae;
  json["r2"] = number(mean.r2);
  json["pearson"] = number(mean.pearson);
  json["numbers"] = std::move(numbers);
  json["seconds"] = evaluated.seconds;
  report.answer({}, json,
                fmt::format("examples  {}\n\n", evaluated.examples.size()) + aligned(rows));
}

// What the data says of an example, beside what the model says.
OrderedJson expected(const Evaluated& evaluated, std::span<const std::int32_t> truth,
                     std::size_t example) {
  const auto& labels = evaluated.head.labels;
  if (evaluated.head.kind == HeadKind::classification)
    return {{"expected", labels[static_cast<std::size_t>(truth[example])]}};
  const auto values = evaluated.examples.values().subspan(example * labels.size(), labels.size());
  return {{"expected", values_json(evaluated.head, values)}};
}

void require_numbers(const ModelHead& head, const train::Examples& examples,
                     const std::string& model) {
  if (head.kind != HeadKind::regression || examples.targets() == head.labels.size()) return;
  throw Error(ExitCode::failed, examples.where(0) + ": has " +
                                    counted(examples.targets(), "number") + ", " + model +
                                    " predicts " + std::to_string(head.labels.size()));
}

}  // namespace

void eval_labels(const EvalOptions& options, train::LoadedModel& loaded, ThreadPool& threads,
                 Context& context) {
  const ModelHead& head = loaded.model->config().head;
  train::CorpusOptions data = options.data;
  if (data.labels.empty()) data.labels = {"label"};
  if (head.kind == HeadKind::classification && data.labels.size() > 1)
    throw Error(ExitCode::usage, "--label is given several times: a text has one label");
  const auto files = train::find_data(data, context.stop);
  const train::Examples examples(files, data, head.kind, context.status, context.stop);
  require_numbers(head, examples, options.model);
  std::vector<std::int32_t> truth;
  if (head.kind == HeadKind::classification) truth = train::label_ids(examples, head.labels);
  std::optional<PredictionsFile> file;
  if (!options.predictions.empty()) file.emplace(options.predictions);
  const double begin = monotonic_seconds();
  const auto predictions = train::predict(loaded, examples.documents(), options.windows.length,
                                          threads, context.status, context.stop);
  if (predictions.cut > 0)
    context.status.warn(fmt::format("of {} of {} examples only the beginning was read",
                                    predictions.cut, examples.size()));
  const Evaluated evaluated{options, head, examples, predictions, monotonic_seconds() - begin};
  if (file) {
    for (std::size_t i = 0; i < examples.size(); ++i) {
      OrderedJson line = prediction_json(head, evaluated.outputs(i));
      line.update(expected(evaluated, truth, i));
      file->write(line);
    }
    file->commit();
  }
  if (head.kind == HeadKind::classification)
    report_labels(evaluated, truth, context.report);
  else
    report_values(evaluated, context.report);
}

}  // namespace aiops::commands
