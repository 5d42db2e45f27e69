// SPDX-License-Identifier: Apache-2.0
// Looking after a layout in a directory: what is in it, what nobody needs, what is broken.
#pragma once

#include "base/digest.hpp"
#include "base/status.hpp"
#include "base/stop.hpp"
#include "pack/descriptor.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace aiops::pack {

struct NamedManifest {
  std::string name;  // as in index.json: "demo:1" in the store, "1" in a layout; may be empty
  Descriptor descriptor;
};
// The names of a layout, sorted; empty when there is no layout. Referrers' fallback tags are left
// out.
std::vector<NamedManifest> list_names(const std::filesystem::path& layout);

// Takes names away, all or none; blobs stay until collect_garbage(). Throws not_found naming the
// first that is not there.
void remove_names(const std::filesystem::path& layout, const std::vector<std::string>& names);

struct Garbage {
  std::vector<std::filesystem::path> files;  // blobs, partials and temporary files
  std::uint64_t bytes = 0;                   // on the disk
  std::vector<std::string> referrer_lists;   // fallback tags whose subject is gone
};
enum class Collect { look, remove };
// What no name leads to. Removing needs the layout to itself: throws failed while another process
// stores into it.
Garbage collect_garbage(const std::filesystem::path& layout, Collect collect);

struct LayoutSize {
  std::uint64_t blobs = 0;
  std::uint64_t bytes = 0;
};
LayoutSize measure_layout(const std::filesystem::path& layout);

struct Damage {
  std::string digest;
  std::string why;                 // "does not match its digest", "is missing"
  std::vector<std::string> names;  // the artifacts that need it
};
struct CheckResult {
  LayoutSize checked;
  std::vector<Damage> damage;
};
// Hashes every blob again, several at once, and looks for what manifests refer to in vain.
CheckResult check_layout(const std::filesystem::path& layout, std::size_t jobs, Status& status,
                         const StopFlag& stop);

}  // namespace aiops::pack
