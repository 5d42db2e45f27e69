// SPDX-License-Identifier: Apache-2.0
// What every OCI image layout does alike, wherever its files lie: tags and referrers over an
// index.json.
#pragma once

#include "pack/layout_index.hpp"
#include "pack/repository.hpp"

namespace aiops::pack {

class LayoutRepository : public Repository {
 public:
  // `prefix` is what this repository's tags begin with in index.json: "NAME:" in the local store.
  LayoutRepository(std::string name, std::string prefix)
      : name_(std::move(name)), prefix_(std::move(prefix)) {}

  std::string name() const override { return name_; }
  Document fetch_manifest(std::string_view tag_or_digest) override;
  void push_manifest(const Document& document, std::string_view tag) override;
  std::vector<Descriptor> referrers(const Digest& subject) override;
  std::vector<std::string> tags() override;

  // Stores bytes whose digest is not known yet: `produce` sends them into the sink it is given, and
  // they are hashed as they pass, so that what is packed is read once.
  virtual Descriptor absorb(std::string_view media_type,
                            const std::function<void(const Sink&)>& produce) = 0;

 protected:
  const std::string& prefix() const { return prefix_; }
  virtual LayoutIndex read_index() = 0;
  // Reads, changes and replaces the index while nobody else does.
  virtual void update_index(const std::function<void(LayoutIndex&)>& change) = 0;
  // A manifest's bytes, unverified. Throws not_found.
  virtual std::string read_small(const Digest& digest) = 0;
  virtual void write_small(const Document& document) = 0;

 private:
  Document read_document(const Digest& digest, std::string_view media_type);
  std::optional<Descriptor> find_tag(const LayoutIndex& index, std::string_view tag) const;
  [[noreturn]] void refuse_tag(const LayoutIndex& index, std::string_view tag) const;
  std::vector<std::string> tags_in(const LayoutIndex& index) const;
  void add_referrer(LayoutIndex& index, const Digest& subject, const Descriptor& referrer);
  Descriptor describe(const Descriptor& listed);

  std::string name_;
  std::string prefix_;
};

// Where a layout's manifests stay readable even if index.json is huge.
inline constexpr std::uint64_t kMostManifestBytes = 4u << 20;

}  // namespace aiops::pack
