// SPDX-License-Identifier: Apache-2.0
#include "pack/pack.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/thread_pool.hpp"
#include "pack/layout_repository.hpp"
#include "pack/media_type.hpp"
#include "pack/tar.hpp"

#include <fcntl.h>

#include <algorithm>
#include <atomic>
#include <optional>

namespace aiops::pack {
namespace {

constexpr std::size_t kBlock = 1 << 20;

// A file on its way into a layer: read once, and noticed when somebody writes to it meanwhile.
class Reading {
 public:
  Reading(const SourceFile& file, const std::function<void(std::uint64_t)>& moved)
      : file_(file),
        moved_(moved),
        fd_(open_file(file.real, O_RDONLY | O_NOFOLLOW)),
        before_(FileState::of(fd_.get(), file.real)) {
    if (before_.size != file_.size) changed();
  }

  const FileState& before() const { return before_; }

  void run(const Sink& sink) {
    ::posix_fadvise(fd_.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
    std::vector<std::byte> block(std::min<std::uint64_t>(kBlock, file_.size + 1));
    std::uint64_t read = 0;
    while (const auto n = read_fully(fd_.get(), block, file_.real)) {
      read += n;
      if (read > file_.size) changed();
      sink(std::span(block).first(n));
      moved_(n);
    }
    const auto after = FileState::of(fd_.get(), file_.real);
    if (read != file_.size || after.size != before_.size || after.modified != before_.modified)
      changed();
    is_unchanged_ = after.is_same(before_);
  }
  // Of what was read: nothing about it has changed meanwhile, not even its links.
  bool is_unchanged() const { return is_unchanged_; }

 private:
  [[noreturn]] void changed() const {
    throw Error(ExitCode::failed, printable(file_.path) + ": it changed while it was packed",
                "run the command again when nobody writes to it");
  }

  const SourceFile& file_;
  const std::function<void(std::uint64_t)>& moved_;
  Fd fd_;
  FileState before_;
  bool is_unchanged_ = false;
};

void write_tar(const SourceFile& file, Reading& reading, const Sink& sink) {
  TarWriter tar(sink, file.path);
  tar.begin_file(file.path, file.size, file.executable ? 0755 : 0644);
  reading.run([&](std::span<const std::byte> bytes) { tar.write(bytes); });
  tar.finish();
}

// A file whose digest is known is not read where the place has its bytes already. Where it must be
// copied, what was known does not count any more.
Descriptor store_raw(const SourceFile& file, LayoutRepository& into, DigestMemory& digests,
                     const std::function<void(std::uint64_t)>& moved, Status& status) {
  Reading reading(file, moved);
  const std::string type = modelpack_media_type(file.kind, LayerEncoding::raw);
  const auto known = digests.find(reading.before());
  if (known) {
    Descriptor layer{type, *known, file.size, {}, {}};
    if (into.has(layer)) return moved(file.size), layer;
  }
  auto layer = into.absorb(type, [&](const Sink& sink) { reading.run(sink); });
  if (reading.is_unchanged()) digests.note(reading.before(), layer.digest);
  if (known && *known != layer.digest)
    status.warn(printable(file.path) +
                ": its bytes are not those that were hashed earlier, though nothing else of it "
                "changed: is the disk sound?");
  return layer;
}

PackedLayer pack_raw(const SourceFile& file, LayoutRepository& into, DigestMemory& digests,
                     const std::function<void(std::uint64_t)>& moved, Status& status) {
  Descriptor layer = store_raw(file, into, digests, moved, status);
  layer.annotations = modelpack_annotations(file, LayerEncoding::raw);
  const Digest digest = layer.digest;
  return {&file, std::move(layer), digest};
}

PackedLayer pack_archive(const SourceFile& file, LayerEncoding encoding, LayoutRepository& into,
                         const std::function<void(std::uint64_t)>& moved) {
  Reading reading(file, moved);
  std::optional<Digest> diff_id;
  auto descriptor = into.absorb(modelpack_media_type(file.kind, encoding), [&](const Sink& sink) {
    if (encoding == LayerEncoding::tar) return write_tar(file, reading, sink);
    Hasher hasher;
    ZstdWriter zstd(sink, file.path);
    write_tar(file, reading, [&](std::span<const std::byte> bytes) {
      hasher.update(bytes);
      zstd.write(bytes);
    });
    zstd.finish();
    diff_id = hasher.finish();
  });
  descriptor.annotations = modelpack_annotations(file, encoding);
  const Digest uncompressed = diff_id.value_or(descriptor.digest);
  return {&file, std::move(descriptor), uncompressed};
}

// The layers in the order of the files, whatever order they were done in.
std::vector<PackedLayer> pack_layers(const std::vector<SourceFile>& files, std::uint64_t total,
                                     LayoutRepository& into, const PackOptions& options,
                                     Status& status, const StopFlag& stop) {
  Task task(status, "Packing", total);
  const std::function<void(std::uint64_t)> moved = [&](std::uint64_t n) {
    stop.check();
    task.advance(n);
  };
  DigestMemory none;
  DigestMemory& digests = options.digests != nullptr ? *options.digests : none;
  std::vector<std::optional<PackedLayer>> done(files.size());
  std::atomic<bool> failed = false;
  ThreadPool pool(std::clamp<std::size_t>(options.jobs, 1, files.size()));
  pool.run(files.size(), [&](std::size_t i) {
    if (failed) return;
    try {
      stop.check();
      done[i] = options.layers == LayerEncoding::raw
                    ? pack_raw(files[i], into, digests, moved, status)
                    : pack_archive(files[i], options.layers, into, moved);
      status.detail("packed " + printable(files[i].path) + " " +
                    done[i]->descriptor.digest.short_form());
    } catch (...) {
      failed = true;
      throw;
    }
  });
  std::vector<PackedLayer> layers;
  for (auto& layer : done) layers.push_back(std::move(*layer));
  return layers;
}

}  // namespace

PackResult pack_model(const std::vector<SourceFile>& files, const ModelFile& model,
                      const ModelFacts& facts, Repository& into, std::string_view tag,
                      const PackOptions& options, Status& status, const StopFlag& stop) {
  auto* layout = dynamic_cast<LayoutRepository*>(&into);
  if (layout == nullptr)
    throw Error(ExitCode::usage, into.name() + ": a directory is packed into a local place",
                "pack into the store, oci: or archive:, and push from there");
  std::uint64_t total = 0;
  for (const auto& file : files) total += file.size;
  const auto layers = pack_layers(files, total, *layout, options, status, stop);
  const auto config = memory_blob(modelpack_config(layers, model, facts, options.created),
                                  media_type::kModelConfig);
  layout->push(config, {});
  auto manifest = modelpack_manifest(layers, config.descriptor);
  layout->push_manifest(manifest, tag);
  return {std::move(manifest), files.size(), total};
}

}  // namespace aiops::pack
