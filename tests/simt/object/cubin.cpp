// SPDX-License-Identifier: Apache-2.0
#include "tests/simt/object/cubin.hpp"

#include "tests/simt/runtime/symbols.hpp"

#include <elf.h>

#include <cstdint>
#include <cstring>
#include <optional>

namespace aiops::simt {
namespace {

const std::map<unsigned, const char*> kInstructions = {
    {0x981, "LDG"}, {0x986, "STG"}, {0x984, "LDS"}, {0x983, "LDL"},
    {0x387, "STL"}, {0x987, "STL"}, {0xB1D, "BAR"}, {0x23C, "HMMA"}};

// Records of .nv.info about a symbol.
constexpr std::uint8_t kSized = 4;  // the format: a value of so many bytes follows
constexpr std::uint8_t kRegisters = 0x2F;
constexpr std::uint8_t kStack = 0x11;

// From sm_90 on the section begins with what the driver reserves for itself.
constexpr unsigned kReservedShared = 1024;
unsigned static_shared(unsigned architecture, std::uint64_t section) {
  const auto size = static_cast<unsigned>(section);
  return architecture >= 90 && size >= kReservedShared ? size - kReservedShared : size;
}

template <typename T>
T read_at(std::string_view bytes, std::size_t offset) {
  T value{};
  if (offset + sizeof value <= bytes.size())
    std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

class Reader {
 public:
  explicit Reader(std::string_view elf) : elf_(elf), header_(read_at<Elf64_Ehdr>(elf, 0)) {}

  Cubin cubin() {
    Cubin cubin;
    cubin.architecture = architecture();
    read_info();
    for (unsigned i = 0; i < header_.e_shnum; ++i) {
      const std::string name = name_of(i);
      if (name.starts_with(".text.")) cubin.kernels.push_back(kernel(i, name.substr(6)));
    }
    return cubin;
  }

 private:
  unsigned architecture() const { return header_.e_flags >> 8U & 0xFFU; }
  Elf64_Shdr section(unsigned index) const {
    return read_at<Elf64_Shdr>(elf_, header_.e_shoff + std::size_t{index} * sizeof(Elf64_Shdr));
  }
  std::string name_of(unsigned index) const {
    const std::size_t at = section(header_.e_shstrndx).sh_offset + section(index).sh_name;
    return std::string(elf_.substr(at, elf_.find('\0', at) - at));
  }
  std::optional<Elf64_Shdr> find(const std::string& name) const {
    for (unsigned i = 0; i < header_.e_shnum; ++i)
      if (name_of(i) == name) return section(i);
    return std::nullopt;
  }

  void read_info() {
    const auto info = find(".nv.info");
    if (!info) return;
    for (std::size_t at = info->sh_offset; at < info->sh_offset + info->sh_size;) {
      const auto format = read_at<std::uint8_t>(elf_, at);
      const auto attribute = read_at<std::uint8_t>(elf_, at + 1);
      const auto size = read_at<std::uint16_t>(elf_, at + 2);
      const auto symbol = read_at<std::uint32_t>(elf_, at + 4);
      const auto value = read_at<std::uint32_t>(elf_, at + 8);
      if (format == kSized && attribute == kRegisters) registers_[symbol] = value;
      if (format == kSized && attribute == kStack) stacks_[symbol] = value;
      at += 4 + (format == kSized ? size : 0);
    }
  }

  MachineCode kernel(unsigned index, const std::string& name) const {
    const Elf64_Shdr text = section(index);
    MachineCode code;
    code.kernel = kernel_name(demangled(name.c_str()));
    const unsigned symbol = text.sh_info & 0xFFFFFFU;
    if (const auto found = registers_.find(symbol); found != registers_.end())
      code.registers = found->second;
    if (const auto found = stacks_.find(symbol); found != stacks_.end()) code.stack = found->second;
    if (const auto shared = find(".nv.shared." + name))
      code.static_shared = static_shared(architecture(), shared->sh_size);
    for (std::size_t at = 0; at < text.sh_size; at += 16) {
      const unsigned opcode = read_at<std::uint16_t>(elf_, text.sh_offset + at) & 0xFFFU;
      if (const auto known = kInstructions.find(opcode); known != kInstructions.end())
        ++code.counts[known->second];
      ++code.instructions;
    }
    return code;
  }

  std::string_view elf_;
  Elf64_Ehdr header_;
  std::map<unsigned, unsigned> registers_, stacks_;  // by symbol
};

}  // namespace

Cubin read_cubin(std::string_view elf) { return Reader(elf).cubin(); }

}  // namespace aiops::simt
