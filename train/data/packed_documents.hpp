// SPDX-License-Identifier: Apache-2.0
// Rows of whole documents back to back. Positions restart at each, and attention never looks before
// a position 0, so what a document is among does not change its loss by one bit. What no document
// fills is padding: a document of its own whose targets do not count.
//
// Documents are placed best-fit in the order of falling length: each goes where least room is left
// over, which wastes little and is quick. The index is built once and depends on nothing but the
// lengths, so a row is a pure function of its number.
#pragma once

#include "train/data/batches.hpp"
#include "train/task.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace aiops::train {

// A document is tokens starts[i] … starts[i + 1] - 1 of the stream, and each token's target is the
// one after it, the last one's too: a token that is the complement (~id) of an id stands for that
// id, but is no target that counts (token_cache.hpp).
class PackedDocuments : public Batches {
 public:
  // Documents of one length are placed in their order, or shuffled by the seed.
  enum class Ties { in_order, shuffled };

  // Throws Error{failed} when the documents do not fill one row for training and, unless
  // `validation` is 0, one for validation. The spans must live as long as `keep`, or this.
  PackedDocuments(std::span<const std::int32_t> tokens, std::span<const std::uint64_t> starts,
                  std::int64_t length, TooLong too_long, double validation, std::uint64_t seed,
                  std::shared_ptr<const void> keep = nullptr, Ties ties = Ties::in_order);

  std::string noun() const override { return "rows of documents"; }
  std::uint64_t rows() const { return row_starts_.size() - 1; }
  std::uint64_t too_long() const { return too_long_; }  // documents longer than a row
  double filled() const;                                // the share of the rows that is no padding

 protected:
  struct Piece {
    std::uint64_t begin;  // in the stream
    std::uint32_t size;
    std::uint32_t document;
  };
  // Appends the targets of a piece, and the values that they number.
  virtual void append_targets(const Piece& piece, Rows& rows) const;

 private:
  void append(std::uint64_t row, Rows& rows) const override;
  std::vector<Piece> pieces_of(std::span<const std::uint64_t> starts, TooLong too_long);
  void place(std::vector<Piece> pieces);

  std::span<const std::int32_t> tokens_;
  std::size_t length_;
  std::shared_ptr<const void> keep_;
  std::vector<Piece> pieces_;              // row by row
  std::vector<std::uint64_t> row_starts_;  // in pieces_, and the end
  std::uint64_t too_long_ = 0;
};

}  // namespace aiops::train
