// SPDX-License-Identifier: Apache-2.0
#include "base/output_file.hpp"

#include "base/error.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <charconv>

namespace aiops {
namespace {

namespace fs = std::filesystem;

constexpr int kMostLinks = 40;  // as the kernel has it: path_resolution(7)

fs::path directory_of(const fs::path& file) {
  return file.has_parent_path() ? file.parent_path() : ".";
}

// Something is there, and a rename over it would take away more than bytes.
bool is_special(const fs::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0)
    return !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode);
  if (errno == ENOENT) return false;
  throw system_error(path.string(), errno);
}

// Whether /dev/stdout, /dev/fd/N or /proc/self/fd/N led here: a link to what the shell opened.
bool is_descriptor(const fs::path& path) {
  std::error_code failure;
  const fs::path descriptors = fs::canonical("/proc/self/fd", failure);
  return !failure && fs::canonical(directory_of(path), failure) == descriptors;
}

// By reading link after link, since the file at the end need not be there. Stops at a descriptor.
fs::path end_of_links(fs::path path) {
  const std::string named = path.string();
  for (int links = 0; links <= kMostLinks; ++links) {
    std::error_code failure;
    if (!fs::is_symlink(fs::symlink_status(path, failure)) || is_descriptor(path)) return path;
    const fs::path next = fs::read_symlink(path, failure);
    if (failure) throw system_error(named, failure.value());
    path = path.parent_path() / next;  // an absolute `next` stands alone
  }
  throw system_error(named, ELOOP);
}

Fd another_of(const fs::path& descriptor) {
  const std::string number = descriptor.filename();
  int fd = -1;
  std::from_chars(number.data(), number.data() + number.size(), fd);
  Fd copy(::fcntl(fd, F_DUPFD_CLOEXEC, 0));
  if (!copy) throw system_error(descriptor.string(), errno);
  return copy;
}

}  // namespace

fs::path replaceable_file(const fs::path& path) {
  fs::path end = path;
  if (is_special(path) || is_descriptor(end = end_of_links(path)))
    throw Error(ExitCode::usage, path.string() + ": is no regular file, and is not replaced",
                "give the name of a file");
  return end;
}

OutputFile::OutputFile(const fs::path& path, NoReader no_reader) : path_(path) {
  if (is_special(path)) {
    special_ =
        open_file(path, O_WRONLY | O_NOCTTY | (no_reader == NoReader::fail ? O_NONBLOCK : 0));
    return;
  }
  std::error_code ignored;  // said before the work, which the rename would do after it
  if (fs::is_directory(path, ignored)) throw system_error(path.string(), EISDIR);
  path_ = end_of_links(path);
  if (is_descriptor(path_)) {  // a file that the shell opened, perhaps to append to it
    special_ = another_of(path_);
    return;
  }
  file_.emplace(directory_of(path_));
}

void OutputFile::write(std::string_view text) {
  if (file_)
    file_->write(text);
  else
    write_fully(special_.get(), std::as_bytes(std::span(text)), path_);
}

void OutputFile::commit(unsigned mode) {
  if (file_) file_->commit(path_, mode);
  special_.reset();  // who reads the FIFO sees its end
}

void write_output(const fs::path& path, std::string_view bytes, unsigned mode, NoReader no_reader) {
  OutputFile file(path, no_reader);
  file.write(bytes);
  file.commit(mode);
}

}  // namespace aiops
