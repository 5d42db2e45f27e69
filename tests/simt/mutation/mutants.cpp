// SPDX-License-Identifier: Apache-2.0
#include "tests/simt/mutation/mutants.hpp"

#include "tests/simt/ptx/operands.hpp"
#include "tests/simt/ptx/tokens.hpp"
#include "tests/simt/runtime/machine.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace aiops::simt {
namespace {

using ptx::Function;
using ptx::Instruction;
using ptx::Lane;

void nothing(Lane&, const Instruction&) {}

void without_atomicity(Lane& lane, const Instruction& i) {
  machine.atomics_are_plain = true;
  i.inner(lane, i);
  machine.atomics_are_plain = false;
}

// The first word of `text` that is a mnemonic: after a guard, if there is one.
std::string mnemonic_of(const Instruction& one) {
  const auto tokens = ptx::tokens_of(one.text);
  std::size_t at = 0;
  if (tokens[at].is("@")) at += tokens[at + 1].is("!") ? 3 : 2;
  return std::string(tokens[at].text);
}

bool has(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

// The bytes that ld, st, cp.async or ldmatrix move.
std::int64_t width_of(const std::string& mnemonic) {
  if (!mnemonic.starts_with("ld.") && !mnemonic.starts_with("st.")) return 16;
  const std::string type = mnemonic.substr(mnemonic.rfind('.') + 2);
  const std::int64_t count = has(mnemonic, ".v4") ? 4 : has(mnemonic, ".v2") ? 2 : 1;
  return count * std::stoi(type) / 8;
}

class Maker {
 public:
  Maker(Function& function, std::vector<Mutant>& mutants)
      : function_(function), mutants_(mutants) {}

  void mutate(std::size_t index) {
    const Instruction& one = function_.code[index];
    const std::string mnemonic = mnemonic_of(one);
    if (is_barrier(mnemonic)) add(Mutation::drop_barrier, index, one).run = nothing;
    if (moves_memory(mnemonic)) {
      const int operand = mnemonic.starts_with("st.") ? 0 : address_of(mnemonic, one);
      add(Mutation::shift_address, index, one).operands[static_cast<std::size_t>(operand)].offset +=
          width_of(mnemonic);
    }
    if (mnemonic.starts_with("setp.")) move_guard(index, one, mnemonic);
    if (mnemonic.starts_with("atom.") || mnemonic.starts_with("red.")) {
      Instruction& mutant = add(Mutation::drop_atomic, index, one);
      mutant.inner = std::exchange(mutant.run, without_atomicity);
    }
    if (mnemonic.starts_with("shfl.") || mnemonic.starts_with("vote.") ||
        mnemonic == "bar.warp.sync")
      change_mask(index, one);
  }

 private:
  Instruction& add(Mutation mutation, std::size_t index, const Instruction& one) {
    mutants_.push_back({mutation, index, one});
    return mutants_.back().instruction;
  }

  static bool is_barrier(const std::string& mnemonic) {
    return mnemonic == "bar.sync" || mnemonic == "barrier.sync" || mnemonic == "bar.warp.sync" ||
           mnemonic.starts_with("cp.async.wait") || mnemonic == "cp.async.commit_group";
  }
  static bool moves_memory(const std::string& mnemonic) {
    const bool moves = mnemonic.starts_with("ld.") || mnemonic.starts_with("st.") ||
                       mnemonic.starts_with("ldmatrix.") ||
                       (mnemonic.starts_with("cp.async.") && has(mnemonic, ".shared"));
    return moves && !has(mnemonic, ".param") && !has(mnemonic, ".local");
  }
  // Of a load the last operand, of a copy the destination.
  static int address_of(const std::string& mnemonic, const Instruction& one) {
    return mnemonic.starts_with("cp.") ? 0 : one.count - 1;
  }

  void move_guard(std::size_t index, const Instruction& one, const std::string& mnemonic) {
    static constexpr std::pair<const char*, const char*> kSwaps[] = {
        {"lt", "le"}, {"le", "lt"}, {"gt", "ge"}, {"ge", "gt"}, {"eq", "ne"},
        {"ne", "eq"}, {"lo", "ls"}, {"ls", "lo"}, {"hi", "hs"}, {"hs", "hi"}};
    for (const auto& [from, to] : kSwaps) {
      if (!mnemonic.starts_with(std::string("setp.") + from + ".")) continue;
      std::string other = mnemonic;
      ptx::decode(add(Mutation::move_guard, index, one), other.replace(5, 2, to));
      return;
    }
  }

  void change_mask(std::size_t index, const Instruction& one) {
    const auto last = static_cast<std::size_t>(one.count - 1);
    add(Mutation::change_mask, index, one).operands[last] = {function_.constant(0x7FFFFFFF)};
  }

  Function& function_;
  std::vector<Mutant>& mutants_;
};

}  // namespace

const char* name_of(Mutation mutation) {
  switch (mutation) {
    case Mutation::drop_barrier:
      return "drop-barrier";
    case Mutation::shift_address:
      return "shift-address";
    case Mutation::move_guard:
      return "move-guard";
    case Mutation::drop_atomic:
      return "drop-atomic";
    case Mutation::change_mask:
      return "change-mask";
  }
  return "?";
}

std::vector<Mutant> mutants_of(Function& function) {
  std::vector<Mutant> mutants;
  Maker maker(function, mutants);
  for (std::size_t i = 0; i < function.code.size(); ++i)
    if (function.code[i].executed) maker.mutate(i);
  return mutants;
}

}  // namespace aiops::simt
