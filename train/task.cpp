// SPDX-License-Identifier: Apache-2.0
#include "train/task.hpp"

#include <algorithm>
#include <array>

namespace aiops::train {
namespace {

struct Naming {
  TaskKind task;
  const char* name;
  HeadKind head;
};
constexpr std::array<Naming, 4> kNames = {{
    {TaskKind::language, "language", HeadKind::language},
    {TaskKind::chat, "chat", HeadKind::language},
    {TaskKind::classification, "classification", HeadKind::classification},
    {TaskKind::regression, "regression", HeadKind::regression},
}};

}  // namespace

const char* name_of(TaskKind task) { return std::ranges::find(kNames, task, &Naming::task)->name; }

TaskKind task_of(HeadKind head) { return std::ranges::find(kNames, head, &Naming::head)->task; }

HeadKind head_of(TaskKind task) { return std::ranges::find(kNames, task, &Naming::task)->head; }

}  // namespace aiops::train
