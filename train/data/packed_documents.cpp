// SPDX-License-Identifier: Apache-2.0
#include "train/data/packed_documents.hpp"

#include "base/error.hpp"
#include "train/data/permutation.hpp"

#include <algorithm>
#include <map>

namespace aiops::train {
namespace {

constexpr std::uint64_t kTies = 0x7469'6573;  // a stream of its own, beside those of the epochs

template <typename Piece>
std::vector<Piece> shuffled(const std::vector<Piece>& pieces, std::uint64_t key) {
  std::vector<Piece> order;
  order.reserve(pieces.size());
  if (pieces.empty()) return order;
  const Permutation shuffle(pieces.size(), key);
  for (std::uint64_t i = 0; i < pieces.size(); ++i) order.push_back(pieces[shuffle(i)]);
  return order;
}

}  // namespace

PackedDocuments::PackedDocuments(std::span<const std::int32_t> tokens,
                                 std::span<const std::uint64_t> starts, std::int64_t length,
                                 TooLong too_long, double validation, std::uint64_t seed,
                                 std::shared_ptr<const void> keep, Ties ties)
    : tokens_(tokens), length_(static_cast<std::size_t>(length)), keep_(std::move(keep)) {
  auto pieces = pieces_of(starts, too_long);
  if (ties == Ties::shuffled) pieces = shuffled(pieces, mix(seed, kTies));
  place(std::move(pieces));
  if (!split(rows(), validation, seed))
    throw Error(ExitCode::failed,
                "the data is too small: its documents make " + std::to_string(rows()) +
                    (rows() == 1 ? " row of " : " rows of ") + std::to_string(length) + " tokens",
                "give more, set batch.length lower, or data.validation to 0");
}

std::vector<PackedDocuments::Piece> PackedDocuments::pieces_of(
    std::span<const std::uint64_t> starts, TooLong too_long) {
  std::vector<Piece> pieces;
  pieces.reserve(starts.size());
  for (std::size_t i = 0; i + 1 < starts.size(); ++i) {
    const std::uint64_t end = starts[i + 1];
    const bool fits = end - starts[i] <= length_;
    too_long_ += fits ? 0 : 1;
    if (!fits && too_long == TooLong::skip) continue;
    for (std::uint64_t begin = starts[i]; begin < end; begin += length_) {
      pieces.push_back({begin, static_cast<std::uint32_t>(std::min(end - begin, length_)),
                        static_cast<std::uint32_t>(i)});
      if (too_long == TooLong::cut) break;
    }
  }
  return pieces;
}

void PackedDocuments::place(std::vector<Piece> pieces) {
  std::ranges::stable_sort(pieces, std::ranges::greater(), &Piece::size);
  std::vector<std::uint32_t> row_of(pieces.size());
  std::map<std::size_t, std::vector<std::uint32_t>> open;  // rows by the room left in them
  std::uint32_t rows = 0;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    std::size_t room = length_;
    const auto fitting = open.lower_bound(pieces[i].size);
    if (fitting == open.end()) {
      row_of[i] = rows++;
    } else {
      room = fitting->first;
      row_of[i] = fitting->second.back();
      fitting->second.pop_back();
      if (fitting->second.empty()) open.erase(fitting);
    }
    if (room > pieces[i].size) open[room - pieces[i].size].push_back(row_of[i]);
  }
  row_starts_.assign(std::size_t{rows} + 1, 0);
  for (const std::uint32_t row : row_of) ++row_starts_[row + 1];
  for (std::size_t row = 0; row < rows; ++row) row_starts_[row + 1] += row_starts_[row];
  auto next = row_starts_;
  pieces_.resize(pieces.size());
  for (std::size_t i = 0; i < pieces.size(); ++i) pieces_[next[row_of[i]]++] = pieces[i];
}

double PackedDocuments::filled() const {
  std::uint64_t tokens = 0;
  for (const Piece& piece : pieces_) tokens += piece.size;
  return static_cast<double>(tokens) / static_cast<double>(rows() * length_);
}

void PackedDocuments::append_targets(const Piece& piece, Rows& rows) const {
  for (const std::int32_t next : tokens_.subspan(piece.begin + 1, piece.size))
    rows.targets.push_back(std::max(next, -1));
}

void PackedDocuments::append(std::uint64_t row, Rows& rows) const {
  const auto id = [](std::int32_t token) { return token < 0 ? ~token : token; };
  std::size_t room = length_;
  for (std::uint64_t i = row_starts_[row]; i < row_starts_[row + 1]; ++i) {
    const Piece& piece = pieces_[i];
    const auto here = tokens_.subspan(piece.begin, piece.size);
    for (std::uint32_t at = 0; at < piece.size; ++at) {
      rows.tokens.push_back(id(here[at]));
      rows.positions.push_back(static_cast<std::int32_t>(at));
    }
    append_targets(piece, rows);
    room -= piece.size;
  }
  for (std::size_t at = 0; at < room; ++at) {
    rows.tokens.push_back(0);
    rows.targets.push_back(-1);
    rows.positions.push_back(static_cast<std::int32_t>(at));
  }
}

}  // namespace aiops::train
