// SPDX-License-Identifier: Apache-2.0
#include "train/data/examples.hpp"

#include "base/error.hpp"
#include "train/data/delimited.hpp"
#include "train/data/lines.hpp"
#include "train/data/text_file.hpp"

namespace aiops::train {
namespace {

constexpr std::uint64_t kMostText = std::uint64_t{16} << 30;  // of one file

}  // namespace

Examples::Examples(const std::vector<DataFile>& files, const CorpusOptions& options, HeadKind kind,
                   Status& status, const StopFlag& stop)
    : kind_(kind) {
  Task task(status, "reading the data", total_bytes(files));
  for (const DataFile& file : files) {
    names_.push_back(file.path);
    const std::string suffix = data_suffix(file.path);
    const std::string text = read_text_file(file.path, kMostText, stop);
    if (suffix == ".jsonl")
      read_lines(text, options, stop);
    else if (suffix == ".csv" || suffix == ".tsv")
      read_table(text, suffix == ".csv" ? ',' : '\t', options, stop);
    else
      throw Error(ExitCode::failed,
                  file.path + ": labelled texts are read from .jsonl, .csv and .tsv files");
    task.advance(file.bytes);
  }
  if (texts_.empty())
    throw Error(ExitCode::failed,
                (files.empty() ? "data.path" : files[0].path) + ": the data holds no example");
}

void Examples::read_lines(std::string_view text, const CorpusOptions& options,
                          const StopFlag& stop) {
  for_each_line(text, [&](std::string_view line, std::size_t number) {
    stop.check();
    const std::string where = names_.back() + ":" + std::to_string(number);
    places_.push_back({names_.size() - 1, number});
    add(parse_example(line, options, kind_, where), where);
    return true;
  });
}

void Examples::read_table(std::string_view text, char separator, const CorpusOptions& options,
                          const StopFlag& stop) {
  DelimitedReader reader(text, separator, names_.back());
  std::vector<std::string> record;
  if (!reader.next(record)) return;
  const ExampleColumns columns(record, options, kind_, reader.where());
  while (reader.next(record)) {
    stop.check();
    places_.push_back({names_.size() - 1, reader.line()});
    add(columns.read(record, reader.where()), reader.where());
  }
}

void Examples::add(Example example, const std::string& where) {
  const std::size_t number = texts_.size();
  texts_.push_back(std::move(example.text));
  if (kind_ == HeadKind::classification) {
    const auto [found, is_new] = index_.try_emplace(example.label.text, words_.size());
    if (is_new) words_.push_back({std::move(example.label), number, 0});
    ++words_[found->second].examples;
    word_of_.push_back(found->second);
    return;
  }
  if (number == 0) targets_ = example.values.size();
  if (example.values.size() != targets_)
    throw Error(ExitCode::failed, where + ": has " + std::to_string(example.values.size()) +
                                      " numbers, " + this->where(0) + " has " +
                                      std::to_string(targets_));
  values_.insert(values_.end(), example.values.begin(), example.values.end());
}

std::string Examples::where(std::size_t example) const {
  const Place& place = places_[example];
  return names_[place.file] + ":" + std::to_string(place.line);
}

}  // namespace aiops::train
