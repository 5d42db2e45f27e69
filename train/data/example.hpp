// SPDX-License-Identifier: Apache-2.0
// A text with what is to be said of it: a label, or numbers.
#pragma once

#include "train/data/corpus.hpp"
#include "train/model/head.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aiops::train {

// A label as the data writes it.
struct LabelWord {
  std::string text;
  std::optional<std::int64_t> number;  // when it is one
};

struct Example {
  std::string text;
  LabelWord label;            // of a classification
  std::vector<float> values;  // of a regression
};

// A line of JSON: options.field is the text, options.labels the label, or the numbers, which may be
// a list in one member. Throws Error{failed} "WHERE: what is wrong".
Example parse_example(std::string_view line, const CorpusOptions& options, HeadKind kind,
                      const std::string& where);

// Which columns of a table are what.
class ExampleColumns {
 public:
  // Throws Error{failed} naming the column that the header lacks.
  ExampleColumns(std::span<const std::string> header, const CorpusOptions& options, HeadKind kind,
                 const std::string& where);
  // Takes its text out of the record. Throws as parse_example() does.
  Example read(std::span<std::string> record, const std::string& where) const;

 private:
  const CorpusOptions& options_;
  HeadKind kind_;
  std::size_t columns_;
  std::size_t text_;
  std::vector<std::size_t> labels_;
};

}  // namespace aiops::train
