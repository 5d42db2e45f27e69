// SPDX-License-Identifier: Apache-2.0
// The index.json of an OCI image layout, edited as JSON: members that this program does not know
// (platform, urls, other tools' own) stay as they are.
#pragma once

#include "base/json.hpp"
#include "pack/descriptor.hpp"

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace aiops::pack {

class LayoutIndex {
 public:
  LayoutIndex();  // no manifests
  // Throws Error{failed} naming `what`.
  static LayoutIndex parse(std::string_view bytes, std::string_view what);
  LayoutIndex(LayoutIndex&&) noexcept;
  LayoutIndex& operator=(LayoutIndex&&) noexcept;
  ~LayoutIndex();
  std::string to_bytes() const;

  struct Entry {
    Descriptor descriptor;  // without the ref.name
    std::string name;       // org.opencontainers.image.ref.name, empty when absent
  };
  const std::vector<Entry>& entries() const { return entries_; }

  std::optional<Descriptor> find(std::string_view name) const;
  std::optional<Descriptor> find(const Digest& digest) const;

  // `name` (may be empty) means this manifest from now on, and nothing else.
  void set(const Descriptor& descriptor, std::string_view name);
  // Removes the entries of this name. True when there was one.
  bool remove(std::string_view name);
  // Removes a manifest's entry that has no name: something else reaches it now.
  void remove_unnamed(const Digest& digest);

 private:
  void erase(std::size_t index);
  std::unique_ptr<Json> value_;
  std::vector<Entry> entries_;  // in step with value_["manifests"]
};

// True for what referrers_tag() makes: the fallback index of some manifest's referrers, not a tag
// of a person's.
bool is_referrers_tag(std::string_view name);
// Whether it is that of one of `digests`.
bool lists_referrers_of_any(std::string_view tag, const std::set<Digest>& digests);

}  // namespace aiops::pack
