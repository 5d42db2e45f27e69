// SPDX-License-Identifier: Apache-2.0
#include "train/checkpoint.hpp"

#include "base/digest.hpp"
#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/file.hpp"
#include "train/model_directory.hpp"
#include "train/weights.hpp"

#include <fcntl.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>

namespace aiops::train {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kManifest = "training/manifest.json";
constexpr std::string_view kPrefix = "step-";

// The regular files below a checkpoint but the manifest, as sorted relative paths.
std::vector<std::string> files_of(const fs::path& directory) {
  std::vector<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    const auto name = entry.path().lexically_relative(directory).string();
    if (entry.is_regular_file() && name != kManifest) files.push_back(name);
  }
  std::sort(files.begin(), files.end());
  return files;
}

void seal(const fs::path& directory) {
  auto files = OrderedJson::array();
  for (const std::string& name : files_of(directory))
    files.push_back({{"path", name},
                     {"bytes", fs::file_size(directory / name)},
                     {"sha256", file_sha256(directory / name)}});
  write_file_atomically(directory / kManifest, OrderedJson{{"files", files}}.dump(2) + "\n");
}

void link_latest(const fs::path& out, const std::string& name) {
  const fs::path temporary = out / ".latest.tmp";
  fs::remove(temporary);
  fs::create_symlink(name, temporary);
  fs::rename(temporary, out / "latest");
  sync_directory(out);
}

// Weights are linked, since two copies of them may not fit; what a person may edit is copied.
void link_or_copy(const fs::path& from, const fs::path& to) {
  std::error_code failure = std::make_error_code(std::errc::not_supported);
  if (from.extension() == ".safetensors") fs::create_hard_link(from, to, failure);
  if (failure) fs::copy_file(from, to);
}

// N of "step-N"; nothing for other names.
std::optional<std::int64_t> step_of(const std::string& name) {
  if (!name.starts_with(kPrefix)) return std::nullopt;
  std::int64_t step = 0;
  const char* last = name.data() + name.size();
  const auto [end, failure] = std::from_chars(name.data() + kPrefix.size(), last, step);
  if (failure != std::errc() || end != last || step < 0) return std::nullopt;
  return step;
}

// Newest first.
std::vector<std::pair<std::int64_t, fs::path>> checkpoints_of(const fs::path& out) {
  std::vector<std::pair<std::int64_t, fs::path>> found;
  std::error_code failure;
  for (fs::directory_iterator at(out, failure), end; !failure && at != end; at.increment(failure))
    if (const auto step = step_of(at->path().filename().string())) found.emplace_back(*step, *at);
  std::sort(found.rbegin(), found.rend());
  return found;
}

// Filesystem calls of the standard library, as Errors.
template <typename Action>
auto translated(const Action& action) {
  try {
    return action();
  } catch (const fs::filesystem_error& error) {
    throw system_error(error.path1().string(), error.code().value());
  }
}

}  // namespace

std::string file_sha256(const fs::path& path) {
  const Fd file = open_file(path, O_RDONLY);
  Hasher hasher;
  std::vector<std::byte> block(1 << 20);
  while (const std::size_t got = read_fully(file.get(), block, path))
    hasher.update({block.data(), got});
  return std::string(hasher.finish().hex());
}

fs::path write_checkpoint(const fs::path& out, const TrainerState& state, Model& model,
                          Optimiser& optimiser, const Tokenizer& tokenizer,
                          const std::string& card) {
  const std::string name = std::string(kPrefix) + std::to_string(state.step);
  const fs::path temporary = out / (name + ".tmp");
  return translated([&] {
    try {
      fs::remove_all(temporary);
      make_directories(temporary / "training");
      write_model_directory(temporary, model, tokenizer, card);
      save_tensors(temporary / "training/optimizer.safetensors", optimiser.state());
      write_file_atomically(temporary / "training/trainer_state.json", state.to_text());
      sync_directory(temporary);
      seal(temporary);
      sync_directory(temporary / "training");
    } catch (...) {
      std::error_code ignored;
      fs::remove_all(temporary, ignored);
      throw;
    }
    fs::remove_all(out / name);  // left by a run that went back; this one has the same step
    fs::rename(temporary, out / name);
    sync_directory(out);
    link_latest(out, name);
    return out / name;
  });
}

