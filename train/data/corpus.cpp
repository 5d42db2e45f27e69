// SPDX-License-Identifier: Apache-2.0
#include "train/data/corpus.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/json.hpp"
#include "train/data/text_file.hpp"

#include <fcntl.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace aiops::train {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMostText = std::uint64_t{16} << 30;  // of one file
constexpr std::array<std::string_view, 5> kTexts{".txt", ".text", ".md", ".rst", ".jsonl"};
constexpr std::array<std::string_view, 3> kLabelled{".jsonl", ".csv", ".tsv"};
constexpr std::array kCompressions{".gz", ".xz", ".zst", ".bz2"};

// ".txt, .md or .rst"
std::string list_of(std::span<const std::string_view> suffixes) {
  std::string list;
  for (const std::string_view& suffix : suffixes) {
    if (!list.empty()) list += &suffix == &suffixes.back() ? " or " : ", ";
    list += suffix;
  }
  return list;
}

void search(const fs::path& directory, std::span<const std::string_view> suffixes,
            std::vector<fs::path>& found) {
  std::error_code failure;
  std::vector<fs::path> here;
  for (fs::recursive_directory_iterator at(directory, failure), end; !failure && at != end;
       at.increment(failure)) {
    const auto suffix = data_suffix(at->path());
    if (at->is_regular_file(failure) && std::ranges::find(suffixes, suffix) != suffixes.end())
      here.push_back(at->path());
  }
  if (failure) throw system_error(directory.string(), failure.value());
  std::sort(here.begin(), here.end());
  if (here.empty())
    throw Error(ExitCode::not_found,
                directory.string() + ": no " + list_of(suffixes) + " file below it");
  found.insert(found.end(), here.begin(), here.end());
}

// The data is read twice, for its digest and for its text: what gives its bytes once, or without
// end, is no data.
DataFile hash_file(const fs::path& path, const StopFlag& stop) {
  std::error_code ignored;
  if (fs::exists(path, ignored) && !fs::is_regular_file(path, ignored))
    throw Error(ExitCode::usage, path.string() + ": is not a regular file",
                "write what it gives to a file, and train on that");
  const Fd file = open_file(path, O_RDONLY);
  Hasher hasher;
  std::vector<std::byte> block(1 << 20);
  DataFile data{path.string(), {}, 0};
  while (const std::size_t got = read_fully(file.get(), block, path)) {
    stop.check();
    hasher.update({block.data(), got});
    data.bytes += got;
  }
  data.sha256 = hasher.finish().hex();
  return data;
}

// UTF-16 and UTF-32 say so with their first bytes; learnt as bytes they would be noise.
void refuse_wide_text(std::string_view text, const std::string& path) {
  using namespace std::string_view_literals;
  const bool little = text.starts_with("\xff\xfe"sv), big = text.starts_with("\xfe\xff"sv);
  const bool wide = text.starts_with("\xff\xfe\0\0"sv) || text.starts_with("\0\0\xfe\xff"sv);
  if (!little && !big && !wide) return;
  const std::string encoding = wide ? "UTF-32" : "UTF-16";
  throw Error(ExitCode::failed, path + ": is " + encoding + ", not UTF-8",
              "iconv -f " + encoding + " -t UTF-8 " + path + " > corpus.txt");
}

// Files that hold texts in a form of their own, which learnt as bytes would be noise too.
void refuse_containers(std::string_view text, const std::string& path) {
  struct Form {
    std::string_view name, begin;
    std::size_t at = 0;
  };
  constexpr std::array<Form, 6> kForms{{{"a Parquet file", "PAR1"},
                                        {"an Arrow file", "ARROW1"},
                                        {"a zip archive", "PK\x03\x04"},
                                        {"a PDF", "%PDF-"},
                                        {"an SQLite database", "SQLite format 3"},
                                        {"a tar archive", "ustar", 257}}};
  if (text.find('\0') == std::string_view::npos) return;  // a text that happens to begin so
  for (const Form& form : kForms)
    if (text.size() > form.at && text.substr(form.at).starts_with(form.begin))
      throw Error(ExitCode::failed, path + ": is " + std::string(form.name) + ", not text",
                  "write the texts in it to .txt or .jsonl files");
}

// Every byte has a token, so nothing is lost; but most often it is not what was meant.
void warn_of_bytes(std::string_view text, const std::string& path, Status& status) {
  if (!is_utf8(text)) status.warn(path + ": is not all UTF-8; what is not is learnt byte by byte");
}

}  // namespace

