// SPDX-License-Identifier: Apache-2.0
// A product packs both operands once, one for all threads and one in pieces.
//
// The operand with fewer rows or columns is packed by all threads together, a stretch of the depth
// at a time that the last-level cache holds. Then each piece of the other is packed by the thread
// that took it, a block of the depth at a time into its own L2 cache, and multiplied by all panels
// of the shared one. So a weight matrix is read from memory once, and what the threads share is
// read from a cache.
//
// Every element of C is summed along k in blocks of the engine's depth, in order, whatever the cut:
// so the cut may follow the number of threads and the bits do not.
#include "kernels/gemm.hpp"

#include "kernels/cpu/pack_space.hpp"
#include "kernels/cpu/product_engine.hpp"
#include "kernels/cpu/thin_product.hpp"
#include "kernels/cpu/tile_product.hpp"
#include "kernels/parallel.hpp"

#include <algorithm>

namespace aiops::kernels {
namespace {

constexpr std::int64_t kSharedFloats = 4 << 20;  // 16 MiB
constexpr std::int64_t kStep = 48;               // whole panels of every engine
constexpr std::int64_t kMostPiece = 4 * kStep;   // rows that a thread packs at a time: 144 KiB
constexpr std::int64_t kMostPieces = 8;          // that a thread takes at once
constexpr std::int64_t kTurnsPerThread = 8;      // how finely the work is shared out, at least

// One operand: rows of op(A) or columns of op(B).
struct Side {
  Operand operand;
  std::int64_t count;   // rows or columns
  std::int64_t height;  // of a panel
  Pack* pack;
};

// Brings an operand's block into the caches in a number of parts, between other work: its rows lie
// far apart, which the CPU does not foresee. Without it, a third of dx = dy W is waiting for W.
class Fetch {
 public:
  Fetch(const Operand& x, std::int64_t rows, std::int64_t depth, std::int64_t parts)
      : data_(x.data),
        runs_(x.depth_step == 1 ? rows : depth),
        length_(x.depth_step == 1 ? depth : rows),
        step_(x.depth_step == 1 ? x.row_step : x.depth_step),
        parts_(parts) {
    if (rows <= 0) runs_ = 0;  // nothing comes next
  }

  void go_on() {
    ++part_;
    for (; next_ < part_ * runs_ / parts_; ++next_) {
      const float* run = data_ + next_ * step_;
      for (std::int64_t i = 0; i < length_; i += kLine) __builtin_prefetch(run + i);
      __builtin_prefetch(run + length_ - 1);
    }
  }

 private:
  static constexpr std::int64_t kLine = 16;
  const float* data_;
  std::int64_t runs_, length_, step_, parts_;
  std::int64_t part_ = 0, next_ = 0;
};

class Product {
 public:
  Product(const Gemm& shape, const float* a, const float* b, float* c, ThreadPool& threads)
      : engine_(product_engine(shape.precision)),
        shape_(shape),
        a_{rows_of(a, shape.transpose_a == Transpose::yes ? shape.m : shape.k, shape.transpose_a),
           shape.m, engine_.rows, engine_.pack_a},
        b_{columns_of(b, shape.transpose_b == Transpose::yes ? shape.k : shape.n,
                      shape.transpose_b),
           shape.n, engine_.columns, engine_.pack_b},
        c_(c),
        threads_(threads),
        shared_(shape.m <= shape.n ? a_ : b_),
        own_(shape.m <= shape.n ? b_ : a_) {}

  void run() {
    const std::int64_t most_rows = kSharedFloats / engine_.depth / kStep * kStep;
    for (std::int64_t row = 0; row < shared_.count; row += most_rows) {
      stretch_.row = row;
      stretch_.rows = std::min(most_rows, shared_.count - row);
      const std::int64_t blocks = std::max<std::int64_t>(
          1, kSharedFloats / ProductEngine::room(stretch_.rows) / engine_.elements(engine_.depth));
      for (std::int64_t k = 0; k < shape_.k; k += blocks * engine_.depth) {
        stretch_.k = k;
        stretch_.depth = std::min(blocks * engine_.depth, shape_.k - k);
        pack_shared();
        multiply_pieces();
      }
    }
  }

 private:
  // What is packed for all: rows of the shared side, and how deep.
  struct Stretch {
    std::int64_t row, rows, k, depth;
  };

  // The shared panels of the block of the depth that starts `k` into the stretch.
  float* shared_block(std::int64_t k) const {
    return panels_ + ProductEngine::room(stretch_.rows) * engine_.elements(k);
  }

