// SPDX-License-Identifier: Apache-2.0
#include "pack/delta/artifact.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "pack/delta/encoder.hpp"
#include "pack/ingest.hpp"
#include "pack/media_type.hpp"
#include "pack/read_only_repository.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace aiops::pack {
namespace {

constexpr std::uint64_t kSmallest = 4096;  // below, a difference is not worth its own blob

bool pays(std::uint64_t stored, std::uint64_t whole) { return stored <= whole - whole / 10; }

// Whole files as they lie here, differences from the workplace, and what these begin with from this
// machine or, should the place have lost it, not at all.
class DeltaSource final : public ReadOnlyRepository {
 public:
  DeltaSource(KnownArtifact whole, Repository& place, LocalFiles local)
      : whole_(std::move(whole)), place_(place), local_(std::move(local)) {}

  void keep(const Digest& digest, TempFile file) { deltas_.emplace(digest, std::move(file)); }
  void set_manifest(Document manifest) { manifest_ = std::move(manifest); }

  std::string name() const override { return whole_.source->name(); }
  Document fetch_manifest(std::string_view tag_or_digest) override {
    if (manifest_ && tag_or_digest == manifest_->descriptor.digest.str()) return *manifest_;
    throw Error(ExitCode::not_found, name() + ": no " + std::string(tag_or_digest));
  }
  bool has(const Descriptor& blob) override {
    return deltas_.contains(blob.digest) || whole_.source->has(blob);
  }

  Blob blob(const Descriptor& descriptor) override {
    const auto delta = deltas_.find(descriptor.digest);
    if (delta != deltas_.end()) return file_blob(delta->second.path(), descriptor);
    if (whole_.source->has(descriptor)) return whole_.source->blob(descriptor);
    // Of the base: the place has it, else nobody would ask for its bytes.
    Blob blob{descriptor, {}, {}};
    blob.stream = [this, descriptor](std::uint64_t offset, const Sink& sink) {
      const auto here = local_ ? local_(descriptor) : std::nullopt;
      return (here ? file_blob(*here, descriptor) : place_.blob(descriptor)).stream(offset, sink);
    };
    return blob;
  }

 private:
  KnownArtifact whole_;
  Repository& place_;
  LocalFiles local_;
  std::map<Digest, TempFile> deltas_;
  std::optional<Document> manifest_;
};

class Maker {
 public:
  Maker(KnownArtifact whole, const DeltaBase& base, const std::filesystem::path& workplace,
        Status& status, const StopFlag& stop)
      : base_(base),
        what_(base.place.name() + "@" + base.document.descriptor.digest.short_form()),
        steps_(base.manifest, what_),
        files_(base.place, base.manifest, what_, base.local, workplace / "base", stop),
        workplace_(workplace),
        status_(status),
        stop_(stop),
        whole_(Manifest::parse(whole.manifest.bytes, "manifest")),
        whole_digest_(whole.manifest.descriptor.digest) {
    for (const Descriptor& layer : whole_layers(base.manifest, what_))
      counterparts_.emplace(file_path_of(layer), layer);
    source_ = std::make_unique<DeltaSource>(std::move(whole), base.place, base.local);
  }

  DeltaArtifact run() {
    std::uint64_t total = 0;
    for (const Descriptor& layer : whole_.layers)
      if (const auto* before = counterpart(layer); before != nullptr && is_delta(layer, *before))
        total += layer.size;
    {
      Task task(status_, "Comparing", total);
      for (const Descriptor& layer : whole_.layers) add(layer, task);
    }
    Manifest manifest = whole_;
    manifest.artifact_type = media_type::kCheckpointDeltaManifest;
    manifest.layers = std::move(layers_);
    manifest.layers.insert(manifest.layers.end(), begins_.begin(), begins_.end());
    manifest.annotations[kWholeManifest] = whole_digest_.str();
    manifest.annotations[kBaseManifest] = base_.document.descriptor.digest.str();
    Document document =
        make_document(manifest.to_bytes(), manifest.media_type, manifest.artifact_type);
    source_->set_manifest(document);
    return {std::move(document), std::move(source_), counts_};
  }

