// SPDX-License-Identifier: Apache-2.0
#include "tests/simt/object/cuda_object.hpp"

#include "base/error.hpp"

#include <elf.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>

namespace aiops::simt {
namespace {

constexpr std::string_view kElf =
    "\x7f"
    "ELF\2\1";  // 64 bits, little-endian
constexpr std::string_view kPtx = "\n.version ";
constexpr std::uint16_t kCudaMachine = 190;  // EM_CUDA

template <typename T>
T read_at(std::string_view bytes, std::size_t offset) {
  T value{};
  if (offset + sizeof value <= bytes.size())
    std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

// Where an ELF file ends: after its last section or its table of sections.
std::size_t size_of_elf(std::string_view bytes) {
  const auto header = read_at<Elf64_Ehdr>(bytes, 0);
  std::size_t end = header.e_shoff + std::size_t{header.e_shnum} * header.e_shentsize;
  for (std::size_t i = 0; i < header.e_shnum; ++i) {
    const auto section = read_at<Elf64_Shdr>(bytes, header.e_shoff + i * header.e_shentsize);
    if (section.sh_type != SHT_NOBITS) end = std::max(end, section.sh_offset + section.sh_size);
  }
  return std::max(end, header.e_phoff + std::size_t{header.e_phnum} * header.e_phentsize);
}

}  // namespace

CudaObject read_cuda_object(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw Error(ExitCode::not_found, path + ": cannot be read");
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  CudaObject object;
  const std::string_view all(bytes);
  for (std::size_t at = all.find(kElf, 1); at != std::string_view::npos;
       at = all.find(kElf, at + 1)) {
    const std::string_view elf = all.substr(at);
    if (read_at<Elf64_Ehdr>(elf, 0).e_machine == kCudaMachine)
      object.cubins.emplace_back(elf.substr(0, size_of_elf(elf)));
  }
  for (std::size_t at = all.find(kPtx); at != std::string_view::npos; at = all.find(kPtx, at + 1))
    object.ptx.emplace_back(all.substr(at, all.find('\0', at) - at));
  if (object.ptx.empty() && object.cubins.empty())
    throw Error(ExitCode::failed, path + ": holds neither PTX nor a cubin");
  return object;
}

std::string_view target_of(std::string_view ptx) {
  constexpr std::string_view kTarget = ".target ";
  const std::size_t at = ptx.find(kTarget);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = ptx.substr(at + kTarget.size());
  return rest.substr(0, rest.find_first_of(", \n"));
}

}  // namespace aiops::simt
