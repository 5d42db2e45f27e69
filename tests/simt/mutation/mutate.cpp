// SPDX-License-Identifier: Apache-2.0
// Plants every mutant into the PTX of every operator and lets the trials look for it.
//
//   simt_mutate [--sample N] [--seed S] [--part I/N] [OPERATOR...]
//
// --sample takes N mutants of each operator, chosen by the seed; --part every Nth of these, from
// the Ith on (from 0), so that N processes share the work. Survivors are listed; those that
// change nothing which anybody could notice have a line with the reason in survivors.tsv. Exit 1: a
// survivor has none, or of all mutants of all operators fewer than nine tenths were noticed.
// Another nvcc than that of survivors.tsv makes other mutants of a line: of those that have no
// reason nine tenths are enough.
#include "tests/simt/mutation/mutants.hpp"
#include "tests/simt/object/kernels_ptx.hpp"
#include "tests/simt/suite.hpp"

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <map>
#include <random>
#include <set>
#include <span>
#include <unordered_set>
#include <utility>

namespace aiops::simt {
namespace {

struct Count {
  std::size_t killed = 0, explained = 0, all = 0;

  Count& operator+=(const Count& other) {
    killed += other.killed;
    explained += other.explained;
    all += other.all;
    return *this;
  }
};

// A case with the instructions that it runs: of mutants of others it cannot tell.
struct Watcher {
  kernels::cuda::Case one;
  std::uint64_t length = 0;
  std::unordered_set<const ptx::Instruction*> runs = {};
};

// The instructions that ran since this was last asked.
std::unordered_set<const ptx::Instruction*> take_executed(ptx::PtxEngine& engine) {
  std::unordered_set<const ptx::Instruction*> runs;
  for (auto& [name, function] : engine.functions())
    for (const ptx::Instruction& each : function.code)
      if (std::exchange(each.executed, false)) runs.insert(&each);
  return runs;
}

// The cases, the shortest first.
std::vector<Watcher> watchers_of(const Operator& one, ptx::PtxEngine& engine) {
  std::vector<Watcher> watchers;
  for (kernels::cuda::Case& each : one.cases()) {
    const std::uint64_t before = engine.executed;
    try_case(each, {.engine = &engine});
    watchers.push_back({std::move(each), engine.executed - before, take_executed(engine)});
  }
  for (const Watcher& watcher : watchers)
    for (const ptx::Instruction* each : watcher.runs) each->executed = true;
  std::stable_sort(watchers.begin(), watchers.end(),
                   [](const Watcher& a, const Watcher& b) { return a.length < b.length; });
  return watchers;
}

// Whether accesses are ordered is found out in any order; what threads lack that do not wait for
// each other may show in some only.
std::span<const Order> orders_for(Mutation mutation) {
  static constexpr Order kAll[] = {Order::forward, Order::reverse, Order::random};
  const bool is_of_one_thread =
      mutation == Mutation::shift_address || mutation == Mutation::move_guard;
  return {kAll, is_of_one_thread ? std::size_t{1} : std::size(kAll)};
}

bool is_noticed(const std::vector<Watcher>& watchers, Mutation mutation,
                const ptx::Instruction& place, ptx::PtxEngine& engine) {
  for (const Order order : orders_for(mutation))
    for (const Watcher& watcher : watchers) {
      if (!watcher.runs.contains(&place)) continue;
      engine.most_per_launch = 10 * watcher.length + 100000;  // what loops is noticed too
      if (!try_case(watcher.one, {.order = order, .engine = &engine}).faults.empty()) return true;
    }
  return false;
}

// "rms_norm	move-guard	forward.cuh:31": what a line of survivors.tsv begins with.
std::string key_of(const Operator& one, const Mutant& mutant) {
  return std::string(one.name) + "\t" + name_of(mutant.mutation) + "\t" +
         mutant.instruction.source + ":" + std::to_string(mutant.instruction.line);
}

struct Reasons {
  std::set<std::string> keys = {};
  bool of_this_compiler = false;
};

Reasons reasons_in(const char* path) {
  Reasons reasons;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const std::size_t reason = line.rfind('\t');
    if (line == "# nvcc " AIOPS_NVCC_VERSION) reasons.of_this_compiler = true;
    if (!line.starts_with("#") && reason != std::string::npos && reason + 1 < line.size())
      reasons.keys.insert(line.substr(0, reason));
  }
  return reasons;
}

struct Choice {
  std::size_t sample = 0;  // of each operator; 0: all
  std::uint64_t seed = 1;
  std::size_t part = 0, parts = 1;
  std::set<std::string> operators = {};
};

using Planted = std::pair<ptx::Function*, Mutant>;

std::vector<Planted> chosen_mutants(ptx::PtxEngine& engine, const Choice& choice) {
  std::vector<Planted> all;
  for (auto& [name, function] : engine.functions())
    for (Mutant& mutant : mutants_of(function)) all.emplace_back(&function, std::move(mutant));
  if (choice.sample != 0 && choice.sample < all.size()) {
    std::mt19937_64 random(choice.seed);
    for (std::size_t i = 0; i < choice.sample; ++i)  // std::shuffle's order is the library's own
      std::swap(all[i], all[i + random() % (all.size() - i)]);
    all.resize(choice.sample);
  }
  std::vector<Planted> part;
  for (std::size_t i = choice.part; i < all.size(); i += choice.parts)
    part.push_back(std::move(all[i]));
  return part;
}

std::map<Mutation, Count> mutate(const Operator& one, const Choice& choice,
                                 const Reasons& reasons) {
  std::map<Mutation, Count> counts;
  ptx::PtxEngine engine;
  if (!load_ptx(engine, one.name)) return counts;
  const std::vector<Watcher> watchers = watchers_of(one, engine);
  for (auto& [function, mutant] : chosen_mutants(engine, choice)) {
    Count& count = counts[mutant.mutation];
    ++count.all;
    ptx::Instruction& place = function->code[mutant.index];
    std::swap(place, mutant.instruction);
    const bool noticed = is_noticed(watchers, mutant.mutation, place, engine);
    std::swap(place, mutant.instruction);
    count.killed += noticed ? 1 : 0;
    if (noticed) continue;
    const bool has_reason = reasons.keys.contains(key_of(one, mutant));
    count.explained += has_reason ? 1 : 0;
    std::printf("%s\t%s\t%s\t%s\n", key_of(one, mutant).c_str(),
                has_reason ? "explained" : "SURVIVES", function->name.c_str(),
                mutant.instruction.text.c_str());
    std::fflush(stdout);
  }
  return counts;
}

bool are_enough_noticed(const Count& count, const Choice& choice, const Reasons& reasons) {
  if (!reasons.of_this_compiler) return count.killed * 10 >= (count.all - count.explained) * 9;
  const bool of_all = choice.operators.empty() && choice.sample == 0 && choice.parts == 1;
  return count.killed + count.explained == count.all &&
         (!of_all || count.killed * 10 >= count.all * 9);
}

int run(const Choice& choice) {
  const Reasons reasons = reasons_in(AIOPS_SURVIVORS);
  Count total;
  for (const Operator& one : operators()) {
    if (!choice.operators.empty() && !choice.operators.contains(one.name)) continue;
    for (const auto& [mutation, count] : mutate(one, choice, reasons)) {
      std::printf("%-20s %-14s %4zu of %4zu noticed, %zu explained\n", one.name, name_of(mutation),
                  count.killed, count.all, count.explained);
      total += count;
    }
    std::fflush(stdout);
  }
  if (total.all == 0) {
    std::puts("no nvcc made PTX of the kernels");
    return 77;
  }
  std::printf("%zu of %zu noticed, %zu explained\n", total.killed, total.all, total.explained);
  return are_enough_noticed(total, choice, reasons) ? 0 : 1;
}

}  // namespace
}  // namespace aiops::simt

int main(int argc, char** argv) {
  aiops::simt::Choice choice;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--sample" && i + 1 < argc) {
      choice.sample = std::stoul(argv[++i]);
    } else if (word == "--seed" && i + 1 < argc) {
      choice.seed = std::stoull(argv[++i]);
    } else if (word == "--part" && i + 1 < argc) {
      const std::string part = argv[++i];
      choice.part = std::stoul(part);
      choice.parts = std::max<std::size_t>(1, std::stoul(part.substr(part.find('/') + 1)));
    } else {
      choice.operators.insert(word);
    }
  }
  return aiops::simt::run(choice);
}
