// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pack/repository.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace aiops::bench {

// The place that artifacts of noise come from. A blob starts with bytes from the system's random
// numbers, so no two are ever the same, and goes on with a pool of noise larger than the windows
// that compressors look back. It costs a copy to read, as a file in the page cache does.
class NoiseRepository final : public pack::Repository {
 public:
  explicit NoiseRepository(std::uint64_t seed);

  // An artifact of `count` new blobs of `size` bytes each. Its blobs can be read from here.
  pack::Document make(std::size_t count, std::uint64_t size);

  std::string name() const override { return "noise"; }
  pack::Document fetch_manifest(std::string_view tag_or_digest) override;
  bool has(const pack::Descriptor& blob) override;
  pack::Blob blob(const pack::Descriptor& descriptor) override;
  pack::BlobFate push(const pack::Blob&, const std::function<void(std::uint64_t)>&) override;
  void push_manifest(const pack::Document&, std::string_view) override;
  std::vector<pack::Descriptor> referrers(const Digest&) override { return {}; }
  std::vector<std::string> tags() override { return {}; }

 private:
  struct Noise;
  std::shared_ptr<const std::string> pool_;
  std::vector<pack::Blob> blobs_;  // of the artifact made last
};

// A place where everything is checked against its digest and nothing is kept.
class NullRepository final : public pack::Repository {
 public:
  std::string name() const override { return "nowhere"; }
  pack::Document fetch_manifest(std::string_view tag_or_digest) override;
  bool has(const pack::Descriptor&) override { return false; }
  pack::Blob blob(const pack::Descriptor& descriptor) override;
  pack::BlobFate push(const pack::Blob& blob,
                      const std::function<void(std::uint64_t)>& moved) override;
  void push_manifest(const pack::Document&, std::string_view) override {}
  std::vector<pack::Descriptor> referrers(const Digest&) override { return {}; }
  std::vector<std::string> tags() override { return {}; }
};

}  // namespace aiops::bench
