// SPDX-License-Identifier: Apache-2.0
// A decoded instruction, and the thread that it works on.
//
// Everything an instruction reads lies in a slot of 64 bits: registers, but constants, special
// registers and addresses of variables too, which are filled in before the thread starts. A slot
// holds its value zero-extended, and every reader takes as many bits as its type has.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

namespace aiops::simt::ptx {

struct Lane;
struct Instruction;
struct Function;

// What a mnemonic does.
using Semantics = void (*)(Lane& lane, const Instruction& instruction);

struct Operand {
  int slot = 0;
  std::int64_t offset = 0;  // of an address, or of a symbol
  bool negated = false;     // !%p
};

struct Instruction {
  static constexpr std::size_t kMostOperands = 16;

  Semantics run = nullptr;
  int guard = -1;  // the slot of a predicate
  bool guard_negated = false;
  int count = 0;  // of operands; the elements of {…} and the halves of a|b count
  std::array<Operand, kMostOperands> operands = {};
  bool begins_with_vector = false;  // {…} comes first
  int target = -1;                  // of a branch: an index
  int file = 0, line = 0;           // of the source
  std::string source;               // the file's name
  std::string text;
  mutable bool executed = false;

  const Operand& operator[](int k) const { return operands[static_cast<std::size_t>(k)]; }
};

template <std::size_t Size>
using UnsignedOf = std::conditional_t<
    Size == 1, std::uint8_t,
    std::conditional_t<Size == 2, std::uint16_t,
                       std::conditional_t<Size == 4, std::uint32_t, std::uint64_t>>>;

template <typename T>
T from_bits(std::uint64_t bits) {
  return std::bit_cast<T>(static_cast<UnsignedOf<sizeof(T)>>(bits));
}
template <typename T>
std::uint64_t to_bits(T value) {
  return std::bit_cast<UnsignedOf<sizeof(T)>>(value);
}

struct Lane {
  const Function* function = nullptr;
  std::size_t next = 0;  // the instruction after the one that runs
  std::vector<std::uint64_t> slots;
  std::vector<char> local;  // .local memory
  const std::byte* parameters = nullptr;

  std::uint64_t& slot(const Instruction& i, int k) {
    return slots[static_cast<std::size_t>(i[k].slot)];
  }
  template <typename T>
  T get(const Instruction& i, int k) {
    return from_bits<T>(slot(i, k) + static_cast<std::uint64_t>(i[k].offset));
  }
  template <typename T>
  void set(const Instruction& i, int k, T value) {
    slot(i, k) = to_bits(value);
  }
  bool predicate(const Instruction& i, int k) { return ((slot(i, k) & 1U) != 0) != i[k].negated; }
};

// A construct of PTX that the executor has no semantics for: it must not be taken for another.
[[noreturn]] void refuse(const std::string& what);

}  // namespace aiops::simt::ptx
