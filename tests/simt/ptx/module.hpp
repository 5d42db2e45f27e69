// SPDX-License-Identifier: Apache-2.0
// PTX in parsed form: what nvcc -ptx wrote, ready to run.
#pragma once

#include "tests/simt/ptx/instruction.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace aiops::simt::ptx {

struct Parameter {
  std::string name;
  std::size_t offset = 0, size = 0;
};

// A variable in .shared, .global or .const memory.
struct Variable {
  std::string name;
  std::size_t size = 0, alignment = 1;
  std::vector<std::byte> initial = {};
  void* address = nullptr;  // of .global and .const: allocated when the module was loaded
};

// Special registers, in the order in which a thread fills their slots.
inline constexpr const char* kSpecialRegisters[] = {
    "%tid.x",   "%tid.y",   "%tid.z",    "%ntid.x",   "%ntid.y",   "%ntid.z", "%ctaid.x",
    "%ctaid.y", "%ctaid.z", "%nctaid.x", "%nctaid.y", "%nctaid.z", "%laneid"};

struct Function {
  std::string name;            // demangled
  std::string dynamic_shared;  // the module's
  std::vector<Parameter> parameters;
  std::size_t most_threads = 1024;
  std::vector<Instruction> code;
  std::map<std::string, int> labels;

  // The slots: by name, and what the named ones hold when a thread starts.
  std::map<std::string, int> slots;
  std::vector<std::uint64_t> initial;
  std::vector<std::pair<int, int>> specials;                 // slot, index into kSpecialRegisters
  std::vector<std::pair<int, std::string>> shared, globals;  // slot, variable
  std::vector<std::pair<int, std::size_t>> locals;           // slot, offset in local memory
  std::map<std::string, std::size_t> local_variables;        // offsets
  std::size_t local_size = 0;

  // The slot of this name, which is made if need be.
  int slot_of(const std::string& slot_name);
  // The slot of a constant.
  int constant(std::uint64_t value);
};

struct Module {
  std::map<std::string, Function> functions;  // by demangled name
  std::map<std::string, Variable> shared, global;
  std::string dynamic_shared;  // the name of the .extern .shared array, if any
  std::map<int, std::string> files;
};

// Throws aiops::Error with all constructs that the executor does not know.
Module parse(const std::string& text);

// Fills in what the mnemonic does; throws where it is not known, or takes another number of
// operands.
void decode(Instruction& instruction, const std::string& mnemonic);

}  // namespace aiops::simt::ptx
