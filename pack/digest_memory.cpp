// SPDX-License-Identifier: Apache-2.0
#include "pack/digest_memory.hpp"

#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <array>
#include <charconv>
#include <cstdlib>
#include <string>

namespace aiops::pack {
namespace {

constexpr std::size_t kMostBytes = 4 << 20;  // about 20,000 entries
constexpr std::string_view kVersion = "1";

std::string check_of(std::string_view line) {
  return std::string(sha256_of(line).hex().substr(0, 16));
}

std::string line_of(const FileState& state, const Digest& digest) {
  std::string line(kVersion);
  for (const std::uint64_t number : {state.device, state.inode, state.size})
    line += " " + std::to_string(number);
  for (const std::int64_t time : {state.modified, state.changed, state.seen})
    line += " " + std::to_string(time);
  line += " " + digest.str() + " ";
  return line + check_of(line) + "\n";
}

// Takes the next field off `line`; fields are parted by one space.
std::string_view next_field(std::string_view& line) {
  const auto space = line.find(' ');
  const auto field = line.substr(0, space);
  line.remove_prefix(space == std::string_view::npos ? line.size() : space + 1);
  return field;
}

template <typename Number>
bool read_number(std::string_view field, Number& into) {
  const auto [end, failure] = std::from_chars(field.data(), field.data() + field.size(), into);
  return failure == std::errc() && end == field.data() + field.size();
}

bool is_only_ours(int fd) {
  struct stat status {};
  return ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == ::geteuid() &&
         (status.st_mode & 022U) == 0;
}

}  // namespace

// One from the future says nothing: the clock was set back, and may have stamped a time twice.
bool DigestMemory::Entry::holds_for(const FileState& now) const {
  return state.is_same(now) && state.is_at_rest() && state.seen <= now.seen;
}

void DigestMemory::read_line(std::string_view line) {
  const auto check = line.rfind(' ');
  if (check == std::string_view::npos ||
      line.substr(check + 1) != check_of(line.substr(0, check + 1)))
    return;
  std::string_view rest = line.substr(0, check);
  if (next_field(rest) != kVersion) return;
  FileState state;
  for (std::uint64_t* number : {&state.device, &state.inode, &state.size})
    if (!read_number(next_field(rest), *number)) return;
  for (std::int64_t* time : {&state.modified, &state.changed, &state.seen})
    if (!read_number(next_field(rest), *time)) return;
  if (!Digest::is_valid(rest)) return;
  entries_.insert_or_assign({state.device, state.inode}, Entry{state, Digest::parse(rest)});
}

void DigestMemory::load() {
  if (loaded_) return;
  loaded_ = true;
  if (file_.empty()) return;
  std::string text;
  try {
    const Fd fd(::open(file_.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!fd) return;
    is_ours_ = is_only_ours(fd.get());
    if (!is_ours_) return;
    text.resize(std::min<std::uint64_t>(file_size(fd.get(), file_), 4 * kMostBytes));
    text.resize(read_fully(fd.get(), std::as_writable_bytes(std::span(text)), file_));
  } catch (const Error&) {
    return;
  }
  if (text.size() > kMostBytes) {
    text.erase(0, text.find('\n', text.size() - kMostBytes / 2) + 1);
    // Lines that others append meanwhile are lost: that costs a file read.
    try_replace_file(file_, text);
  }
  for (std::size_t at = 0, end = 0; (end = text.find('\n', at)) != std::string::npos; at = end + 1)
    read_line(std::string_view(text).substr(at, end - at));
}

std::optional<Digest> DigestMemory::find(const FileState& state) {
  if (trust_ == Trust::no) return std::nullopt;
  const std::lock_guard lock(mutex_);
  load();
  const auto found = entries_.find({state.device, state.inode});
  if (found == entries_.end() || !found->second.holds_for(state)) return std::nullopt;
  return found->second.digest;
}

void DigestMemory::note(const FileState& state, const Digest& digest) {
  if (!state.is_at_rest()) return;
  const std::lock_guard lock(mutex_);
  load();
  const auto [at, is_first] =
      entries_.try_emplace({state.device, state.inode}, Entry{state, digest});
  const Entry& known = at->second;
  if (!is_first && known.holds_for(state) && known.digest == digest) return;
  at->second = {state, digest};
  if (file_.empty() || !is_ours_) return;
  try {
    make_directories(file_.parent_path());
    const Fd fd = open_file(file_, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK, 0600);
    if (!is_only_ours(fd.get())) return;
    const std::string line = line_of(state, digest);
    write_fully(fd.get(), std::as_bytes(std::span(line)), file_);
  } catch (const Error&) {  // no place to remember: the file will be read again
  }
}

void DigestMemory::note_written(const std::filesystem::path& path, const FileState& written,
                                const Digest& digest) {
  if (const auto state = come_to_rest(path, written)) note(*state, digest);
}

}  // namespace aiops::pack
