// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/digest.hpp"
#include "base/status.hpp"
#include "base/stop.hpp"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aiops::train {

struct CorpusOptions {
  // Files, or directories that are searched for .txt, .text, .md, .rst and .jsonl, plain or
  // compressed (.gz, .xz, .zst, .bz2), in the order of their paths.
  std::vector<std::filesystem::path> paths;
  std::string field = "text";  // of a line of a .jsonl file
  std::string separator = {};  // a line that ends a document in a text file; empty: none does
  // Of labelled texts: the members that hold the label, or the numbers. Directories are searched
  // for .jsonl, .csv and .tsv then.
  std::vector<std::string> labels = {};
};

// A file of the data, as provenance names it.
struct DataFile {
  std::string path;
  std::string sha256;  // hex, of the file as it is on disk
  std::uint64_t bytes = 0;
};

// The files that the options name, hashed. Throws not_found naming a path that is not there.
std::vector<DataFile> find_data(const CorpusOptions& options, const StopFlag& stop);

// ".jsonl" of "a.jsonl" and of "a.jsonl.gz".
std::string data_suffix(const std::filesystem::path& path);
// Whether a file is read as lines of JSON: .jsonl, plain or compressed.
bool is_json_lines(const std::filesystem::path& path);

std::uint64_t total_bytes(const std::vector<DataFile>& files);

// One digest for the data and how it is read. Names do not count: a renamed file is the same data.
Digest digest_of(const std::vector<DataFile>& files, const CorpusOptions& options);

enum class NoText { refused, allowed };

// The documents of the data, in memory.
class Corpus {
 public:
  // Throws Error{failed} naming file and line where a document cannot be read, and when there is
  // no text at all, unless that is allowed.
  Corpus(const std::vector<DataFile>& files, const CorpusOptions& options, Status& status,
         const StopFlag& stop, NoText no_text = NoText::refused);
  Corpus(Corpus&&) = default;

  std::span<const std::string_view> documents() const { return documents_; }
  std::uint64_t bytes() const { return bytes_; }

 private:
  void add_text(const CorpusOptions& options);
  void add_json_lines(const DataFile& file, const CorpusOptions& options);
  void add_document(std::string_view text);

  std::vector<std::string> texts_;  // whole files; a moved string of this size keeps its place
  std::vector<std::string_view> documents_;
  std::uint64_t bytes_ = 0;
};

}  // namespace aiops::train
