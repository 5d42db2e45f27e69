// SPDX-License-Identifier: Apache-2.0
#include "train/tasks/task_data.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

namespace aiops::train {

std::unique_ptr<TaskData> open_task(const TaskSource& from) {
  switch (from.config.task) {
    case TaskKind::language:
      return open_language_task(from);
    case TaskKind::chat:
      return open_chat_task(from);
    case TaskKind::classification:
    case TaskKind::regression:
      break;
  }
  return open_labelled_task(from);
}

void tell_filling(const PackedDocuments& rows, std::size_t documents, std::string_view noun,
                  Status& status) {
  status.step(fmt::format("{} {} fill {:.1f} % of {} rows", documents, noun, 100 * rows.filled(),
                          rows.rows()));
}

void warn_of_long(const PackedDocuments& rows, std::size_t documents, std::string_view noun,
                  TooLong too_long, const TaskSource& from) {
  if (rows.too_long() == 0) return;
  from.status.warn(fmt::format("{} of {} {} are longer than a row of {} tokens and are {}",
                               rows.too_long(), documents, noun, from.config.length,
                               too_long == TooLong::cut ? "cut" : "skipped"));
}

void require_language_model(const TrainConfig& config, const ModelConfig& model) {
  if (model.head.is_language()) return;
  throw Error(ExitCode::usage,
              config.base + ": is a " + name_of(task_of(model.head.kind)) +
                  " model: it has no head for text",
              std::string("--set task=") + name_of(task_of(model.head.kind)));
}

}  // namespace aiops::train
