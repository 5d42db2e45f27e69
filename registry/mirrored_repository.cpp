// SPDX-License-Identifier: Apache-2.0
// Digests make mirrors harmless: a manifest asked for by digest is checked where it arrives, and a
// blob by whoever stores it, who then asks for another place (Blob::elsewhere). Only a tag is what
// the place says, and the user decides which places may say it (pull-from). Lists of tags and
// referrers change, and are the registry's own.
#include "registry/mirrored_repository.hpp"

#include "base/error.hpp"

#include <atomic>

namespace aiops::registry {
namespace {

using pack::Descriptor;
using PullFrom = Mirror::PullFrom;

struct Source {
  std::unique_ptr<pack::Repository> repository;
  PullFrom pull_from = PullFrom::all;
  bool is_registry = false;
  std::atomic<bool> out{false};  // not to be asked again

  bool serves(PullFrom wanted) const {
    return !out && (pull_from == PullFrom::all || pull_from == wanted);
  }
};

struct Sources {
  std::vector<std::unique_ptr<Source>> all;  // the registry last
  Status& status;

  // After a failure of `source`: whether another is to be asked.
  bool go_on_after(Source& source, const Error& error) const {
    const bool stopped = error.code == ExitCode::interrupted || error.code == ExitCode::terminated;
    if (source.is_registry || stopped) return false;
    if (error.code == ExitCode::not_found) return true;
    if (!source.out.exchange(true))
      status.warn("mirror " + source.repository->name() + " is left out: " + error.message);
    return true;
  }
};

// One blob, from wherever it is to be had.
class MirroredBlob {
 public:
  MirroredBlob(std::shared_ptr<Sources> sources, Descriptor descriptor)
      : sources_(std::move(sources)), descriptor_(std::move(descriptor)) {}

  void stream(std::uint64_t offset, const pack::Sink& sink) {
    std::uint64_t at = offset;
    bool sink_failed = false;
    const pack::Sink counting = [&](std::span<const std::byte> bytes) {
      sink_failed = true;  // unless it returns
      sink(bytes);
      sink_failed = false;
      at += bytes.size();
    };
    for (const auto& source : sources_->all) {
      if (!source->serves(PullFrom::digest_only)) continue;
      if (at == descriptor_.size && at > offset) return;
      delivering_ = source.get();
      try {
        return source->repository->blob(descriptor_).stream(at, counting);
      } catch (const Error& error) {
        if (sink_failed || !sources_->go_on_after(*source, error)) throw;
      }
    }
  }

  // The bytes were wrong: leaves out who sent the last of them. False when that was the registry.
  bool elsewhere() {
    Source* const last = delivering_;
    if (last == nullptr || last->is_registry) return false;
    return sources_->go_on_after(
        *last, verification_error(Reason::digest_mismatch,
                                  "it sent wrong bytes for " + pack::blob_name(descriptor_)));
  }

 private:
  std::shared_ptr<Sources> sources_;
  Descriptor descriptor_;
  std::atomic<Source*> delivering_{nullptr};
};

class MirroredRepository final : public pack::Repository {
 public:
  explicit MirroredRepository(std::shared_ptr<Sources> sources) : sources_(std::move(sources)) {}

  std::string name() const override { return registry().name(); }

  pack::Document fetch_manifest(std::string_view tag_or_digest) override {
    const auto wanted =
        Digest::is_valid(tag_or_digest) ? PullFrom::digest_only : PullFrom::tag_only;
    for (const auto& source : sources_->all) {
      if (!source->serves(wanted)) continue;
      try {
        auto document = source->repository->fetch_manifest(tag_or_digest);
        sources_->status.detail("manifest " + std::string(tag_or_digest) + " from " +
                                source->repository->name());
        return document;
      } catch (const Error& error) {
        if (!sources_->go_on_after(*source, error)) throw;
      }
    }
    throw Error(ExitCode::failed, name() + " has no source");  // the registry is always one
  }

  bool has(const Descriptor& blob) override { return registry().has(blob); }

  pack::Blob blob(const Descriptor& descriptor) override {
    const auto blob = std::make_shared<MirroredBlob>(sources_, descriptor);
    pack::Blob result{
        descriptor,
        [blob](std::uint64_t offset, const pack::Sink& sink) { blob->stream(offset, sink); },
        {}};
    result.elsewhere = [blob] { return blob->elsewhere(); };
    return result;
  }

  pack::BlobFate push(const pack::Blob& blob,
                      const std::function<void(std::uint64_t)>& moved) override {
    return registry().push(blob, moved);
  }

  void push_manifest(const pack::Document& document, std::string_view tag) override {
    registry().push_manifest(document, tag);
  }

  std::vector<Descriptor> referrers(const Digest& subject) override {
    return registry().referrers(subject);
  }

  std::vector<std::string> tags() override { return registry().tags(); }

 private:
  pack::Repository& registry() const { return *sources_->all.back()->repository; }

  std::shared_ptr<Sources> sources_;  // shared with the blobs given out
};

}  // namespace

std::unique_ptr<pack::Repository> open_mirrored(std::vector<MirrorSource> mirrors,
                                                std::unique_ptr<pack::Repository> registry,
                                                Status& status) {
  auto sources = std::make_shared<Sources>(Sources{{}, status});
  const auto add = [&](std::unique_ptr<pack::Repository> repository, PullFrom pull_from,
                       bool is_registry) {
    auto source = std::make_unique<Source>();
    source->repository = std::move(repository);
    source->pull_from = pull_from;
    source->is_registry = is_registry;
    sources->all.push_back(std::move(source));
  };
  for (auto& mirror : mirrors) add(std::move(mirror.repository), mirror.pull_from, false);
  add(std::move(registry), PullFrom::all, true);
  return std::make_unique<MirroredRepository>(std::move(sources));
}

}  // namespace aiops::registry