std::vector<DataFile> find_data(const CorpusOptions& options, const StopFlag& stop) {
  std::vector<fs::path> paths;
  const std::span<const std::string_view> suffixes =
      options.labels.empty() ? std::span<const std::string_view>(kTexts) : kLabelled;
  for (const fs::path& path : options.paths) {
    std::error_code ignored;
    if (fs::is_directory(path, ignored)) {
      search(path, suffixes, paths);
    } else {
      paths.push_back(path);
    }
  }
  std::vector<DataFile> files;
  for (const fs::path& path : paths) files.push_back(hash_file(path, stop));
  return files;
}

std::string data_suffix(const fs::path& path) {
  const auto last = path.extension().string();
  const bool compressed = std::ranges::find(kCompressions, last) != kCompressions.end();
  return compressed ? path.stem().extension().string() : last;
}

bool is_json_lines(const fs::path& path) { return data_suffix(path) == ".jsonl"; }

std::uint64_t total_bytes(const std::vector<DataFile>& files) {
  std::uint64_t total = 0;
  for (const DataFile& file : files) total += file.bytes;
  return total;
}

Digest digest_of(const std::vector<DataFile>& files, const CorpusOptions& options) {
  Hasher hasher;
  for (const DataFile& file : files)
    hasher.update(file.sha256 + (is_json_lines(file.path) ? " jsonl\n" : " text\n"));
  hasher.update("field " + options.field + "\nseparator " + options.separator + "\n");
  for (const std::string& label : options.labels) hasher.update("label " + label + "\n");
  if (!options.labels.empty())
    for (const DataFile& file : files) hasher.update(data_suffix(file.path) + "\n");
  return hasher.finish();
}

Corpus::Corpus(const std::vector<DataFile>& files, const CorpusOptions& options, Status& status,
               const StopFlag& stop, NoText no_text) {
  Task task(status, "reading the data", total_bytes(files));
  texts_.reserve(files.size());  // views into the texts stay valid: short strings move otherwise
  for (const DataFile& file : files) {
    texts_.push_back(read_text_file(file.path, kMostText, stop));
    refuse_wide_text(texts_.back(), file.path);
    refuse_containers(texts_.back(), file.path);
    if (is_json_lines(file.path)) {
      add_json_lines(file, options);
    } else {
      warn_of_bytes(texts_.back(), file.path, status);
      add_text(options);
    }
    task.advance(file.bytes);
  }
  if (documents_.empty() && no_text == NoText::refused)
    throw Error(ExitCode::failed,
                (files.empty() ? "data.path" : files[0].path) + ": the data holds no text");
}

void Corpus::add_document(std::string_view text) {
  if (text.empty()) return;
  documents_.push_back(text);
  bytes_ += text.size();
}

void Corpus::add_text(const CorpusOptions& options) {
  const std::string_view text = texts_.back();
  if (options.separator.empty()) return add_document(text);
  std::size_t begin = 0;
  for (std::size_t line = 0; line < text.size();) {
    const std::size_t end = std::min(text.find('\n', line), text.size());
    std::string_view words = text.substr(line, end - line);
    if (words.ends_with('\r') && !options.separator.ends_with('\r')) words.remove_suffix(1);
    if (words == options.separator) {
      add_document(text.substr(begin, line - begin));
      begin = std::min(end + 1, text.size());
    }
    line = end + 1;
  }
  add_document(text.substr(begin));
}

// The documents are gathered into one text, which then takes the file's place.
void Corpus::add_json_lines(const DataFile& file, const CorpusOptions& options) {
  const std::string lines = std::move(texts_.back());
  std::string gathered;
  std::vector<std::size_t> ends;
  std::size_t number = 0;
  for (std::size_t at = 0; at < lines.size();) {
    const std::size_t end = std::min(lines.find('\n', at), lines.size());
    const std::string_view line = std::string_view(lines).substr(at, end - at);
    at = end + 1;
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    const std::string where = file.path + ":" + std::to_string(number);
    const Json value = parse_json(line, where, {64u << 20, 64});
    const auto found = value.is_object() ? value.find(options.field) : value.end();
    if (found == value.end() || !found->is_string())
      throw Error(ExitCode::failed, where + ": no text '" + options.field + "'",
                  "set data.field to the member that holds the text");
    gathered += found->get_ref<const std::string&>();
    ends.push_back(gathered.size());
  }
  texts_.back() = std::move(gathered);
  std::size_t begin = 0;
  for (const std::size_t end : ends) {
    add_document(std::string_view(texts_.back()).substr(begin, end - begin));
    begin = end;
  }
}

}  // namespace aiops::train
