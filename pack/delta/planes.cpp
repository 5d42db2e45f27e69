// SPDX-License-Identifier: Apache-2.0
#include "pack/delta/planes.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>

namespace aiops::pack {
namespace {

static_assert(std::endian::native == std::endian::little, "files hold little-endian numbers");

template <typename Word>
Word load(const std::byte* bytes, std::size_t index) {
  Word word;
  std::memcpy(&word, bytes + index * sizeof word, sizeof word);
  return word;
}

template <typename Word>
void store(std::byte* bytes, std::size_t index, Word word) {
  std::memcpy(bytes + index * sizeof word, &word, sizeof word);
}

// Words are computed in Wide, so that no operand is promoted to a signed int.
template <typename Word>
Word folded(Word number, Word base) {
  using Wide = std::uint64_t;
  constexpr unsigned kSign = std::numeric_limits<Word>::digits - 1;
  const auto d = static_cast<Word>(Wide{number} - Wide{base});
  return static_cast<Word>((Wide{d} << 1U) ^ (Wide{0} - (Wide{d} >> kSign)));
}

template <typename Word>
Word unfolded(Word value, Word base) {
  using Wide = std::uint64_t;
  const Wide d = (Wide{value} >> 1U) ^ (Wide{0} - (Wide{value} & 1U));
  return static_cast<Word>(Wide{base} + d);
}

template <Transform transform, typename Word>
Word forward(Word number, Word base) {
  if constexpr (transform == Transform::own) return number;
  if constexpr (transform == Transform::exclusive_or) return static_cast<Word>(number ^ base);
  if constexpr (transform == Transform::difference) return folded(number, base);
}

template <Transform transform, typename Word>
Word backward(Word value, Word base) {
  if constexpr (transform == Transform::own) return value;
  if constexpr (transform == Transform::exclusive_or) return static_cast<Word>(value ^ base);
  if constexpr (transform == Transform::difference) return unfolded(value, base);
}

struct Buffers {
  const std::byte* from;
  const std::byte* base;
  std::byte* to;
  std::size_t count;  // of numbers
};

template <Transform transform, typename Word>
void split(const Buffers& buffers) {
  const std::size_t count = buffers.count;
  for (std::size_t i = 0; i < count; ++i) {
    const Word value = forward<transform>(load<Word>(buffers.from, i), load<Word>(buffers.base, i));
    for (std::size_t plane = 0; plane < sizeof(Word); ++plane)
      buffers.to[plane * count + i] =
          static_cast<std::byte>(static_cast<std::uint64_t>(value) >> (8 * plane));
  }
}

template <Transform transform, typename Word>
void join(const Buffers& buffers) {
  const std::size_t count = buffers.count;
  for (std::size_t i = 0; i < count; ++i) {
    std::uint64_t value = 0;
    for (std::size_t plane = 0; plane < sizeof(Word); ++plane)
      value |= static_cast<std::uint64_t>(buffers.from[plane * count + i]) << (8 * plane);
    store(buffers.to, i,
          backward<transform>(static_cast<Word>(value), load<Word>(buffers.base, i)));
  }
}

// Calls `act` with a value of the word of that width.
template <typename Act>
void with_word(unsigned width, const Act& act) {
  switch (width) {
    case 1:
      return act(std::uint8_t{});
    case 2:
      return act(std::uint16_t{});
    case 4:
      return act(std::uint32_t{});
    case 8:
      return act(std::uint64_t{});
    default:
      std::abort();
  }
}

// Bits of the sample's planes by the entropy of each.
template <Transform transform, typename Word>
double bits_of(const Buffers& buffers, std::size_t stride) {
  std::array<std::array<std::uint32_t, 256>, sizeof(Word)> counts{};
  std::size_t taken = 0;
  for (std::size_t i = 0; i < buffers.count; i += stride, ++taken) {
    std::uint64_t value =
        forward<transform>(load<Word>(buffers.from, i), load<Word>(buffers.base, i));
    for (auto& plane : counts) {
      ++plane[value & 0xFF];
      value >>= 8;
    }
  }
  double bits = 0;
  for (const auto& plane : counts)
    for (const std::uint32_t count : plane)
      if (count > 0)
        bits -= count * std::log2(static_cast<double>(count) / static_cast<double>(taken));
  return bits;
}

constexpr std::size_t kSample = 16'384;

}  // namespace

void split_planes(Transform transform, unsigned width, std::span<const std::byte> numbers,
                  std::span<const std::byte> base, std::span<std::byte> planes) {
  const Buffers buffers{numbers.data(), base.data(), planes.data(), numbers.size() / width};
  with_word(width, [&](auto word) {
    using Word = decltype(word);
    switch (transform) {
      case Transform::own:
        return split<Transform::own, Word>(buffers);
      case Transform::exclusive_or:
        return split<Transform::exclusive_or, Word>(buffers);
      case Transform::difference:
        return split<Transform::difference, Word>(buffers);
    }
  });
}

void join_planes(Transform transform, unsigned width, std::span<const std::byte> planes,
                 std::span<const std::byte> base, std::span<std::byte> numbers) {
  const Buffers buffers{planes.data(), base.data(), numbers.data(), numbers.size() / width};
  with_word(width, [&](auto word) {
    using Word = decltype(word);
    switch (transform) {
      case Transform::own:
        return join<Transform::own, Word>(buffers);
      case Transform::exclusive_or:
        return join<Transform::exclusive_or, Word>(buffers);
      case Transform::difference:
        return join<Transform::difference, Word>(buffers);
    }
  });
}

Transform best_transform(unsigned width, std::span<const std::byte> numbers,
                         std::span<const std::byte> base) {
  const Buffers buffers{numbers.data(), base.data(), nullptr, numbers.size() / width};
  const std::size_t stride = std::max<std::size_t>(buffers.count / kSample, 1);
  Transform best = Transform::own;
  with_word(width, [&](auto word) {
    using Word = decltype(word);
    double least = bits_of<Transform::own, Word>(buffers, stride);
    const auto consider = [&](Transform transform, double bits) {
      if (bits >= least) return;
      least = bits;
      best = transform;
    };
    consider(Transform::exclusive_or, bits_of<Transform::exclusive_or, Word>(buffers, stride));
    consider(Transform::difference, bits_of<Transform::difference, Word>(buffers, stride));
  });
  return best;
}

}  // namespace aiops::pack
