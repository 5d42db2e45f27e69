// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/panels.hpp"

#include "tests/unit/kernels/proof.hpp"

#include <gtest/gtest.h>

#include <string>

namespace aiops::kernels {
namespace {

constexpr std::int64_t kStride = 72;

// A (rows × depth) and B (depth × columns), of numbers that bfloat16 holds, packed.
struct Packed {
  Packed(std::int64_t rows, std::int64_t width, std::int64_t deep, Precision precision)
      : engine(product_engine(precision)),
        depth(deep),
        columns(width),
        a(small(rows * depth, 1)),
        b(small(depth * columns, 2)),
        room_a(garbage(room(rows, depth))),
        room_b(garbage(room(columns, depth))),
        rows_of_a(room_a.data()),
        columns_of_b(room_b.data()) {
    rows_of_a.pack_rows(engine, rows_of(a.data(), depth, Transpose::no), rows, depth);
    columns_of_b.pack_columns(engine, columns_of(b.data(), columns, Transpose::no), columns, depth);
  }
  static std::size_t room(std::int64_t count, std::int64_t depth) {
    return static_cast<std::size_t>(ProductEngine::room(count) * (depth + 1));
  }
  static Floats small(std::int64_t count, std::uint64_t stream) {
    Floats all;
    for (const double x : some_numbers(count, stream))
      all.push_back(static_cast<float>(static_cast<int>(x * 8)) / 8);
    return all;
  }
  // One element of the product, over a part of the depth.
  double element(std::int64_t i, std::int64_t j, std::int64_t begin, std::int64_t end) const {
    double sum = 0;
    for (std::int64_t p = begin; p < end; ++p)
      sum += static_cast<double>(a[static_cast<std::size_t>(i * depth + p)]) *
             static_cast<double>(b[static_cast<std::size_t>(p * columns + j)]);
    return sum;
  }

  const ProductEngine& engine;
  std::int64_t depth, columns;
  Floats a, b;
  Floats room_a, room_b;
  Panels rows_of_a, columns_of_b;
};

// Calls for both precisions of every engine of this CPU.
template <typename Try>
void with_every_engine(const Try& attempt) {
  for (const InstructionSet set : available_instruction_sets()) {
    const InstructionLimit limit(set);
    for (const Precision precision : {Precision::fp32, Precision::bf16}) {
      SCOPED_TRACE(std::string(product_engine(precision).name) +
                   (precision == Precision::bf16 ? ", bf16" : ""));
      attempt(precision);
    }
  }
}

OutputTile all_of(Floats& c, const Panels& a, const Panels& b) {
  return {.c = c.data(), .stride = kStride, .rows = a.count(), .columns = b.count()};
}

double at(const Floats& c, std::int64_t row, std::int64_t column) {
  return static_cast<double>(c[static_cast<std::size_t>(row * kStride + column)]);
}

// At the edges of the vectors that a register tile is made of.
TEST(Panels, ProductsScaleAndStayInsideC) {
  with_every_engine([](Precision precision) {
    for (const std::int64_t columns : {1, 15, 16, 17, 20, 32, 33, 47, 48, 49, 64}) {
      const Packed x(7, columns, 9, precision);
      for (const Accumulate accumulate : {Accumulate::no, Accumulate::yes}) {
        Floats c(10 * kStride, 2.0F);
        OutputTile to = all_of(c, x.rows_of_a, x.columns_of_b);
        to.alpha = -0.5F;
        to.accumulate = accumulate;
        multiply_panels(x.engine, x.rows_of_a, x.columns_of_b, to, [&](std::int64_t, std::int64_t) {
          return Reach{columns, 0, 9};
        });
        for (std::int64_t i = 0; i < 10; ++i)
          for (std::int64_t j = 0; j < kStride; ++j) {
            const bool inside = i < 7 && j < columns;
            const double before = inside && accumulate == Accumulate::no ? 0 : 2;
            ASSERT_NEAR(at(c, i, j), before - (inside ? 0.5 * x.element(i, j, 0, 9) : 0), 1e-5)
                << columns << " columns, " << i << ", " << j;
          }
      }
    }
  });
}

// Some rows of C want the columns up to their own and the depth around it; what a tile adds beyond,
// from the rest of an element, is no more than a neighbour.
TEST(Panels, ProductsKeepToTheReachOfTheirRows) {
  with_every_engine([](Precision precision) {
    const Packed x(50, 64, 50, precision);
    Floats c(50 * kStride, 2.0F);
    multiply_panels(x.engine, x.rows_of_a, x.columns_of_b, all_of(c, x.rows_of_a, x.columns_of_b),
                    [&](std::int64_t i, std::int64_t rows) {
                      EXPECT_LE(i + rows, 50);
                      return Reach{i + rows, i / 2 * 2, i + rows + (i + rows) % 2};
                    });
    const std::int64_t height = x.engine.rows;
    for (std::int64_t i = 0; i < 50; ++i) {
      const std::int64_t first = i / height * height;
      const std::int64_t end = std::min<std::int64_t>(first + height, 50);
      for (std::int64_t j = 0; j < end; ++j)
        ASSERT_NEAR(at(c, i, j),
                    x.element(i, j, first / 2 * 2, std::min<std::int64_t>(50, end + end % 2)), 1e-4)
            << i << ", " << j;
      for (std::int64_t j = whole_lines(end); j < kStride; ++j)
        ASSERT_EQ(at(c, i, j), 2) << "past the columns that are wanted: " << i << ", " << j;
    }
  });
}

TEST(Panels, AnEmptyReachIsASumOfNothing) {
  with_every_engine([](Precision precision) {
    const Packed x(8, 16, 6, precision);
    Floats c(8 * kStride, 2.0F);
    multiply_panels(x.engine, x.rows_of_a, x.columns_of_b, all_of(c, x.rows_of_a, x.columns_of_b),
                    [](std::int64_t, std::int64_t) {
                      return Reach{16, 4, 2};
                    });
    for (std::int64_t i = 0; i < 8; ++i)
      for (std::int64_t j = 0; j < 16; ++j) ASSERT_EQ(at(c, i, j), 0);
  });
}

TEST(Panels, MayBeginAtALaterRowAndDepth) {
  with_every_engine([](Precision precision) {
    const Packed x(70, 20, 30, precision);
    const Panels rows = x.rows_of_a.after(48).deeper(x.engine, 10);
    const Panels columns = x.columns_of_b.deeper(x.engine, 10);
    EXPECT_EQ(rows.count(), 22);
    Floats c(22 * kStride, 2.0F);
    multiply_panels(x.engine, rows, columns, all_of(c, rows, columns),
                    [](std::int64_t, std::int64_t) {
                      return Reach{20, 0, 20};
                    });
    for (std::int64_t i = 0; i < 22; ++i)
      for (std::int64_t j = 0; j < 20; ++j)
        ASSERT_NEAR(at(c, i, j), x.element(48 + i, j, 10, 30), 1e-4) << i << ", " << j;
  });
}

}  // namespace
}  // namespace aiops::kernels
