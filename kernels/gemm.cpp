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

#include "kernels/bias.hpp"
#include "kernels/cpu/pack_space.hpp"
#include "kernels/cpu/product_engine.hpp"
#include "kernels/cpu/thin_product.hpp"
#include "kernels/parallel.hpp"

#include <algorithm>
#include <numeric>

namespace aiops::kernels {
namespace {

constexpr std::int64_t kSharedFloats = 4 << 20;  // 16 MiB
constexpr std::int64_t kStep = 48;               // whole panels of every engine
constexpr std::int64_t kMostPiece = 2 * kStep;   // rows that a thread packs at a time: 144 KiB
constexpr std::int64_t kMostTurn = 8 * kStep;    // rows that a thread takes at once
constexpr std::int64_t kTurns = 8;               // of a thread, at least
constexpr std::int64_t kDeep = 16;               // more blocks along k make a product a deep one:
constexpr std::int64_t kDeepPiece = 4 * kStep;
constexpr std::int64_t kDeepTurns = 2;

constexpr std::int64_t divide_up(std::int64_t count, std::int64_t by) {
  return (count + by - 1) / by;
}

constexpr std::int64_t round_up(std::int64_t count, std::int64_t step) {
  return divide_up(count, step) * step;
}

// One operand: rows of op(A) or columns of op(B).
struct Side {
  Operand operand;
  std::int64_t count;   // rows or columns
  std::int64_t height;  // of a panel
  Pack* pack;
};

// The memory of an operand's block: its rows lie far apart, or its depths do.
Prefetch prefetch_of(const Operand& x, std::int64_t rows, std::int64_t depth) {
  if (rows <= 0) return {};
  return x.depth_step == 1 ? Prefetch(x.data, rows, depth, x.row_step)
                           : Prefetch(x.data, depth, rows, x.depth_step);
}

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
    const std::int64_t strip = shared_.operand.depth_step == 1 ? kStep : 4 * kStep;
    const std::int64_t strips = divide_up(stretch_.rows, strip);
    const std::int64_t blocks = divide_up(stretch_.depth, engine_.depth);
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
    share_out();
    for_each_chunk(threads_, own_.count, turn_,
                   [&](std::int64_t begin, std::int64_t end) { multiply_turn(begin, end); });
  }

  // Turns fine enough that threads end together, cut into pieces. In a deep product neither operand
  // is still in a cache when the next piece comes: pieces are wide, so that what all share is
  // fetched less often.
  void share_out() {
    const auto threads = static_cast<std::int64_t>(threads_.size());
    const bool deep = shape_.k > kDeep * engine_.depth;
    const std::int64_t step = std::lcm(kPackedRows, own_.height);
    const std::int64_t turns = (deep ? kDeepTurns : kTurns) * threads;
    turn_ = evenest_turn(std::min(round_up(divide_up(own_.count, turns), step), kMostTurn), step);
    const std::int64_t most = deep ? kDeepPiece : kMostPiece;
    piece_ = round_up(divide_up(turn_, divide_up(turn_, most)), step);
  }

  // Of the turns from half of `most` up to it, the one whose slowest thread multiplies least.
  std::int64_t evenest_turn(std::int64_t most, std::int64_t step) const {
    const auto threads = static_cast<std::int64_t>(threads_.size());
    const auto rows_of_slowest = [&](std::int64_t turn) {
      return divide_up(own_.count, turn * threads) * turn;
    };
    std::int64_t best = most;
    for (std::int64_t turn = most - step; 2 * turn >= most; turn -= step)
      if (rows_of_slowest(turn) < rows_of_slowest(best)) best = turn;
    return best;
  }

  // Some pieces, one block of the depth after the other; while one is multiplied, the next is
  // fetched.
  void multiply_turn(std::int64_t begin, std::int64_t end) {
    static thread_local PackSpace space;
    float* const own = space.take(ProductEngine::room(piece_) * engine_.elements(engine_.depth));
    for (std::int64_t row = begin; row < end; row += piece_)
      for (std::int64_t k = 0; k < stretch_.depth; k += engine_.depth) {
        const Block block = block_at(row, end, k);
        own_.pack(own_.operand.from(row, stretch_.k + k), block.rows, block.depth, own);
        multiply_block(block, next_of(block, end), own);
      }
  }

