// SPDX-License-Identifier: Apache-2.0
// Plants every mutant into the PTX of every operator and lets the trials look for it.
//
//   simt_mutate [--every N] [OPERATOR...]
//
// --every takes each N-th mutant only. Survivors are listed; those that change nothing which
// anybody could notice have a line with the reason in survivors.tsv. Exit 1: fewer than nine tenths
// were noticed, or one survived without a reason.
#include "tests/simt/mutation/mutants.hpp"
#include "tests/simt/object/kernels_ptx.hpp"
#include "tests/simt/suite.hpp"

#include <algorithm>
#include <cstdio>
#include <map>
#include <set>
#include <sstream>

namespace aiops::simt {
namespace {

struct Count {
  std::size_t killed = 0, explained = 0, all = 0;
};

// The cases, the shortest first, and how long a launch took at most.
struct Cases {
  std::vector<kernels::cuda::Case> by_length;
  std::uint64_t longest = 0;
};

Cases cases_of(const Operator& one, ptx::PtxEngine& engine) {
  std::vector<std::pair<std::uint64_t, kernels::cuda::Case>> timed;
  for (kernels::cuda::Case& each : one.cases()) {
    const std::uint64_t before = engine.executed;
    try_case(each, {.engine = &engine});
    timed.emplace_back(engine.executed - before, std::move(each));
  }
  std::stable_sort(timed.begin(), timed.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  Cases cases;
  for (auto& [length, each] : timed) {
    cases.longest = length;
    cases.by_length.push_back(std::move(each));
  }
  return cases;
}

bool is_noticed(const Cases& cases, ptx::PtxEngine& engine) {
  for (const Order order : {Order::forward, Order::reverse, Order::random})
    for (const kernels::cuda::Case& one : cases.by_length)
      if (!try_case(one, {.order = order, .engine = &engine}).faults.empty()) return true;
  return false;
}

// "rms_norm	move-guard	forward.cuh:31": what a line of survivors.tsv begins with.
std::string key_of(const Operator& one, const Mutant& mutant) {
  return std::string(one.name) + "\t" + name_of(mutant.mutation) + "\t" +
         mutant.instruction.source + ":" + std::to_string(mutant.instruction.line);
}

std::set<std::string> explained() {
  std::set<std::string> keys;
  std::ifstream file(AIOPS_SURVIVORS);
  for (std::string line; std::getline(file, line);) {
    const std::size_t reason = line.rfind('\t');
    if (!line.starts_with("#") && reason != std::string::npos && reason + 1 < line.size())
      keys.insert(line.substr(0, reason));
  }
  return keys;
}

// Every N-th mutant of one operator.
std::map<Mutation, Count> mutate(const Operator& one, std::size_t every,
                                 const std::set<std::string>& reasons) {
  std::map<Mutation, Count> counts;
  ptx::PtxEngine engine;
  if (!load_ptx(engine, one.name)) return counts;
  const Cases cases = cases_of(one, engine);
  engine.most_per_launch = 10 * cases.longest + 100000;
  std::size_t number = 0;
  for (auto& [name, function] : engine.functions())
    for (Mutant& mutant : mutants_of(function)) {
      if (number++ % every != 0) continue;
      Count& count = counts[mutant.mutation];
      ++count.all;
      ptx::Instruction& place = function.code[mutant.index];
      std::swap(place, mutant.instruction);
      const bool noticed = is_noticed(cases, engine);
      std::swap(place, mutant.instruction);
      count.killed += noticed ? 1 : 0;
      if (noticed) continue;
      const bool has_reason = reasons.contains(key_of(one, mutant));
      count.explained += has_reason ? 1 : 0;
      std::printf("%s\t%s\t%s\n", key_of(one, mutant).c_str(),
                  has_reason ? "explained" : "SURVIVES", mutant.instruction.text.c_str());
    }
  return counts;
}

int run(std::size_t every, const std::set<std::string>& wanted) {
  const std::set<std::string> reasons = explained();
  Count total;
  for (const Operator& one : operators()) {
    if (!wanted.empty() && !wanted.contains(one.name)) continue;
    for (const auto& [mutation, count] : mutate(one, every, reasons)) {
      std::printf("%-20s %-14s %4zu of %4zu noticed, %zu explained\n", one.name, name_of(mutation),
                  count.killed, count.all, count.explained);
      total.killed += count.killed;
      total.explained += count.explained;
      total.all += count.all;
    }
  }
  if (total.all == 0) {
    std::puts("no nvcc made PTX of the kernels");
    return 77;
  }
  std::printf("%zu of %zu noticed, %zu explained\n", total.killed, total.all, total.explained);
  const bool enough = total.killed * 10 >= total.all * 9;
  return enough && total.killed + total.explained == total.all ? 0 : 1;
}

}  // namespace
}  // namespace aiops::simt

int main(int argc, char** argv) {
  std::size_t every = 1;
  std::set<std::string> wanted;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--every" && i + 1 < argc) {
      every = std::max<std::size_t>(1, std::stoul(argv[++i]));
    } else {
      wanted.insert(word);
    }
  }
  return aiops::simt::run(every, wanted);
}