 private:
  const Descriptor* counterpart(const Descriptor& layer) const {
    const auto found = counterparts_.find(file_path_of(layer));
    return found == counterparts_.end() ? nullptr : &found->second;
  }

  static bool is_delta(const Descriptor& layer, const Descriptor& before) {
    return file_path_of(layer).ends_with(".safetensors") && layer.size == before.size &&
           layer.size >= kSmallest && layer.digest != before.digest;
  }

  void add(const Descriptor& layer, Task& task) {
    stop_.check();
    const Descriptor* before = counterpart(layer);
    if (before != nullptr && before->digest == layer.digest) return add_unchanged(layer);
    if (before != nullptr && is_delta(layer, *before) && add_delta(layer, *before, task)) return;
    layers_.push_back(layer);
  }

  void add_unchanged(const Descriptor& layer) {
    ++counts_.unchanged;
    const auto steps = steps_.to(layer.digest);
    if (steps.size() == 1) return layers_.push_back(layer);
    const DeltaLayer& delta = *steps.back().delta;
    DeltaLayer says{file_path_of(layer), delta.whole, delta.size, delta.base};
    layers_.push_back(describe_delta(steps.back().layer.digest, steps.back().layer.size, says));
    add_begin(delta.base);
  }

  bool add_delta(const Descriptor& layer, const Descriptor& before, Task& task) {
    const std::string path = file_path_of(layer);
    const ByteSource whole = named(blob_source(source_->blob(layer), {}), path);
    DeltaInput input{
        whole, named(base_file(before), what_ + " " + path), layer.digest, before.digest, {}, 0};
    input.sections = safetensors_sections(whole);
    input.self_contained = input.sections.front().length;
    TempFile file(workplace_);
    const auto encoded = encode_delta(input, file, threads_, [&](std::uint64_t bytes) {
      stop_.check();
      task.advance(bytes);
    });
    status_.detail(path + ": its difference takes " + std::to_string(encoded.size) + " of " +
                   std::to_string(layer.size) + " bytes");
    if (!pays(encoded.size, layer.size)) return false;
    layers_.push_back(describe_delta(encoded.digest, encoded.size,
                                     {path, layer.digest, layer.size, before.digest}));
    add_begin(before.digest);
    source_->keep(encoded.digest, std::move(file));
    ++counts_.deltas;
    counts_.whole_bytes += layer.size;
    counts_.stored_bytes += encoded.size;
    return true;
  }

  static ByteSource named(ByteSource source, std::string what) {
    source.what = std::move(what);
    return source;
  }

  // From this machine, else made from what the place has.
  ByteSource base_file(const Descriptor& layer) {
    if (const auto here = base_.local ? base_.local(layer) : std::nullopt)
      return file_source(*here);
    const auto layout = workplace_ / "whole";
    ingest(layout, files_.blob(layer), [this](std::uint64_t) { stop_.check(); });
    return file_source(blob_path(layout, layer.digest));
  }

  // What a difference to `whole` needs to be rebuilt, each blob once.
  void add_begin(const Digest& whole) {
    for (const auto& step : steps_.to(whole)) {
      if (!listed_.insert(step.layer.digest).second) continue;
      begins_.push_back(
          step.delta ? describe_delta(step.layer.digest, step.layer.size,
                                      {{}, step.delta->whole, step.delta->size, step.delta->base})
                     : describe_base(step.layer.digest, step.layer.size));
    }
  }

  const DeltaBase& base_;
  std::string what_;
  DeltaSteps steps_;
  RebuiltFiles files_;
  std::filesystem::path workplace_;
  Status& status_;
  const StopFlag& stop_;
  Manifest whole_;
  Digest whole_digest_;
  std::map<std::string, Descriptor> counterparts_;  // in the base, by path
  std::unique_ptr<DeltaSource> source_;
  ThreadPool threads_;
  std::vector<Descriptor> layers_, begins_;
  std::set<Digest> listed_;
  DeltaCounts counts_;
};

}  // namespace

DeltaArtifact make_delta(KnownArtifact whole, const DeltaBase& base,
                         const std::filesystem::path& workplace, Status& status,
                         const StopFlag& stop) {
  return Maker(std::move(whole), base, workplace, status, stop).run();
}

}  // namespace aiops::pack
