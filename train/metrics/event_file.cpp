// SPDX-License-Identifier: Apache-2.0
// An event file is a sequence of TFRecords, each an Event in protocol buffer encoding: a key (field
// number and wire type) before every field, integers as varints, numbers little-endian. The five
// fields that are needed are written by hand rather than by a library.
#include "train/metrics/event_file.hpp"

#include "base/file.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <array>
#include <bit>
#include <cstring>

namespace aiops::train {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::uint32_t kPolynomial = 0x82F63B78;  // reflected
constexpr std::uint32_t kMask = 0xA282EAD8;

constexpr std::array<std::uint32_t, 256> crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? kPolynomial : 0);
    table[i] = crc;
  }
  return table;
}

template <typename T>
std::string bytes_of(T value) {
  std::string bytes(sizeof value, '\0');
  std::memcpy(bytes.data(), &value, sizeof value);
  return bytes;
}

std::string varint(std::uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes += static_cast<char>(value | 0x80);
  return bytes += static_cast<char>(value);
}

enum class Wire { varint = 0, eight_bytes = 1, length = 2, four_bytes = 5 };

std::string key(unsigned field, Wire wire) {
  return varint(field << 3 | static_cast<unsigned>(wire));
}

std::string text_field(unsigned field, std::string_view bytes) {
  return key(field, Wire::length) + varint(bytes.size()) + std::string(bytes);
}

// Event.wall_time = 1 and Event.step = 2
std::string event(double time, std::int64_t step) {
  return key(1, Wire::eight_bytes) + bytes_of(time) + key(2, Wire::varint) +
         varint(static_cast<std::uint64_t>(step));
}

std::string masked_checksum(std::string_view bytes) {
  const std::uint32_t crc = crc32c(bytes);
  return bytes_of(std::rotr(crc, 15) + kMask);
}

}  // namespace

std::uint32_t crc32c(std::string_view bytes) {
  static constexpr auto kTable = crc_table();
  std::uint32_t crc = ~0U;
  for (const char c : bytes)
    crc = (crc >> 8) ^ kTable[(crc ^ static_cast<unsigned char>(c)) & 0xFF];
  return ~crc;
}

// Event.file_version = 3
std::string version_event(double time) { return event(time, 0) + text_field(3, "brain.Event:2"); }

// Event.session_log = 7, SessionLog.status = 1, START = 1. What it makes void is this step's and
// later ones'.
std::string start_event(double time, std::int64_t step) {
  return event(time, step) + text_field(7, key(1, Wire::varint) + varint(1));
}

// Event.summary = 5, Summary.value = 1, Value.tag = 1, Value.simple_value = 2
std::string scalars_event(double time, std::int64_t step, std::span<const Scalar> scalars) {
  std::string summary;
  for (const Scalar& scalar : scalars)
    summary += text_field(1, text_field(1, scalar.tag) + key(2, Wire::four_bytes) +
                                 bytes_of(static_cast<float>(scalar.value)));
  return event(time, step) + text_field(5, summary);
}

std::string tf_record(std::string_view bytes) {
  const std::string length = bytes_of(static_cast<std::uint64_t>(bytes.size()));
  return length + masked_checksum(length) + std::string(bytes) + masked_checksum(bytes);
}

EventFile::EventFile(const std::filesystem::path& directory, std::int64_t last_step, double time) {
  make_directories(directory);
  const auto name = fmt::format("events.out.tfevents.{}.aiops", static_cast<std::int64_t>(time));
  path_ = directory / name;
  for (int i = 1; std::filesystem::exists(path_); ++i)  // several runs in one second
    path_ = directory / fmt::format("{}.{:03}", name, i);
  file_ = open_file(path_, O_WRONLY | O_CREAT | O_APPEND);
  const std::string head =
      tf_record(version_event(time)) + tf_record(start_event(time, last_step + 1));
  write_fully(file_.get(), std::as_bytes(std::span(head)), path_);
}

void EventFile::write(double time, std::int64_t step, std::span<const Scalar> scalars) {
  const std::string record = tf_record(scalars_event(time, step, scalars));
  write_fully(file_.get(), std::as_bytes(std::span(record)), path_);
}

}  // namespace aiops::train
