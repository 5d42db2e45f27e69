// SPDX-License-Identifier: Apache-2.0
#include "pack/delta/rebuilt.hpp"

#include "base/error.hpp"
#include "pack/ingest.hpp"

#include <unistd.h>

#include <algorithm>
#include <utility>

namespace aiops::pack {
namespace {

constexpr std::uint64_t kBlock = 1u << 20;

// What a file in the workplace, or somewhere on this machine, is opened as when it is asked for.
DeltaSteps::Step whole_step(const DeltaSteps::Step& step) {
  Descriptor layer = step.layer;
  layer.digest = step.becomes();
  if (step.delta) layer.size = step.delta->size;
  return {std::move(layer), std::nullopt};
}

}  // namespace

RebuiltFiles::RebuiltFiles(Repository& from, const Manifest& manifest, const std::string& what,
                           LocalFiles local, std::filesystem::path workplace, const StopFlag& stop)
    : from_(from),
      what_(what),
      steps_(manifest, what),
      local_(std::move(local)),
      workplace_(std::move(workplace)),
      stop_(stop) {
  for (const Descriptor& layer : manifest.layers) {
    const auto delta = delta_layer(layer, what);
    if (!delta || delta->path.empty()) continue;
    for (const auto& step : steps_.to(delta->whole)) ++needed_[step.layer.digest];
  }
}

std::optional<std::filesystem::path> RebuiltFiles::find(const Descriptor& layer) const {
  return local_ ? local_(layer) : std::nullopt;
}

// A whole file that lies here already is as good as a blob. Should it turn out to have other bytes
// after all, the place that was asked has better ones.
Blob RebuiltFiles::blob(const Descriptor& layer) {
  if (const auto here = find(layer)) {
    const auto use_here = std::make_shared<bool>(true);
    Blob blob{layer, {}, {}};
    blob.stream = [this, layer, here, use_here](std::uint64_t offset, const Sink& sink) {
      if (*use_here) return file_blob(*here, layer).stream(offset, sink);
      const auto steps = steps_.to(layer.digest);
      if (steps.size() == 1) return from_.blob(layer).stream(offset, sink);
      rebuild(steps, offset, sink);
    };
    blob.elsewhere = [use_here] { return std::exchange(*use_here, false); };
    return blob;
  }
  auto steps = steps_.to(layer.digest);
  if (steps.size() == 1) return from_.blob(layer);
  Blob blob{layer, {}, {}};
  blob.stream = [this, steps = std::move(steps)](std::uint64_t offset, const Sink& sink) {
    rebuild(steps, offset, sink);
  };
  return blob;
}

// Only what comes after the last step that lies here as a whole file.
RebuiltFiles::Steps RebuiltFiles::from_here(Steps steps) const {
  for (std::size_t i = steps.size() - 1; i-- > 0;) {
    auto whole = whole_step(steps[i]);
    if (!find(whole.layer)) continue;
    steps.erase(steps.begin(), steps.begin() + static_cast<std::ptrdiff_t>(i));
    steps.front() = std::move(whole);
    break;
  }
  return steps;
}

// Where a blob can be read anywhere it stays where it is; else it is fetched, with a journal.
ByteSource RebuiltFiles::source_of(const DeltaSteps::Step& step) {
  const Descriptor& layer = step.layer;
  if (!step.delta)
    if (const auto here = find(layer)) return file_source(*here);
  try {
    const Blob blob = from_.blob(layer);
    if (blob.read_at) return blob_source(blob, blob_name(layer));
    ingest(workplace_, blob, [this](std::uint64_t) { stop_.check(); });
  } catch (Error& error) {
    if (error.code != ExitCode::not_found) throw;
    throw Error(ExitCode::not_found,
                what_ + ": " + blob_name(layer) + ", which a difference needs, is gone",
                "pull into a run that still has the checkpoint before it, or push this one again");
  }
  ByteSource source = file_source(blob_path(workplace_, layer.digest));
  source.what = blob_name(layer);
  return source;
}

InOrder RebuiltFiles::opened(const Steps& steps) {
  InOrder bytes;
  for (const auto& step : steps) {
    ByteSource source = source_of(step);
    if (!step.delta)
      bytes = in_order(std::move(source));
    else
      bytes = rebuilt_in_order(std::move(source), std::move(bytes), step.delta->whole,
                               step.delta->size, step.delta->base, *threads_);
  }
  return bytes;
}

void RebuiltFiles::rebuild(const Steps& all, std::uint64_t offset, const Sink& sink) {
  const Steps steps = from_here(all);
  for (const auto& step : steps) source_of(step);  // fetched beside what another file is doing
  const std::lock_guard lock(rebuilding_);
  if (!threads_) threads_ = std::make_unique<ThreadPool>();
  const InOrder read = opened(steps);
  const std::uint64_t size = steps.back().delta->size;
  std::vector<std::byte> block(std::min(kBlock, size));
  for (std::uint64_t at = 0; at < size; at += block.size()) {
    stop_.check();
    block.resize(std::min<std::uint64_t>(block.size(), size - at));
    read(block);
    const std::uint64_t skip = std::min<std::uint64_t>(offset - std::min(offset, at), block.size());
    if (skip < block.size()) sink(std::span<const std::byte>(block).subspan(skip));
  }
  forget(all);
}

void RebuiltFiles::forget(const Steps& steps) {
  const std::lock_guard lock(counting_);
  for (const auto& step : steps) {
    const auto needed = needed_.find(step.layer.digest);
    if (needed == needed_.end() || needed->second == 0 || --needed->second > 0) continue;
    ::unlink(blob_path(workplace_, step.layer.digest).c_str());
  }
}

}  // namespace aiops::pack
