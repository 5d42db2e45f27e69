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
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <optional>

namespace aiops::pack {
namespace {

constexpr std::size_t kBlock = 1 << 20;

// A file on its way into a layer: read once, and noticed when somebody writes to it meanwhile.
class Reading {
 public:
  Reading(const SourceFile& file, const std::function<void(std::uint64_t)>& moved)
      : file_(file), moved_(moved), fd_(open_file(file.real, O_RDONLY | O_NOFOLLOW)) {
    before_ = status();
    ::posix_fadvise(fd_.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
  }

  void run(const Sink& sink) {
    if (static_cast<std::uint64_t>(before_.st_size) != file_.size) changed();
    std::vector<std::byte> block(std::min<std::uint64_t>(kBlock, file_.size + 1));
    std::uint64_t read = 0;
    while (const auto n = read_fully(fd_.get(), block, file_.real)) {
      read += n;
      if (read > file_.size) changed();
      sink(std::span(block).first(n));
      moved_(n);
    }
    const struct stat after = status();
    if (read != file_.size || after.st_size != before_.st_size ||
        after.st_mtim.tv_sec != before_.st_mtim.tv_sec ||
        after.st_mtim.tv_nsec != before_.st_mtim.tv_nsec)
      changed();
  }

 private:
  struct stat status() const {
    struct stat now {};
    if (::fstat(fd_.get(), &now) != 0) throw system_error(file_.real.string(), errno);
    return now;
  }

  [[noreturn]] void changed() const {
    throw Error(ExitCode::failed, printable(file_.path) + ": it changed while it was packed",
                "run the command again when nobody writes to it");
  }

  const SourceFile& file_;
  const std::function<void(std::uint64_t)>& moved_;
  Fd fd_;
  struct stat before_ {};
};

void write_tar(const SourceFile& file, Reading& reading, const Sink& sink) {
  TarWriter tar(sink, file.path);
  tar.begin_file(file.path, file.size, file.executable ? 0755 : 0644);
  reading.run([&](std::span<const std::byte> bytes) { tar.write(bytes); });
  tar.finish();
}

PackedLayer pack_layer(const SourceFile& file, LayerEncoding encoding, LayoutRepository& into,
                       const std::function<void(std::uint64_t)>& moved) {
  Reading reading(file, moved);
  std::optional<Digest> diff_id;
  auto descriptor = into.absorb(modelpack_media_type(file.kind, encoding), [&](const Sink& sink) {
    if (encoding == LayerEncoding::raw) return reading.run(sink);
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
  std::vector<std::optional<PackedLayer>> done(files.size());
  std::atomic<bool> failed = false;
  ThreadPool pool(std::clamp<std::size_t>(options.jobs, 1, files.size()));
  pool.run(files.size(), [&](std::size_t i) {
    if (failed) return;
    try {
      stop.check();
      done[i] = pack_layer(files[i], options.layers, into, moved);
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
