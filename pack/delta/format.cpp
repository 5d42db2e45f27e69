// SPDX-License-Identifier: Apache-2.0
#include "pack/delta/format.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "pack/delta/little_endian.hpp"
#include "pack/safetensors.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <span>

namespace aiops::pack {
namespace {

constexpr std::string_view kMagic =
    "\x89"
    "AIDELTA";
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kFixed = 96;
constexpr std::size_t kSection = 16;
constexpr std::size_t kEntry = 8;
constexpr std::size_t kDigest = 32;
constexpr std::uint64_t kMostHeader = 16u << 20;
constexpr std::uint32_t kLeastChunk = 4u << 10;
constexpr std::uint32_t kMostChunk = 4u << 20;

class Fields {
 public:
  Fields(std::span<const std::byte> bytes, const std::string& what) : bytes_(bytes), what_(what) {}

  template <typename Number>
  Number number() {
    const auto value = get_little<Number>(bytes_);
    bytes_ = bytes_.subspan(sizeof(Number));
    return value;
  }
  std::string_view raw(std::size_t length) {
    const std::string_view text(reinterpret_cast<const char*>(bytes_.data()), length);
    bytes_ = bytes_.subspan(length);
    return text;
  }
  Digest digest() { return Digest::parse("sha256:" + to_hex(raw(kDigest))); }

  [[noreturn]] void refuse(const std::string& why) const {
    throw Error(ExitCode::failed, what_ + ": not a checkpoint delta: " + why);
  }

 private:
  std::span<const std::byte> bytes_;
  const std::string& what_;
};

void read_sections(Fields& fields, std::uint32_t count, DeltaHeader& header) {
  std::uint64_t total = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto length = fields.number<std::uint64_t>();
    const auto width = fields.number<std::uint32_t>();
    const bool is_width = width <= 8 && std::has_single_bit(width);
    if (fields.number<std::uint32_t>() != 0 || length == 0 || !is_width || length % width != 0 ||
        length > header.size - total)
      fields.refuse("section " + std::to_string(i + 1));
    header.sections.push_back({length, width});
    total += length;
  }
  if (total != header.size) fields.refuse("its sections are not the whole file");
}

void read_entries(Fields& fields, std::uint32_t count, std::uint64_t delta_size,
                  DeltaHeader& header) {
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto stored = fields.number<std::uint32_t>();
    const auto encoding = fields.number<std::uint32_t>();
    if (encoding > kLastEncoding) fields.refuse("the encoding of chunk " + std::to_string(i + 1));
    header.entries.push_back({stored, static_cast<ChunkEncoding>(encoding)});
  }
  std::uint64_t end = header.bytes();
  DeltaHeader::Walk walk(header);
  for (std::size_t i = 1; !walk.is_done(); ++i) {
    const auto chunk = walk.next();
    const bool fits = chunk.encoding == ChunkEncoding::same  ? chunk.stored == 0
                      : chunk.encoding == ChunkEncoding::raw ? chunk.stored == chunk.length
                                                             : chunk.stored < chunk.length;
    if (!fits) fields.refuse("the size of chunk " + std::to_string(i));
    end += chunk.stored;
  }
  if (end != delta_size)
    fields.refuse("it has " + std::to_string(delta_size) + " bytes, its chunks say " +
                  std::to_string(end));
}

void put_section(std::string& bytes, const DeltaSection& section) {
  std::array<std::byte, kSection> raw{};
  put_little(raw, section.length);
  put_little(std::span(raw).subspan(8), std::uint32_t{section.width});
  bytes.append(reinterpret_cast<const char*>(raw.data()), raw.size());
}

void put_entry(std::string& bytes, const DeltaHeader::Entry& entry) {
  std::array<std::byte, kEntry> raw{};
  put_little(raw, entry.stored);
  put_little(std::span(raw).subspan(4), static_cast<std::uint32_t>(entry.encoding));
  bytes.append(reinterpret_cast<const char*>(raw.data()), raw.size());
}

}  // namespace

std::uint64_t DeltaHeader::chunks() const {
  std::uint64_t count = 0;
  for (const DeltaSection& section : sections)
    count += section.length / chunk_size + (section.length % chunk_size != 0 ? 1 : 0);
  return count;
}

