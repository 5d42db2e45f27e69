// SPDX-License-Identifier: Apache-2.0
// A private directory with a small corpus and a configuration that trains on it in milliseconds.
#pragma once

#include "base/file.hpp"
#include "train/trainer.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <string>

namespace aiops::train {

class TrainFixture : public testing::Test {
 protected:
  TrainFixture() {
    std::string name = (std::filesystem::temp_directory_path() / "aiops-train.XXXXXX").string();
    if (::mkdtemp(name.data())) directory_ = name;
    std::string text;
    for (int i = 0; i < 400; ++i)
      text += "line " + std::to_string(i * 37 % 101) + " of a small text about small things\n";
    write("corpus.txt", text);
  }
  ~TrainFixture() override {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }

  std::filesystem::path write(const std::string& name, std::string_view bytes) const {
    make_directories((directory_ / name).parent_path());
    write_file_atomically(directory_ / name, bytes);
    return directory_ / name;
  }

  TrainOptions options(const std::string& out, std::int64_t steps) const {
    TrainOptions options;
    const std::string yaml = "data: {path: " + (directory_ / "corpus.txt").string() +
                             ", validation: 0.1}\n"
                             "tokenizer: {vocab_size: 300}\n"
                             "model: {hidden_size: 16, layers: 2, heads: 2, context: 16}\n"
                             "optimiser: {lr: 0.01}\n"
                             "batch: {rows: 2, accumulate: 2}\n"
                             "checkpoint: {every: 3, keep: 2}\n"
                             "eval: {every: 4}\n"
                             "schedule: {warmup: 2}\n"
                             "steps: " +
                             std::to_string(steps) + "\nout: " + (directory_ / out).string() + "\n";
    options.config = read_config("t.yaml", yaml, {});
    return options;
  }

  std::filesystem::path directory_;
};

}  // namespace aiops::train
