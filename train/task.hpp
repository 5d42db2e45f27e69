// SPDX-License-Identifier: Apache-2.0
// What a training is for, and how its data becomes rows.
#pragma once

#include "train/model/head.hpp"

#include <array>
#include <filesystem>
#include <string>
#include <vector>

namespace aiops::train {

enum class TaskKind {
  language,        // text, every token learnt
  chat,            // conversations, the assistant's turns learnt
  classification,  // texts and a label of each
  regression,      // texts and a number, or several, of each
};

inline constexpr std::array kTasks{TaskKind::language, TaskKind::chat, TaskKind::classification,
                                   TaskKind::regression};

// As a configuration says it.
const char* name_of(TaskKind task);
TaskKind task_of(HeadKind head);  // language for a model of text
HeadKind head_of(TaskKind task);

// How documents fill the rows of a batch.
enum class Packing {
  stream,     // one stream, cut into rows wherever that falls
  documents,  // whole documents that do not see each other
};

// What becomes of a document that is longer than a row.
enum class TooLong {
  part,  // it becomes several documents
  cut,   // only its beginning is read
  skip,  // it is not read
};

// Whose words of a conversation count.
enum class Learn { assistant, all };

struct ChatOptions {
  std::filesystem::path template_file;  // empty: the base's, else ChatML
  Learn learn = Learn::assistant;
  TooLong too_long = TooLong::skip;
  std::string template_text = {};  // the one that is used; known when the run is prepared
};

struct LabelOptions {
  std::vector<std::string> names;  // of the labels or numbers; empty until the run is prepared,
                                   // when they are learnt from the data
  TooLong too_long = TooLong::cut;
};

}  // namespace aiops::train
