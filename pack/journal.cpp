// SPDX-License-Identifier: Apache-2.0
#include "pack/journal.hpp"

#include "base/error.hpp"
#include "base/file.hpp"

#include <fcntl.h>

#include <algorithm>

namespace aiops::pack {
namespace {

constexpr std::size_t kSlot = 512;
constexpr std::uint64_t kStates = kSlot;
constexpr std::uint64_t kSegments = 3 * kSlot;

// A slot's text without its padding.
std::string text_of(std::string slot) {
  slot.erase(std::min(slot.find('\n'), slot.size()));
  return slot;
}

void write_slot(int fd, std::string text, std::uint64_t offset, const std::filesystem::path& path) {
  text.resize(kSlot, '\n');
  pwrite_fully(fd, std::as_bytes(std::span(text)), offset, path);
}

std::string header_of(const std::string& digest, std::uint64_t size, const std::string& boot) {
  const std::string line =
      "aiops-journal-1 " + digest + " " + std::to_string(size) + " " + boot + " ";
  return line + std::string(sha256_of(line).hex().substr(0, 16));
}

}  // namespace

std::string boot_id() {
  try {
    return text_of(read_file("/proc/sys/kernel/random/boot_id", 128));
  } catch (const Error&) {
    return {};
  }
}

Journal::Journal(std::filesystem::path path, const Descriptor& blob, std::size_t segments,
                 std::string boot)
    : path_(std::move(path)),
      digest_(blob.digest.str()),
      size_(blob.size),
      segments_(segments),
      boot_(std::move(boot)) {}

std::optional<Hasher> Journal::saved_state(int fd, std::uint64_t slot) const {
  std::string text(kSlot, '\0');
  pread_fully(fd, std::as_writable_bytes(std::span(text)), kStates + slot * kSlot, path_);
  auto state = Hasher::restore(text_of(std::move(text)));
  const bool ours = state && state->size() <= size_ && digest_.starts_with(state->algorithm());
  return ours ? std::move(state) : std::nullopt;
}

std::optional<Journal::Claims> Journal::read() const {
  const Fd fd(::open(path_.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd) return std::nullopt;
  std::string slot(kSlot, '\0');
  pread_fully(fd.get(), std::as_writable_bytes(std::span(slot)), 0, path_);
  const std::string line = text_of(std::move(slot));
  // The header of the same blob in whatever boot this one was written.
  const auto check = line.rfind(' ');
  const auto boot = check == std::string::npos ? check : line.rfind(' ', check - 1);
  if (boot == std::string::npos) return std::nullopt;
  const std::string written_in = line.substr(boot + 1, check - boot - 1);
  if (header_of(digest_, size_, written_in) != line) return std::nullopt;
  Claims claims;
  claims.this_boot = !boot_.empty() && written_in == boot_;
  claims.segments.resize(segments_);
  pread_fully(fd.get(), std::as_writable_bytes(std::span(claims.segments)), kSegments, path_);
  for (char& segment : claims.segments) segment = segment == '1' ? 1 : 0;
  auto one = saved_state(fd.get(), 0);
  auto other = saved_state(fd.get(), 1);
  const bool other_is_newer = other && (!one || other->size() > one->size());
  claims.prefix = other_is_newer ? std::move(other) : std::move(one);
  return claims;
}

// Goes on with the file of an earlier process of this boot; otherwise begins a new one.
int Journal::open() {
  if (fd_) return fd_.get();
  const auto claims = read();
  const bool go_on = claims && claims->this_boot;
  fd_ = open_file(path_, O_RDWR | O_CREAT | O_NOFOLLOW | (go_on ? 0 : O_TRUNC), 0600);
  if (go_on) {  // what is overwritten first must not be the newer state
    const auto one = saved_state(fd_.get(), 0);
    const auto other = saved_state(fd_.get(), 1);
    next_slot_ = one && (!other || one->size() > other->size()) ? 1 : 0;
  } else {
    write_slot(fd_.get(), header_of(digest_, size_, boot_), 0, path_);
  }
  return fd_.get();
}

void Journal::claim(std::size_t segment) {
  const char there = '1';
  pwrite_fully(open(), std::as_bytes(std::span(&there, 1)), kSegments + segment, path_);
}

void Journal::save(const Hasher& prefix) {
  const int fd = open();
  write_slot(fd, prefix.save(), kStates + next_slot_ * kSlot, path_);
  next_slot_ ^= 1;
}

void Journal::remove() {
  fd_.reset();
  ::unlink(path_.c_str());
}

}  // namespace aiops::pack
