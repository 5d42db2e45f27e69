// SPDX-License-Identifier: Apache-2.0
#include "train/model/files.hpp"

#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/units.hpp"

#include <fcntl.h>

#include <memory>

namespace aiops::train {
namespace {

namespace fs = std::filesystem;

ModelFiles::File open_in_directory(const fs::path& path) {
  const auto fd = std::make_shared<Fd>(open_file(path, O_RDONLY));
  const auto read_at = [fd, path](std::uint64_t offset, std::span<std::byte> buffer) {
    if (pread_fully(fd->get(), buffer, offset, path) != buffer.size())
      throw Error(ExitCode::failed, path.string() + ": ends too early");
  };
  return {path.string(), file_size(fd->get(), path), read_at};
}

ModelFiles::File open_layer(pack::Repository& repository, const pack::Descriptor& layer,
                            const std::string& model, const std::string& file) {
  const pack::Blob blob = repository.blob(layer);
  if (!blob.read_at)
    throw Error(ExitCode::failed, model + ": " + file + " cannot be read in place",
                "aiops pull " + model);
  return {model + "/" + file, layer.size, blob.read_at};
}

bool is_archive(const std::string& media_type) {
  return media_type.find(".tar") != std::string::npos;
}

}  // namespace

ModelFiles ModelFiles::in_directory(const fs::path& directory) {
  std::error_code failure;
  ModelFiles files;
  files.name_ = directory.string();
  for (fs::directory_iterator at(directory, failure), end; !failure && at != end;
       at.increment(failure)) {
    const fs::path path = at->path();
    if (at->is_regular_file(failure))
      files.files_.emplace(path.filename().string(), [path] { return open_in_directory(path); });
  }
  if (failure) throw system_error(directory.string(), failure.value());
  return files;
}

ModelFiles ModelFiles::of_file(const fs::path& file) {
  ModelFiles files;
  files.name_ = file.string();
  files.files_.emplace(file.filename().string(), [file] { return open_in_directory(file); });
  return files;
}

ModelFiles ModelFiles::in_artifact(pack::Repository& repository, const pack::Manifest& manifest,
                                   const std::string& name) {
  ModelFiles files;
  files.name_ = name;
  for (const pack::Descriptor& layer : manifest.layers) {
    if (is_archive(layer.media_type))
      throw Error(ExitCode::failed, name + ": its files are inside tar layers",
                  "aiops unpack " + name + " -d DIR, then aiops generate DIR");
    const std::string file = pack::file_path_of(layer);
    files.files_.emplace(file, [&repository, layer, name, file] {
      return open_layer(repository, layer, name, file);
    });
  }
  return files;
}

std::vector<std::string> ModelFiles::names() const {
  std::vector<std::string> names;
  for (const auto& [name, open] : files_) names.push_back(name);
  return names;
}

ModelFiles::File ModelFiles::open(std::string_view file) const {
  const auto found = files_.find(file);
  if (found == files_.end())
    throw Error(ExitCode::not_found, name_ + ": there is no " + std::string(file));
  return found->second();
}

std::string ModelFiles::read(std::string_view file, std::uint64_t limit) const {
  const File opened = open(file);
  if (opened.size > limit)
    throw Error(ExitCode::failed, opened.what + ": larger than " + format_bytes(limit));
  std::string bytes(opened.size, '\0');
  opened.read_at(0, std::as_writable_bytes(std::span(bytes)));
  return bytes;
}

}  // namespace aiops::train
