// SPDX-License-Identifier: Apache-2.0
// What can be said of machine code without running it.
//
//   simt_gates           checks it
//   simt_gates budgets   writes kernels/cuda/BUDGETS.tsv to stdout
//
// No kernel may use local memory. Kernels must have the instructions that kernels/cuda/OPCODES.tsv
// asks of them, and tensor core instructions exactly where the PTX has them. Registers, shared
// memory and blocks a multiprocessor are what BUDGETS.tsv says: a change there is meant or is a
// fault. This is no statement about speed.
#include "tests/simt/gates/occupancy.hpp"
#include "tests/simt/object/cubin.hpp"
#include "tests/simt/object/kernels_ptx.hpp"
#include "tests/simt/runtime/symbols.hpp"
#include "tests/simt/suite.hpp"

#include <algorithm>
#include <cstdio>
#include <map>
#include <set>
#include <sstream>

namespace aiops::simt {
namespace {

int complaints = 0;
void complain(const std::string& what) {
  ++complaints;
  std::puts(what.c_str());
}

// Without the room's name.
std::string short_name(std::string name) {
  static const std::string kRoom = "aiops::kernels::cuda::";
  for (std::size_t at = name.find(kRoom); at != std::string::npos; at = name.find(kRoom))
    name.erase(at, kRoom.size());
  return name;
}

// How the trials launch a kernel: with how many threads, and at most how much dynamic shared
// memory.
struct Launches : Engine {
  kernels::cuda::LaunchStatus prepare(const Launch& launch) override {
    Needs& needs = of[short_name(kernel_of(launch.name))];
    needs.threads = static_cast<int>(launch.block.x * launch.block.y * launch.block.z);
    needs.dynamic_shared = std::max(needs.dynamic_shared, launch.dynamic_shared);
    return {};
  }
  void run_thread(const Launch&) override {}
  std::string place(int) const override { return {}; }

