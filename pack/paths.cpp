// SPDX-License-Identifier: Apache-2.0
#include "pack/paths.hpp"

#include "base/dynamic_library.hpp"
#include "base/encoding.hpp"
#include "base/error.hpp"

#include <algorithm>
#include <array>
#include <codecvt>
#include <cstdint>
#include <locale>

namespace aiops::pack {
namespace {

[[noreturn]] void refuse(std::string_view what, std::string_view path, const std::string& why) {
  throw Error(ExitCode::failed,
              std::string(what) + ": the path '" + printable(path.substr(0, 300)) + "' " + why);
}

// ICU's library and its symbols carry its version in their names.
constexpr int kNewestIcu = 80, kOldestIcu = 60;

// ICU's NFKC_Casefold, opened only for paths that are not plain ASCII.
class CaseFold {
 public:
  CaseFold() {
    for (int version = kNewestIcu; version > kOldestIcu; --version)
      if (open(version, "")) return;
    open(kOldestIcu, "apt-get install libicu72");
  }

  std::u16string operator()(const std::u16string& text) const {
    int status = 0;
    const auto* folder = instance_(&status);
    std::u16string folded(text.size() * 18 + 1, u'\0');  // NFKC grows at most 18-fold
    const auto size = normalize_(folder, text.data(), static_cast<std::int32_t>(text.size()),
                                 folded.data(), static_cast<std::int32_t>(folded.size()), &status);
    if (status > 0) throw Error(ExitCode::failed, "ICU could not fold the case of a path");
    folded.resize(static_cast<std::size_t>(size));
    return folded;
  }

 private:
  using Instance = const void*(int*);
  using Normalize = std::int32_t(const void*, const char16_t*, std::int32_t, char16_t*,
                                 std::int32_t, int*);

  // False when this version is not installed; with a `mend` that is an Error.
  bool open(int version, const char* mend) {
    const auto suffix = std::to_string(version);
    try {
      const DynamicLibrary library(("libicuuc.so." + suffix).c_str(), mend);
      instance_ = library.function<Instance>(("unorm2_getNFKCCasefoldInstance_" + suffix).c_str());
      normalize_ = library.function<Normalize>(("unorm2_normalize_" + suffix).c_str());
      return true;
    } catch (const Error&) {
      if (*mend != '\0') throw;
      return false;
    }
  }

  Instance* instance_ = nullptr;
  Normalize* normalize_ = nullptr;
};

}  // namespace

void check_relative_path(std::string_view path, std::string_view what) {
  if (path.empty()) refuse(what, path, "is empty");
  if (path.front() == '/') refuse(what, path, "is absolute");
  if (path.size() > 4096) refuse(what, path, "is longer than 4096 bytes");
  if (!is_utf8(path)) refuse(what, path, "is not UTF-8");
  for (const char c : path)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      refuse(what, path, "has a control character");
  for (std::size_t start = 0; start <= path.size();) {
    const auto end = std::min(path.find('/', start), path.size());
    const auto part = path.substr(start, end - start);
    if (part.empty()) refuse(what, path, "has an empty part");
    if (part == "." || part == "..") refuse(what, path, "has a part '" + std::string(part) + "'");
    if (part.size() > 255) refuse(what, path, "has a part longer than 255 bytes");
    start = end + 1;
  }
}

std::string folded_path(std::string_view path) {
  const bool ascii = std::all_of(path.begin(), path.end(),
                                 [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  std::string folded(path);
  if (ascii) {
    for (char& c : folded)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return folded;
  }
  static const CaseFold fold;
  std::wstring_convert<std::codecvt_utf8_utf16<char16_t>, char16_t> convert;
  return convert.to_bytes(fold(convert.from_bytes(folded)));
}

void PathSet::add(std::string_view path, std::string_view what) {
  const auto folded = folded_path(path);
  if (folded_directories_.contains(folded))
    refuse(what, path, "is a file here and a directory of another file");
  if (!folded_files_.insert(folded).second)
    refuse(what, path, "is there twice, or differs from another only in case");
  for (auto slash = folded.find('/'); slash != std::string::npos;
       slash = folded.find('/', slash + 1)) {
    const auto directory = folded.substr(0, slash);
    if (folded_files_.contains(directory))
      refuse(what, path, "lies in a directory that is a file too");
    folded_directories_.insert(directory);
  }
}

}  // namespace aiops::pack
