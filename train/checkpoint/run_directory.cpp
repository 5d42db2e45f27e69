// SPDX-License-Identifier: Apache-2.0
#include "train/checkpoint/run_directory.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "train/checkpoint/checkpoint.hpp"
#include "train/checkpoint/filesystem_errors.hpp"

#include <algorithm>
#include <charconv>

namespace aiops::train {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "step-";
constexpr const char* kFreshModel = "model.tmp";

// A file whose digest was known before another name was made for it.
struct Linked {
  std::string name;
  pack::FileState before;
  Digest digest;
};

// Weights are linked, since two copies of them may not fit; what a person may edit is copied.
std::optional<Linked> link_or_copy(const fs::path& from, const fs::path& to,
                                   pack::DigestMemory& digests) {
  const auto state = pack::FileState::at(from);
  const auto digest = state ? digests.find(*state) : std::nullopt;
  std::error_code failure = std::make_error_code(std::errc::not_supported);
  if (from.extension() == ".safetensors") fs::create_hard_link(from, to, failure);
  if (failure) fs::copy_file(from, to);
  if (failure || !digest) return std::nullopt;
  return Linked{to.filename().string(), *state, *digest};
}

// Another name, and the end of an older one, change a file's ctime and nothing else of it.
void note_linked(const fs::path& directory, const Linked& file, pack::DigestMemory& digests) {
  const auto now = pack::FileState::at(directory / file.name);
  if (!now) return;
  pack::FileState expected = *now;
  expected.changed = file.before.changed;
  if (expected.is_same(file.before)) digests.note_written(directory / file.name, *now, file.digest);
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

// What OUT/latest names, where it is there.
std::string checkpoint_at_latest(const fs::path& out) {
  std::string linked = linked_checkpoint(out, kLatest);
  std::error_code ignored;
  return fs::exists(out / linked / kManifestPath, ignored) ? linked : std::string();
}

}  // namespace

std::string step_name(std::int64_t step) { return std::string(kPrefix) + std::to_string(step); }

std::vector<StepDirectory> checkpoints_of(const fs::path& out, Unlisted unlisted) {
  std::vector<StepDirectory> found;
  std::error_code failure;
  for (fs::directory_iterator at(out, failure), end; !failure && at != end; at.increment(failure))
    if (const auto step = step_of(at->path().filename().string())) found.push_back({*step, *at});
  if (failure && unlisted == Unlisted::refused) throw system_error(out.string(), failure.value());
  std::ranges::sort(found, std::greater<>(), &StepDirectory::step);
  return found;
}

std::string linked_checkpoint(const fs::path& out, std::string_view link) {
  std::error_code failure;
  const std::string name = fs::read_symlink(out / link, failure).string();
  return !failure && step_of(name) ? name : std::string();
}

void link_checkpoint(const fs::path& out, std::string_view link, const std::string& name) {
  translated([&] {
    const fs::path temporary = out / ("." + std::string(link) + ".tmp");
    fs::remove(temporary);
    fs::create_symlink(name, temporary);
    fs::rename(temporary, out / link);
    sync_directory(out);
  });
}

std::string latest_checkpoint(const fs::path& out) {
  if (std::string linked = checkpoint_at_latest(out); !linked.empty()) return linked;
  for (const StepDirectory& checkpoint : checkpoints_of(out)) {
    try {
      verify_checkpoint(checkpoint.path, Depth::sizes);
      return checkpoint.path.filename().string();
    } catch (const Error&) {  // torn: an older one may be whole
    }
  }
  return "";
}

void restore_latest(const fs::path& out, const fs::path& checkpoint) {
  std::error_code ignored;
  if (checkpoint_at_latest(out).empty() && fs::equivalent(out, checkpoint / "..", ignored))
    link_checkpoint(out, kLatest, fs::weakly_canonical(checkpoint).filename().string());
}

std::optional<fs::path> newest_checkpoint(const fs::path& out, Status& status) {
  for (const StepDirectory& checkpoint : checkpoints_of(out)) {
    try {
      verify_checkpoint(checkpoint.path);
      return checkpoint.path;
    } catch (const Error& error) {
      status.warn("passing over a checkpoint: " + error.message);
    }
  }
  return std::nullopt;
}

void prune_checkpoints(const fs::path& out, const Retention& retention) {
  const std::string latest = linked_checkpoint(out, kLatest);
  const std::string best = linked_checkpoint(out, kBest);
  std::int64_t newer = 0;
  for (const StepDirectory& checkpoint : checkpoints_of(out)) {
    const std::string name = checkpoint.path.filename().string();
    if (newer++ < retention.newest || name == latest || name == best ||
        (retention.milestones > 0 && checkpoint.step % retention.milestones == 0))
      continue;
    translated([&] {
      fs::path going = checkpoint.path;
      going += ".tmp";  // out of sight first: a killed run must not leave half a step-N
      fs::rename(checkpoint.path, going);
      fs::remove_all(going);
    });
  }
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

fs::path replace_model(const fs::path& out) {
  const fs::path model = out / "model";
  const fs::path old = out / "model.old";
  return translated([&] {
    fs::remove_all(old);
    sync_directory(out / kFreshModel);
    if (fs::exists(model)) fs::rename(model, old);
    fs::rename(out / kFreshModel, model);
    sync_directory(out);
    fs::remove_all(old);
    return model;
  });
}

fs::path publish_model(const fs::path& out, const fs::path& checkpoint,
                       pack::DigestMemory& digests) {
  const fs::path fresh = out / kFreshModel;
  std::vector<Linked> linked;
  translated([&] {
    fs::remove_all(fresh);
    make_directories(fresh);
    for (const auto& entry : fs::directory_iterator(checkpoint)) {
      if (!entry.is_regular_file()) continue;
      auto file = link_or_copy(entry.path(), fresh / entry.path().filename(), digests);
      if (file) linked.push_back(std::move(*file));
    }
  });
  fs::path model = replace_model(out);
  for (const Linked& file : linked) note_linked(model, file, digests);
  return model;
}

}  // namespace aiops::train