  std::map<std::string, Needs> of;
};

struct Kernel {
  unsigned architecture;
  MachineCode code;
  Needs needs;
};

std::vector<Kernel> all_kernels() {
  Launches launches;
  for (const Operator& one : operators())
    for (const kernels::cuda::Case& each : one.cases()) try_case(each, {.engine = &launches});
  std::vector<Kernel> kernels;
  for (const std::string& path : cuda_objects())
    for (const std::string& elf : read_cuda_object(path).cubins) {
      Cubin cubin = read_cubin(elf);
      for (MachineCode& code : cubin.kernels) {
        Needs needs = launches.of[short_name(code.kernel)];
        needs.registers = code.registers;
        needs.static_shared = code.static_shared;
        kernels.push_back({cubin.architecture, std::move(code), needs});
      }
    }
  return kernels;
}

std::string budget_of(const Kernel& kernel) {
  const Needs& needs = kernel.needs;
  std::ostringstream line;
  line << short_name(kernel.code.kernel) << "\tsm_" << kernel.architecture << "\t"
       << needs.registers << "\t" << needs.static_shared << "\t" << needs.dynamic_shared << "\t"
       << needs.threads << "\t" << blocks_per_multiprocessor(kernel.architecture, needs);
  return line.str();
}

constexpr const char* kTitle =
    "# kernel\tarchitecture\tregisters\tstatic shared\tdynamic shared\tthreads\tblocks a "
    "multiprocessor";
const std::string kCompiler = "# nvcc " AIOPS_NVCC_VERSION;

std::vector<std::string> lines_of(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

void write_budgets(const std::vector<Kernel>& kernels) {
  std::set<std::string> lines;
  for (const Kernel& kernel : kernels) lines.insert(budget_of(kernel));
  std::printf("%s\n%s\n", kCompiler.c_str(), kTitle);
  for (const std::string& line : lines) std::puts(line.c_str());
}

// Of the architectures that this build made; another compiler allots registers as it likes.
void check_budgets(const std::vector<Kernel>& kernels) {
  const auto lines = lines_of(AIOPS_BUDGETS);
  if (lines.empty() || lines.front() != kCompiler) {
    std::printf("skipped: BUDGETS.tsv was made by another compiler than %s\n",
                kCompiler.c_str() + 2);
    return;
  }
  std::set<std::string> written(lines.begin(), lines.end());
  std::set<std::string> architectures;
  for (const Kernel& kernel : kernels) {
    architectures.insert("\tsm_" + std::to_string(kernel.architecture) + "\t");
    if (written.erase(budget_of(kernel)) == 0) complain("not in BUDGETS.tsv: " + budget_of(kernel));
  }
  for (const std::string& line : written)
    for (const std::string& architecture : architectures)
      if (line.find(architecture) != std::string::npos) complain("in BUDGETS.tsv only: " + line);
}

void check_machine_code(const std::vector<Kernel>& kernels, const ptx::PtxEngine& engine) {
  for (const Kernel& kernel : kernels) {
    const std::string name =
        short_name(kernel.code.kernel) + " on sm_" + std::to_string(kernel.architecture);
    if (kernel.code.stack != 0 || kernel.code.count("LDL") + kernel.code.count("STL") != 0)
      complain(name + " uses local memory");
    if (kernel.needs.threads == 0) {
      complain(name + " is launched by no trial");
    } else if (blocks_per_multiprocessor(kernel.architecture, kernel.needs) == 0) {
      complain(name + " does not fit into a multiprocessor");
    }
    const auto& code = engine.functions().at(kernel.code.kernel).code;
    const bool multiplies = std::any_of(code.begin(), code.end(), [](const ptx::Instruction& one) {
      return one.text.find("mma.sync") != std::string::npos;
    });
    if (multiplies != (kernel.code.count("HMMA") != 0))
      complain(name + (multiplies ? " has mma.sync in its PTX, but no HMMA" : " has HMMA unasked"));
  }
}

// Lines of OPCODES.tsv: how a kernel's name begins, and an instruction that its PTX must have.
void check_opcodes(const ptx::PtxEngine& engine) {
  for (const std::string& line : lines_of(AIOPS_OPCODES)) {
    const std::size_t tab = line.find('\t');
    if (line.starts_with("#") || tab == std::string::npos) continue;
    const std::string kernel = line.substr(0, tab);
    const std::string opcode = line.substr(tab + 1);
    bool found = false;
    for (const auto& [name, function] : engine.functions()) {
      if (!short_name(name).starts_with(kernel)) continue;
      found = true;
      if (std::none_of(function.code.begin(), function.code.end(),
                       [&](const ptx::Instruction& one) {
                         return one.text.find(opcode) != std::string::npos;
                       }))
        complain(short_name(name) + " has no " + opcode);
    }
    if (!found) complain("OPCODES.tsv names " + kernel + ", which is no kernel");
  }
  for (const auto& [name, function] : engine.functions())
    if (function.local_size != 0) complain(short_name(name) + " has .local arrays in its PTX");
}

int run(bool write) {
  const std::vector<Kernel> kernels = all_kernels();
  if (kernels.empty()) {
    std::puts("no machine code: nvcc made no kernels");
    return 77;
  }
  if (write) {
    write_budgets(kernels);
    return 0;
  }
  ptx::PtxEngine engine;
  for (const Operator& one : operators()) load_ptx(engine, one.name);
  check_machine_code(kernels, engine);
  check_opcodes(engine);
  check_budgets(kernels);
  if (complaints != 0)
    std::puts(
        "if this is meant: simt_gates budgets >kernels/cuda/BUDGETS.tsv, in a build of all "
        "architectures");
  return complaints == 0 ? 0 : 1;
}

}  // namespace
}  // namespace aiops::simt

int main(int argc, char** argv) {
  return aiops::simt::run(argc > 1 && std::string(argv[1]) == "budgets");
}