std::uint64_t DeltaHeader::bytes() const {
  return kFixed + kSection * sections.size() + kEntry * chunks();
}

std::string DeltaHeader::to_bytes() const {
  std::array<std::byte, kFixed> fixed{};
  const auto at = [&](std::size_t offset) { return std::span(fixed).subspan(offset); };
  const auto put_text = [&](std::size_t offset, std::string_view text) {
    std::memcpy(fixed.data() + offset, text.data(), text.size());
  };
  put_text(0, kMagic);
  put_little(at(8), kVersion);
  put_little(at(12), chunk_size);
  put_little(at(16), size);
  put_text(24, from_hex(whole.hex()));
  put_text(56, from_hex(base.hex()));
  put_little(at(88), static_cast<std::uint32_t>(sections.size()));
  put_little(at(92), static_cast<std::uint32_t>(entries.size()));
  std::string text(reinterpret_cast<const char*>(fixed.data()), fixed.size());
  for (const DeltaSection& section : sections) put_section(text, section);
  for (const Entry& entry : entries) put_entry(text, entry);
  return text;
}

DeltaHeader DeltaHeader::parse(const ByteSource& delta) {
  std::vector<std::byte> bytes(kFixed);
  Fields fields(bytes, delta.what);
  if (delta.size < kFixed) fields.refuse("it has only " + std::to_string(delta.size) + " bytes");
  delta.read_at(0, bytes);
  if (fields.raw(kMagic.size()) != kMagic) fields.refuse("it does not begin like one");
  if (const auto version = fields.number<std::uint32_t>(); version != kVersion)
    fields.refuse("version " + std::to_string(version) + "; this program knows 1");
  const auto chunk_size = fields.number<std::uint32_t>();
  if (!std::has_single_bit(chunk_size) || chunk_size < kLeastChunk || chunk_size > kMostChunk)
    fields.refuse("chunks of " + std::to_string(chunk_size) + " bytes");
  const auto size = fields.number<std::uint64_t>();
  Digest whole = fields.digest();
  Digest base = fields.digest();
  DeltaHeader header{size, std::move(whole), std::move(base), chunk_size, {}, {}};
  const auto sections = fields.number<std::uint32_t>();
  const auto chunks = fields.number<std::uint32_t>();
  const std::uint64_t length = std::uint64_t{kSection} * sections + std::uint64_t{kEntry} * chunks;
  if (length > kMostHeader || length > delta.size - kFixed)
    fields.refuse("a header of " + std::to_string(length) + " bytes");
  std::vector<std::byte> tables(length);
  delta.read_at(kFixed, tables);
  Fields rest(tables, delta.what);
  read_sections(rest, sections, header);
  if (header.chunks() != chunks) rest.refuse("it has not as many chunks as it needs");
  read_entries(rest, chunks, delta.size, header);
  return header;
}

DeltaHeader::Chunk DeltaHeader::Walk::next() {
  const DeltaSection& section = header_.sections[section_];
  const Entry& entry = header_.entries[next_++];
  const auto length = static_cast<std::uint32_t>(
      std::min<std::uint64_t>(header_.chunk_size, section.length - in_section_));
  const Chunk chunk{offset_, length, section.width, payload_, entry.stored, entry.encoding};
  offset_ += length;
  payload_ += entry.stored;
  in_section_ += length;
  if (in_section_ == section.length) {
    ++section_;
    in_section_ = 0;
  }
  return chunk;
}

std::vector<DeltaSection> safetensors_sections(const ByteSource& file) {
  const auto header = read_safetensors_header(file);
  std::vector<DeltaSection> sections{{header.data_start, 1}};
  for (const TensorInfo& tensor : header.tensors) {
    const std::uint64_t length = tensor.end - tensor.begin;
    if (length == 0) continue;
    auto width = static_cast<unsigned>(dtype_size(tensor.dtype));
    if (width > 8 || !std::has_single_bit(width) || length % width != 0) width = 1;
    if (sections.size() > 1 && sections.back().width == width)
      sections.back().length += length;
    else
      sections.push_back({length, width});
  }
  return sections;
}

}  // namespace aiops::pack
