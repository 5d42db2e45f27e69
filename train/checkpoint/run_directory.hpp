// SPDX-License-Identifier: Apache-2.0
// OUT, the directory of a run: checkpoints step-N, the links `latest` and `best`, and at the end
// model/.
#pragma once

#include "base/status.hpp"
#include "pack/digest_memory.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace aiops::train {

// "step-N"
std::string step_name(std::int64_t step);

struct StepDirectory {
  std::int64_t step;
  std::filesystem::path path;
};
// What becomes of a directory that cannot be listed: it may be asked on the way to something else.
enum class Unlisted { passed_over, refused };
// The checkpoints below `out`, newest step first; not verified.
std::vector<StepDirectory> checkpoints_of(const std::filesystem::path& out,
                                          Unlisted unlisted = Unlisted::passed_over);

// The checkpoint that OUT/latest or OUT/best names ("step-N"); empty when there is no such link.
inline constexpr std::string_view kLatest = "latest";
inline constexpr std::string_view kBest = "best";
std::string linked_checkpoint(const std::filesystem::path& out, std::string_view link);
// Points OUT/`link` to OUT/`name` at once.
void link_checkpoint(const std::filesystem::path& out, std::string_view link,
                     const std::string& name);

// The checkpoint that `out` stands for: what OUT/latest names; where that is not there, the newest
// one whose files have their sizes. Empty when there is none.
std::string latest_checkpoint(const std::filesystem::path& out);
// Points OUT/latest to `checkpoint`, one of OUT's, where the link is missing or names none.
void restore_latest(const std::filesystem::path& out, const std::filesystem::path& checkpoint);

// The newest checkpoint below `out` that verifies; warns about newer ones that do not.
std::optional<std::filesystem::path> newest_checkpoint(const std::filesystem::path& out,
                                                       Status& status);

// Which checkpoints stay: the newest ones, those whose step is a multiple of `milestones` (0:
// none), and what `latest` and `best` name.
struct Retention {
  std::int64_t newest = 2;
  std::int64_t milestones = 0;
};
void prune_checkpoints(const std::filesystem::path& out, const Retention& retention);

// Removes what a run that was killed left half-made. Only under the run's lock.
void remove_leftovers(const std::filesystem::path& out);

// Puts OUT/model.tmp in place of OUT/model at once.
std::filesystem::path replace_model(const std::filesystem::path& out);

// OUT/model: the files of the checkpoint without training/, put in place of an older one at once.
// Weights are links to the checkpoint's, which changes their state: `digests` is told.
std::filesystem::path publish_model(const std::filesystem::path& out,
                                    const std::filesystem::path& checkpoint,
                                    pack::DigestMemory& digests);

}  // namespace aiops::train