  struct Block {
    std::int64_t row, rows, k, depth;  // k counts from the stretch
  };

  Block block_at(std::int64_t row, std::int64_t end, std::int64_t k) const {
    return {row, std::min(piece_, end - row), k, std::min(engine_.depth, stretch_.depth - k)};
  }

  // Past the turn it is a guess: that the other threads take one each before this one is done.
  Block next_of(const Block& block, std::int64_t end) const {
    if (block.k + block.depth < stretch_.depth)
      return block_at(block.row, end, block.k + block.depth);
    if (block.row + piece_ < end) return block_at(block.row + piece_, end, 0);
    const auto others = static_cast<std::int64_t>(threads_.size()) - 1;
    return block_at(end + others * turn_, own_.count, 0);
  }

  void multiply_block(const Block& block, const Block& next, const float* own) {
    const std::int64_t elements = engine_.elements(block.depth);
    const Depths depths{stretch_.k + block.k == 0, stretch_.k + block.k + block.depth == shape_.k};
    const float* const shared = shared_block(block.k);
    Prefetch fetch =
        prefetch_of(own_.operand.from(next.row, stretch_.k + next.k), next.rows, next.depth);
    fetch.spread_over(panels_in(stretch_.rows, shared_) * panels_in(block.rows, own_) *
                      (elements / kAskEvery));
    // A thread's own panel stays near while the shared ones stream past it.
    for (std::int64_t j = 0; j < block.rows; j += own_.height)
      for (std::int64_t i = 0; i < stretch_.rows; i += shared_.height)
        multiply_tile(tile_at(i, block.row + j, depths), elements, shared + i * elements,
                      own + j * elements, fetch);
  }

  static std::int64_t panels_in(std::int64_t rows, const Side& side) {
    return divide_up(rows, side.height);
  }

  bool shares_a() const { return &shared_ == &a_; }

  // Whether a block of the depth is the first of the product, and whether it is the last.
  struct Depths {
    bool first, last;
  };

  OutputTile tile_at(std::int64_t shared_row, std::int64_t own_row, Depths depths) const {
    const std::int64_t row = shares_a() ? stretch_.row + shared_row : own_row;
    const std::int64_t column = shares_a() ? own_row : stretch_.row + shared_row;
    return {.c = c_ + row * shape_.n + column,
            .stride = shape_.n,
            .rows = std::min(engine_.rows, shape_.m - row),
            .columns = std::min(engine_.columns, shape_.n - column),
            .accumulate = depths.first ? shape_.accumulate : Accumulate::yes,
            .bias = depths.last && shape_.bias != nullptr ? shape_.bias + column : nullptr};
  }

  void multiply_tile(const OutputTile& tile, std::int64_t elements, const float* shared,
                     const float* own, Prefetch& next) {
    engine_.multiply(elements, shares_a() ? shared : own, shares_a() ? own : shared, tile, next);
  }

  const ProductEngine& engine_;
  const Gemm& shape_;
  const Side a_, b_;
  float* const c_;
  ThreadPool& threads_;
  const Side &shared_, &own_;
  Stretch stretch_{};
  std::int64_t piece_ = 0;  // rows of the own side that a thread packs at once
  std::int64_t turn_ = 0;   // rows of it that a thread takes at once
  float* panels_ = nullptr;
};

}  // namespace

void gemm(const Gemm& shape, const float* a, const float* b, float* c, ThreadPool& threads) {
  if (shape.m <= 0 || shape.n <= 0) return;
  if (shape.k <= 0) {
    if (shape.accumulate == Accumulate::no) std::fill_n(c, shape.m * shape.n, 0.0F);
    if (shape.bias != nullptr) bias_forward({shape.m, shape.n}, shape.bias, c, threads);
    return;
  }
  if (is_thin(shape)) return thin_product(shape, a, b, c, threads);
  Product(shape, a, b, c, threads).run();
}

const char* gemm_engine(Precision precision) { return product_engine(precision).name; }

}  // namespace aiops::kernels