  void pack_shared() {
    static thread_local PackSpace space;
    panels_ = space.take(ProductEngine::room(stretch_.rows) * engine_.elements(stretch_.depth));
    // Where neighbours in memory are rows, a wide strip reads long runs of them.
    const std::int64_t strip = shared_.operand.depth_step == 1 ? kStep : kMostPiece;
    const std::int64_t strips = (stretch_.rows + strip - 1) / strip;
    const std::int64_t blocks = (stretch_.depth + engine_.depth - 1) / engine_.depth;
    for_each_chunk(threads_, strips * blocks, 1, [&](std::int64_t index, std::int64_t) {
      const std::int64_t row = index % strips * strip;
      const std::int64_t k = index / strips * engine_.depth;
      const std::int64_t depth = std::min(engine_.depth, stretch_.depth - k);
      shared_.pack(shared_.operand.from(stretch_.row + row, stretch_.k + k),
                   std::min(strip, stretch_.rows - row), depth,
                   shared_block(k) + row * engine_.elements(depth));
    });
  }

  void multiply_pieces() {
    const auto threads = static_cast<std::int64_t>(threads_.size());
    const std::int64_t turn = own_.count / (kTurnsPerThread * threads);
    piece_ = std::clamp(2 * turn / kStep * kStep, kStep, kMostPiece);
    const std::int64_t pieces = std::clamp<std::int64_t>(turn / piece_, 1, kMostPieces);
    for_each_chunk(threads_, own_.count, pieces * piece_,
                   [&](std::int64_t begin, std::int64_t end) { multiply_turn(begin, end); });
  }

  // Some pieces, one block of the depth after the other; while one is multiplied, the next is
  // fetched.
  void multiply_turn(std::int64_t begin, std::int64_t end) {
    static thread_local PackSpace space;
    float* const own =
        space.take(ProductEngine::room(kMostPiece) * engine_.elements(engine_.depth));
    for (Block block = block_at(begin, end, 0); block.rows > 0;) {
      const Block next = block.k + block.depth < stretch_.depth
                             ? block_at(block.row, end, block.k + block.depth)
                             : block_at(block.row + piece_, end, 0);
      own_.pack(own_.operand.from(block.row, stretch_.k + block.k), block.rows, block.depth, own);
      multiply_block(block, next, own);
      block = next;
    }
  }

  struct Block {
    std::int64_t row, rows, k, depth;  // k counts from the stretch
  };

  Block block_at(std::int64_t row, std::int64_t end, std::int64_t k) const {
    return {row, std::min(piece_, end - row), k, std::min(engine_.depth, stretch_.depth - k)};
  }

  void multiply_block(const Block& block, const Block& next, const float* own) {
    const std::int64_t elements = engine_.elements(block.depth);
    const bool first = stretch_.k + block.k == 0 && shape_.accumulate == Accumulate::no;
    const float* const shared = shared_block(block.k);
    Fetch fetch(own_.operand.from(next.row, stretch_.k + next.k), next.rows, next.depth,
                (stretch_.rows + shared_.height - 1) / shared_.height *
                    ((block.rows + own_.height - 1) / own_.height));
    for (std::int64_t i = 0; i < stretch_.rows; i += shared_.height)
      for (std::int64_t j = 0; j < block.rows; j += own_.height) {
        fetch.go_on();
        multiply_tile(i, block.row + j, elements, shared + i * elements, own + j * elements,
                      first ? Accumulate::no : Accumulate::yes);
      }
  }

  void multiply_tile(std::int64_t shared_row, std::int64_t own_row, std::int64_t elements,
                     const float* shared, const float* own, Accumulate accumulate) {
    const bool shares_a = &shared_ == &a_;
    const std::int64_t row = shares_a ? stretch_.row + shared_row : own_row;
    const std::int64_t column = shares_a ? own_row : stretch_.row + shared_row;
    engine_.multiply(elements, shares_a ? shared : own, shares_a ? own : shared,
                     {.c = c_ + row * shape_.n + column,
                      .stride = shape_.n,
                      .rows = std::min(engine_.rows, shape_.m - row),
                      .columns = std::min(engine_.columns, shape_.n - column),
                      .accumulate = accumulate});
  }

  const ProductEngine& engine_;
  const Gemm& shape_;
  const Side a_, b_;
  float* const c_;
  ThreadPool& threads_;
  const Side &shared_, &own_;
  Stretch stretch_{};
  std::int64_t piece_ = kStep;
  float* panels_ = nullptr;
};

}  // namespace

void gemm(const Gemm& shape, const float* a, const float* b, float* c, ThreadPool& threads) {
  if (shape.m <= 0 || shape.n <= 0) return;
  if (shape.k <= 0) {
    if (shape.accumulate == Accumulate::no) std::fill_n(c, shape.m * shape.n, 0.0F);
    return;
  }
  if (is_thin(shape)) return thin_product(shape, a, b, c, threads);
  Product(shape, a, b, c, threads).run();
}

const char* gemm_engine(Precision precision) { return product_engine(precision).name; }

}  // namespace aiops::kernels