void verify_checkpoint(const fs::path& directory) {
  const std::string what = directory.string();
  const fs::path manifest = directory / kManifest;
  std::error_code ignored;
  if (!fs::exists(manifest, ignored))
    throw verification_error(Reason::missing_file,
                             what + ": no " + std::string(kManifest) + ": not a whole checkpoint");
  const Json json = parse_json(read_file(manifest), manifest.string());
  const auto present = translated([&] { return files_of(directory); });
  std::vector<std::string> named;
  try {
    for (const Json& file : json.at("files")) {
      const auto name = file.at("path").get<std::string>();
      named.push_back(name);
      if (!std::ranges::binary_search(present, name))
        throw verification_error(Reason::missing_file, what + ": " + name + " is missing");
      if (file_sha256(directory / name) != file.at("sha256").get<std::string>())
        throw verification_error(Reason::digest_mismatch,
                                 what + ": " + name + " is not what was written");
    }
  } catch (const Json::exception& error) {
    throw Error(ExitCode::failed, manifest.string() + ": not a manifest: " + error.what());
  }
  if (std::ranges::find(named, "training/trainer_state.json") == named.end())
    throw verification_error(Reason::missing_file, what + ": it names no trainer state");
}

std::optional<fs::path> newest_checkpoint(const fs::path& out, Status& status) {
  for (const auto& [step, path] : checkpoints_of(out)) {
    try {
      verify_checkpoint(path);
      return path;
    } catch (const Error& error) {
      status.warn("passing over a checkpoint: " + error.message);
    }
  }
  return std::nullopt;
}

TrainerState read_state(const fs::path& checkpoint) {
  const fs::path path = checkpoint / "training/trainer_state.json";
  return TrainerState::parse(read_file(path), path.string());
}

void load_checkpoint(const fs::path& checkpoint, Model& model, Optimiser& optimiser) {
  load_weights(ModelFiles::in_directory(checkpoint), model);
  load_tensors(ModelFiles::in_directory(checkpoint / "training").open("optimizer.safetensors"),
               optimiser.state());
}

void prune_checkpoints(const fs::path& out, std::int64_t keep) {
  const auto all = checkpoints_of(out);
  translated([&] {
    for (std::size_t i = static_cast<std::size_t>(keep); i < all.size(); ++i) {
      fs::path going = all[i].second;
      going += ".tmp";  // out of sight first: a killed run must not leave half a step-N
      fs::rename(all[i].second, going);
      fs::remove_all(going);
    }
  });
}

void remove_leftovers(const fs::path& out) {
  translated([&] {
    for (const fs::path& directory : {out, out / "cache"}) {
      if (!fs::exists(directory)) continue;
      for (const auto& entry : fs::directory_iterator(directory)) {
        const std::string name = entry.path().filename().string();
        if (name.ends_with(".tmp") || name.starts_with(".tmp-") || name == "model.old")
          fs::remove_all(entry.path());
      }
    }
  });
}

fs::path publish_model(const fs::path& out, const fs::path& checkpoint) {
  const fs::path model = out / "model";
  const fs::path fresh = out / "model.tmp";
  const fs::path old = out / "model.old";
  return translated([&] {
    fs::remove_all(fresh);
    fs::remove_all(old);
    make_directories(fresh);
    for (const auto& entry : fs::directory_iterator(checkpoint))
      if (entry.is_regular_file()) link_or_copy(entry.path(), fresh / entry.path().filename());
    sync_directory(fresh);
    if (fs::exists(model)) fs::rename(model, old);
    fs::rename(fresh, model);
    sync_directory(out);
    fs::remove_all(old);
    return model;
  });
}

}  // namespace aiops::train
