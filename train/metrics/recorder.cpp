// SPDX-License-Identifier: Apache-2.0
#include "train/metrics/recorder.hpp"

#include "base/file.hpp"
#include "base/output_file.hpp"
#include "base/time.hpp"
#include "train/checkpoint/run_history.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <cmath>
#include <utility>

namespace aiops::train {
namespace {

constexpr double kBetweenFlushes = 5;  // seconds
constexpr std::uint64_t kMostMetrics = std::uint64_t{4} << 30;
constexpr std::size_t kCurveWidth = 64, kCurveHeight = 12;  // characters

double now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration<double>(since).count();
}

}  // namespace

Recorder::Recorder(const TrainConfig& config, std::int64_t last_step, Status& status,
                   const StopFlag& stop)
    : config_(config),
      status_(status),
      space_(config.out, status, stop),
      metrics_(config.out / "metrics.jsonl", last_step, status, stop) {
  if (config.tensorboard) events_.emplace(config.out / "tensorboard", last_step, now());
}

void Recorder::step(RunGauges gauges, const DataPosition& position) {
  metrics_.write({{"step", gauges.step},
                  {"loss", gauges.loss},
                  {"lr", gauges.learning_rate},
                  {"grad_norm", gauges.gradient_norm},
                  {"tokens_per_second", std::round(gauges.tokens_per_second)},
                  {"tokens", gauges.tokens},
                  {"epoch", position.epoch},
                  {"index", position.index},
                  {"wall_seconds", gauges.wall_seconds}});
  const Scalar scalars[] = {{"train/loss", gauges.loss},
                            {"train/learning_rate", gauges.learning_rate},
                            {"train/gradient_norm", gauges.gradient_norm},
                            {"train/tokens_per_second", gauges.tokens_per_second}};
  events(gauges.step, scalars);
  gauges.validation_loss = gauges_.validation_loss;
  gauges.measures = gauges_.measures;
  gauges_ = std::move(gauges);
  if (monotonic_seconds() - flushed_ >= kBetweenFlushes) flush();
}

void Recorder::validation(std::int64_t step, double loss, const std::vector<Measure>& measures) {
  OrderedJson line{{"step", step}, {"validation_loss", loss}};
  std::vector<std::string> tags;
  for (const Measure& measure : measures) {
    line[measure.name] = measure.value;
    tags.push_back("validation/" + measure.name);
  }
  metrics_.write(line);
  std::vector<Scalar> scalars{{"validation/loss", loss}};
  for (std::size_t i = 0; i < measures.size(); ++i) scalars.push_back({tags[i], measures[i].value});
  events(step, scalars);
  gauges_.validation_loss = loss;
  gauges_.measures = measures;
}

void Recorder::sample(std::int64_t step, const std::string& prompt, const std::string& text) {
  metrics_.write({{"step", step}, {"prompt", prompt}, {"sample", text}});
}

void Recorder::events(std::int64_t step, std::span<const Scalar> scalars) {
  if (events_) space_.wait_for([&] { events_->write(now(), step, scalars); });
}

void Recorder::finish() {
  flush();
  const auto history = RunHistory::parse(read_file(config_.out / "metrics.jsonl", kMostMetrics));
  for (const std::string& line : draw(history.loss, kCurveWidth, kCurveHeight))
    status_.detail(line);
  const std::string title = config_.name.empty() ? config_.out.filename().string() : config_.name;
  try {
    write_file_atomically(config_.out / "report.html", html_report(history, title));
  } catch (const Error& error) {
    status_.warn("no report: " + error.message);
  }
}

// A monitor's file is not worth a run.
void Recorder::flush() {
  flushed_ = monotonic_seconds();
  if (config_.open_metrics.empty() || gauges_.step == 0) return;
  gauges_.run = config_.out.filename().string();
  gauges_.steps = config_.steps;
  gauges_.time = now();
  try {
    write_output(config_.open_metrics, open_metrics(gauges_), 0644, NoReader::fail);
  } catch (const Error& error) {
    status_.warn("no metrics for monitors: " + error.message);
  }
}

}  // namespace aiops::train
