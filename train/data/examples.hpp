// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/status.hpp"
#include "base/stop.hpp"
#include "train/data/example.hpp"

#include <map>

namespace aiops::train {

// The examples of the data, in memory: one a line of a .jsonl file, or a record of a .csv or .tsv
// file whose first line names the columns.
class Examples {
 public:
  // A word that the data uses as a label, and how often.
  struct Word {
    LabelWord label;
    std::size_t first = 0;  // the first example that has it
    std::size_t examples = 0;
  };

  // Throws Error{failed} naming file and line where an example cannot be read, and when there is
  // none.
  Examples(const std::vector<DataFile>& files, const CorpusOptions& options, HeadKind kind,
           Status& status, const StopFlag& stop);

  std::size_t size() const { return texts_.size(); }
  std::vector<std::string_view> documents() const { return {texts_.begin(), texts_.end()}; }
  std::string where(std::size_t example) const;  // "FILE:LINE"

  // Of a classification: the words, in the order in which they come, and each example's.
  std::span<const Word> words() const { return words_; }
  std::size_t word(std::size_t example) const { return word_of_[example]; }
  // Of a regression: how many numbers each example has, and all of them.
  std::size_t targets() const { return targets_; }
  std::span<const float> values() const { return values_; }

 private:
  void read_lines(std::string_view text, const CorpusOptions& options, const StopFlag& stop);
  void read_table(std::string_view text, char separator, const CorpusOptions& options,
                  const StopFlag& stop);
  void add(Example example, const std::string& where);

  struct Place {
    std::size_t file, line;
  };

  HeadKind kind_;
  std::vector<std::string> names_;  // of the files
  std::vector<Place> places_;
  std::vector<std::string> texts_;
  std::map<std::string, std::size_t, std::less<>> index_;  // of words_
  std::vector<Word> words_;
  std::vector<std::size_t> word_of_;
  std::size_t targets_ = 0;
  std::vector<float> values_;
};

}  // namespace aiops::train
