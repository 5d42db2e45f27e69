// SPDX-License-Identifier: Apache-2.0
#include "train/checkpoint/manifest.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "pack/paths.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace aiops::train {
namespace {

constexpr std::size_t kMostFiles = 100'000;

[[noreturn]] void refuse(std::string_view what, const std::string& why) {
  throw Error(ExitCode::failed, std::string(what) + ": not a manifest: " + why);
}

CheckpointManifest::File read_file_entry(const Json& entry, std::string_view what) {
  auto path = entry.at("path").get<std::string>();
  pack::check_relative_path(path, what);
  if (!entry.at("bytes").is_number_unsigned()) refuse(what, "the size of " + path);
  const auto digest = "sha256:" + entry.at("sha256").get<std::string>();
  if (!Digest::is_valid(digest)) refuse(what, "the digest of " + path);
  return {std::move(path), entry.at("bytes").get<std::uint64_t>(), Digest::parse(digest)};
}

}  // namespace

std::string CheckpointManifest::to_text() const {
  auto list = OrderedJson::array();
  for (const File& file : files)
    list.push_back(
        {{"path", file.path}, {"bytes", file.bytes}, {"sha256", std::string(file.sha256.hex())}});
  return OrderedJson{{"files", list}}.dump(2) + "\n";
}

CheckpointManifest CheckpointManifest::parse(std::string_view text, std::string_view what) {
  const Json json = parse_json(text, what, {64u << 20, 8});
  CheckpointManifest manifest;
  try {
    const Json& files = json.at("files");
    if (!files.is_array() || files.size() > kMostFiles) refuse(what, "its list of files");
    for (const Json& entry : files) manifest.files.push_back(read_file_entry(entry, what));
  } catch (const Json::exception& error) {
    refuse(what, error.what());
  }
  std::ranges::sort(manifest.files, {}, &File::path);
  const auto twice = std::ranges::adjacent_find(manifest.files, {}, &File::path);
  if (twice != manifest.files.end()) refuse(what, twice->path + " comes twice");
  return manifest;
}

const CheckpointManifest::File* CheckpointManifest::find(std::string_view path) const {
  const auto at = std::ranges::lower_bound(
      files, path, {}, [](const File& file) { return std::string_view(file.path); });
  return at != files.end() && at->path == path ? &*at : nullptr;
}

std::string weights_sha256(const CheckpointManifest& manifest) {
  std::string raw;
  for (const auto& file : manifest.files) {
    if (file.path == "model.safetensors" || file.path == "adapter_model.safetensors")
      return std::string(file.sha256.hex());
    if (file.path.starts_with("model-") && file.path.ends_with(".safetensors"))
      raw += from_hex(file.sha256.hex());
  }
  return std::string(sha256_of(raw).hex());
}

std::uint64_t CheckpointManifest::bytes() const {
  std::uint64_t total = 0;
  for (const File& file : files) total += file.bytes;
  return total;
}

}  // namespace aiops::train
