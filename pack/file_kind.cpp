// SPDX-License-Identifier: Apache-2.0
#include "pack/file_kind.hpp"

#include "base/error.hpp"
#include "base/spelling.hpp"
#include "pack/media_type.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace aiops::pack {
namespace {

using Words = std::string_view;  // separated and surrounded by spaces: " .a .b "

constexpr Words kWeights =
    " .safetensors .gguf .ggml .bin .pt .pth .pt2 .ptl .mar .onnx .onnx_data .ckpt .h5 .keras"
    " .tflite .msgpack .npz .npy .pb .mlmodel .ot .llamafile .joblib .pkl .pickle .dduf .pdparams"
    " .nemo .caffemodel .pmml .weights .engine ";
constexpr Words kConfigs =
    " .json .yaml .yml .toml .ini .cfg .conf .xml .model .spm .vocab .tiktoken .jinja .bpe"
    " .proto .properties ";
constexpr Words kConfigNames = " merges.txt vocab.txt vocab.bpe added_tokens.txt ";
constexpr Words kDocs =
    " .md .rst .adoc .html .pdf .png .jpg .jpeg .gif .svg .webp .txt .bib .cff ";
constexpr Words kDatasets =
    " .parquet .csv .tsv .jsonl .ndjson .arrow .tfrecord .tfrecords .feather .lance .webdataset ";
constexpr Words kCode =
    " .py .ipynb .sh .bash .c .cc .cpp .h .hpp .cu .cuh .js .ts .rs .go .java .lua .r .jl .ps1"
    " .bat .mojo ";
constexpr Words kCodeNames = " makefile dockerfile requirements.txt cmakelists.txt ";
constexpr std::uint64_t kLargeUnknown = 128'000'000;

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

bool is_word(Words words, std::string_view word) {
  return !word.empty() && word.find(' ') == std::string_view::npos &&
         words.find(" " + std::string(word) + " ") != Words::npos;
}

std::string last_part(std::string_view path) { return lower(path.substr(path.rfind('/') + 1)); }

std::string extension(std::string_view name) {
  const auto dot = name.rfind('.');
  return dot == std::string_view::npos ? std::string() : std::string(name.substr(dot));
}

bool is_licence_or_readme(std::string_view name) {
  constexpr std::array<std::string_view, 8> kStarts = {
      "readme", "license", "licence", "copying", "notice", "use_policy", "changelog", "citation"};
  return std::any_of(kStarts.begin(), kStarts.end(),
                     [&](std::string_view start) { return name.starts_with(start); });
}

// The media types that name a kind, by what they begin with; longer ones first.
struct Prefix {
  std::string_view text;
  FileKind kind;
};
constexpr std::array<Prefix, 22> kPrefixes = {{
    {"application/vnd.cncf.model.weight.config.", FileKind::config},
    {"application/vnd.cncf.model.weight.", FileKind::weight},
    {"application/vnd.cncf.model.doc.", FileKind::doc},
    {"application/vnd.cncf.model.code.", FileKind::code},
    {"application/vnd.cncf.model.dataset.", FileKind::dataset},
    {"application/vnd.kitops.modelkit.modelpart.", FileKind::weight},
    {"application/vnd.kitops.modelkit.model.", FileKind::weight},
    {"application/vnd.kitops.modelkit.dataset.", FileKind::dataset},
    {"application/vnd.kitops.modelkit.code.", FileKind::code},
    {"application/vnd.kitops.modelkit.docs.", FileKind::doc},
    {"application/vnd.kitops.modelkit.mcpb.", FileKind::code},
    {"application/vnd.docker.ai.gguf.", FileKind::weight},
    {"application/vnd.docker.ai.safetensors", FileKind::weight},
    {"application/vnd.docker.ai.dduf", FileKind::weight},
    {"application/vnd.docker.ai.mmproj", FileKind::weight},
    {"application/vnd.docker.ai.license", FileKind::doc},
    {"application/vnd.docker.ai.chat.template", FileKind::config},
    {"application/vnd.docker.ai.vllm.config", FileKind::config},
    {"application/vnd.ollama.image.model", FileKind::weight},
    {"application/vnd.ollama.image.projector", FileKind::weight},
    {"application/vnd.ollama.image.adapter", FileKind::weight},
    {"application/vnd.ollama.image.license", FileKind::doc},
}};

// A set such as [a-z0-9] or [!x]; `pattern` begins after the '['. Returns where it ends, 0 when it
// has no end.
std::size_t match_set(std::string_view pattern, char c, bool& matched) {
  std::size_t i = 0;
  const bool negated = !pattern.empty() && (pattern[0] == '!' || pattern[0] == '^');
  if (negated) ++i;
  bool found = false;
  for (bool first = true; i < pattern.size() && (first || pattern[i] != ']'); first = false) {
    const char low = pattern[i];
    const bool range = i + 2 < pattern.size() && pattern[i + 1] == '-' && pattern[i + 2] != ']';
    const char high = range ? pattern[i + 2] : low;
    found = found || (c >= low && c <= high);
    i += range ? 3 : 1;
  }
  matched = found != negated;
  return i < pattern.size() ? i + 1 : 0;
}

// One part against one part. On a mismatch only the last '*' is tried again, so the time is
// bounded by the product of the lengths.
bool glob_part(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0, star = std::string_view::npos, resume = 0;
  while (t < text.size()) {
    std::size_t width = 0;
    bool matched = false;
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
      continue;
    }
    if (p < pattern.size() && pattern[p] == '[')
      if (const auto end = match_set(pattern.substr(p + 1), text[t], matched)) width = end + 1;
    if (p < pattern.size() && width == 0) {
      matched = pattern[p] == '?' || pattern[p] == text[t];
      width = 1;
    }
    if (matched) {
      p += width;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

std::vector<std::string_view> parts_of(std::string_view path) {
  std::vector<std::string_view> parts;
  for (std::size_t start = 0; start <= path.size();) {
    const auto end = std::min(path.find('/', start), path.size());
    parts.push_back(path.substr(start, end - start));
    start = end + 1;
  }
  return parts;
}

}  // namespace

const std::vector<std::string>& file_kind_names() {
  static const std::vector<std::string> names = {"config", "weights", "code", "docs", "datasets"};
  return names;
}

const char* name_of(FileKind kind) {
  return file_kind_names()[static_cast<std::size_t>(kind)].c_str();
}

FileKind parse_file_kind(std::string_view word) {
  const auto& names = file_kind_names();
  const auto found = std::find(names.begin(), names.end(), word);
  if (found != names.end()) return static_cast<FileKind>(found - names.begin());
  const auto close = nearest(word, names);
  throw Error(ExitCode::usage, "unknown kind of file '" + std::string(word) + "'",
              close ? "write " + *close : "write weights, config, docs, code or datasets");
}

bool has_weight_extension(std::string_view path) {
  return is_word(kWeights, extension(last_part(path)));
}

FileKind kind_of_file(std::string_view path, std::uint64_t size) {
  const auto name = last_part(path);
  const auto suffix = extension(name);
  if (is_word(kWeights, suffix)) return FileKind::weight;
  if (is_word(kConfigNames, name)) return FileKind::config;
  if (is_word(kCodeNames, name)) return FileKind::code;
  if (is_word(kDatasets, suffix)) return FileKind::dataset;
  if (is_licence_or_readme(name)) return FileKind::doc;
  if (is_word(kConfigs, suffix)) return FileKind::config;
  if (is_word(kDocs, suffix)) return FileKind::doc;
  if (is_word(kCode, suffix)) return FileKind::code;
  return size > kLargeUnknown ? FileKind::weight : FileKind::code;
}

std::string_view model_layer_word(FileKind kind) {
  constexpr std::array<std::string_view, 5> kWords = {"weight.config", "weight", "code", "doc",
                                                      "dataset"};
  return kWords[static_cast<std::size_t>(kind)];
}

FileKind kind_of_layer(const Descriptor& layer, std::string_view path) {
  const auto found = std::find_if(kPrefixes.begin(), kPrefixes.end(), [&](const Prefix& prefix) {
    return layer.media_type.starts_with(prefix.text);
  });
  if (found == kPrefixes.end()) {
    if (layer.media_type.starts_with("application/vnd.ollama.image.")) return FileKind::config;
    return kind_of_file(path, layer.size);
  }
  // KitOps files the second and later shards under weight.config.
  if (found->kind == FileKind::config && has_weight_extension(path)) return FileKind::weight;
  return found->kind;
}

bool matches_glob(std::string_view pattern, std::string_view path) {
  while (pattern.starts_with("./")) pattern.remove_prefix(2);
  if (pattern.find('/') == std::string_view::npos && pattern != "**")
    return glob_part(pattern, path.substr(path.rfind('/') + 1));
  if (pattern.starts_with('/')) pattern.remove_prefix(1);
  const auto want = parts_of(pattern), have = parts_of(path);
  // reach[j]: the patterns so far match the first j parts.
  std::vector<bool> reach(have.size() + 1);
  reach[0] = true;
  for (const auto part : want) {
    std::vector<bool> next(have.size() + 1);
    for (std::size_t j = 0; j <= have.size(); ++j) {
      if (part == "**")
        next[j] = reach[j] || (j > 0 && next[j - 1]);
      else if (j > 0)
        next[j] = reach[j - 1] && glob_part(part, have[j - 1]);
    }
    reach = std::move(next);
  }
  return reach[have.size()];
}

bool matches_any(const std::vector<std::string>& patterns, std::string_view path) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const std::string& pattern) { return matches_glob(pattern, path); });
}

}  // namespace aiops::pack
