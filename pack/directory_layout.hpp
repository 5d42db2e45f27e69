// SPDX-License-Identifier: Apache-2.0
// An OCI image layout in a directory (image-spec image-layout.md).
#pragma once

#include "base/fd.hpp"
#include "pack/layout_repository.hpp"
#include "pack/store.hpp"

#include <filesystem>
#include <mutex>

namespace aiops::pack {

// An flock held from here to the end of the scope.
class FileLock {
 public:
  enum class Mode { shared, exclusive, try_exclusive };
  FileLock() = default;
  // Locks `path`, which must exist. Never waits with try_exclusive: is_held() then tells. File
  // systems that know no locks count as held, because nothing better can be had there.
  FileLock(const std::filesystem::path& path, Mode mode);
  bool is_held() const { return held_; }

 private:
  Fd fd_;
  bool held_ = false;
};

class DirectoryLayout final : public LayoutRepository {
 public:
  // A layout that is not there is an error with Create::no; a store, known by its prefix, is empty.
  DirectoryLayout(const std::filesystem::path& directory, Create create, std::string name,
                  std::string prefix);

  bool has(const Descriptor& blob) override;
  Blob blob(const Descriptor& descriptor) override;
  BlobFate push(const Blob& blob, const std::function<void(std::uint64_t)>& moved) override;
  void push_manifest(const Document& document, std::string_view tag) override;
  Descriptor absorb(std::string_view media_type,
                    const std::function<void(const Sink&)>& produce) override;

 protected:
  LayoutIndex read_index() override;
  void update_index(const std::function<void(LayoutIndex&)>& change) override;
  std::string read_small(const Digest& digest) override;
  void write_small(const Document& document) override;

 private:
  // From the first look for a blob to the end of this object no `store gc` may run: the manifest
  // that will refer to the blob is not written yet.
  void keep_collector_out();

  std::filesystem::path directory_;
  bool is_absent_ = false;  // a store that is not there yet, opened for reading
  std::once_flag kept_out_;
  FileLock collector_lock_;
};

// The steps that maintenance shares with the class above.
LayoutIndex read_layout_index(const std::filesystem::path& layout);
void update_layout_index(const std::filesystem::path& layout,
                         const std::function<void(LayoutIndex&)>& change);
// True when `directory` has an oci-layout file.
bool is_layout(const std::filesystem::path& directory);
void create_layout(const std::filesystem::path& directory);

}  // namespace aiops::pack
