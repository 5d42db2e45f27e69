// SPDX-License-Identifier: Apache-2.0
// What a byte counts as. STREAM counts each array once: copy 2, triad 3, read 1 times its size. A
// normal store first reads the line it writes to (write-allocate), so the memory behind the caches
// moves 3/2 (copy) and 4/3 (triad) of that; a non-temporal store does not. We count STREAM's way
// for both and say so in the record, because the ratio between the two is what the allocate costs.
#include "bench/memory.hpp"

#include "base/error.hpp"
#include "base/units.hpp"
#include "bench/host.hpp"
#include "bench/memory_kernels.hpp"
#include "bench/team_cases.hpp"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <memory>

namespace aiops::bench {
namespace {

constexpr std::int64_t kLine = 64;
constexpr std::int64_t kBytesPerCall = 4 << 20;  // small arrays are gone over again and again
constexpr std::size_t kPage = 2u << 20;          // so that large pages can be used

struct Free {
  void operator()(double* memory) const { std::free(memory); }
};
using Memory = std::unique_ptr<double, Free>;

Memory allocate(std::int64_t bytes) {
  const std::size_t whole = (static_cast<std::size_t>(bytes) + kPage - 1) / kPage * kPage;
  Memory memory(static_cast<double*>(std::aligned_alloc(kPage, whole)));
  if (!memory) throw Error(ExitCode::failed, "no memory for an array of " + format_bytes(whole));
  return memory;
}

// Arrays of one size, cut into one slice a thread, each first touched by the thread that uses it.
class Field {
 public:
  Field(std::int64_t bytes, Team& team)
      : a_(allocate(bytes)), b_(allocate(bytes)), c_(allocate(bytes)), slices_(team.size()) {
    const std::int64_t lines = bytes / kLine;
    const auto members = static_cast<std::int64_t>(team.size());
    const auto begin = [&](std::int64_t member) { return lines * member / members * 8; };
    for (std::int64_t i = 0; i < members; ++i)
      slices_[static_cast<std::size_t>(i)] = {a_.get() + begin(i), b_.get() + begin(i),
                                              c_.get() + begin(i), begin(i + 1) - begin(i)};
    team.run([this](std::size_t member) {
      const Arrays& slice = slices_[member];
      std::fill_n(slice.a, slice.n, 1.0);
      std::fill_n(slice.b, slice.n, 2.0);
      std::fill_n(slice.c, slice.n, 0.0);
    });
  }
  const Arrays& slice(std::size_t member) const { return slices_[member]; }
  // How often one call goes over the arrays: handing work to threads costs a microsecond.
  std::int64_t rounds() const { return std::max<std::int64_t>(1, kBytesPerCall / bytes()); }
  std::int64_t bytes() const {
    std::int64_t n = 0;
    for (const Arrays& slice : slices_) n += slice.n;
    return n * static_cast<std::int64_t>(sizeof(double));
  }

 private:
  Memory a_, b_, c_;
  std::vector<Arrays> slices_;
};

struct Operation {
  std::string name, stores;
  std::int64_t arrays;  // that the loop goes over
  double written;       // what c then holds, 0: the loop writes nothing
  std::function<void(const Arrays&)> loop;
};

std::atomic<std::uint64_t> sink;  // a read that nobody reads would be left out

std::vector<Operation> operations_of(const MemoryPlan& plan) {
  const auto wanted = [](const std::vector<std::string>& list, const char* name) {
    return std::find(list.begin(), list.end(), name) != list.end();
  };
  const std::vector<Operation> all = {
      {"copy", "normal", 2, 1.0, copy},
      {"copy", "nontemporal", 2, 1.0, copy_streaming},
      {"read", "", 1, 0.0, [](const Arrays& arrays) { sink += read(arrays); }},
      {"triad", "normal", 3, 1.0 + kTriadFactor * 2.0, triad},
      {"triad", "nontemporal", 3, 1.0 + kTriadFactor * 2.0, triad_streaming}};
  std::vector<Operation> chosen;
  for (const Operation& operation : all)
    if (wanted(plan.operations, operation.name.c_str()) &&
        (operation.stores.empty() || wanted(plan.stores, operation.stores.c_str())) &&
        (operation.stores != "nontemporal" || has_streaming_stores()))
      chosen.push_back(operation);
  return chosen;
}

// Runs the loop once over emptied arrays and looks at every element.
Json check(const Operation& operation, const Field& field, Team& team) {
  std::atomic<std::int64_t> wrong{0};
  team.run([&](std::size_t member) {
    const Arrays& slice = field.slice(member);
    std::fill_n(slice.c, slice.n, 0.0);
    operation.loop(slice);
    wrong += slice.n - std::count(slice.c, slice.c + slice.n, operation.written);
  });
  if (wrong != 0)
    throw Error(ExitCode::failed, "memory " + operation.name + ": " + std::to_string(wrong.load()) +
                                      " elements are wrong");
  return {{"checked", true}, {"method", "every element"}, {"max_err", 0}, {"pass", true}};
}

Measurement describe(const Operation& operation, const Field& field, std::size_t threads) {
  const std::int64_t moved = operation.arrays * field.bytes();
  Json params = {
      {"operation", operation.name}, {"size_bytes", field.bytes()}, {"threads", threads}};
  params["stores"] = operation.stores.empty() ? Json(nullptr) : Json(operation.stores);
  Measurement result;
  result.workload = {{"kind", "memory"},
                     {"params", params},
                     {"dtype", "fp64"},
                     {"rounds", field.rounds()},
                     {"bytes_min", moved * field.rounds()},
                     {"byte_rule", "each array once (STREAM); write-allocate not counted"},
                     {"flops", nullptr}};
  result.engine = {{"name", "aiops"},
                   {"version", nullptr},
                   {"backend", "cpu"},
                   {"flags", {{"pinned", true}, {"first_touch", "own thread"}}}};
  result.rate = {"gb_s", "GB/s", static_cast<double>(moved * field.rounds())};
  result.working_set = moved;
  return result;
}

Group size_group(const MemoryPlan& plan, std::int64_t size, const std::shared_ptr<Team>& team) {
  if (3 * size > available_memory())
    throw Error(ExitCode::failed,
                "three arrays of " + format_bytes(static_cast<std::uint64_t>(size)) +
                    " do not fit into the " +
                    format_bytes(static_cast<std::uint64_t>(available_memory())) + " available",
                "--size with a smaller size");
  const auto field = std::make_shared<const Field>(size, *team);
  std::vector<TeamCase> cases;
  for (const Operation& operation : operations_of(plan)) {
    TeamCase subject{describe(operation, *field, team->size()),
                     [field, loop = operation.loop](std::size_t member) {
                       for (std::int64_t i = 0; i < field->rounds(); ++i)
                         loop(field->slice(member));
                     }};
    subject.measurement.correctness = check(operation, *field, *team);
    cases.push_back(std::move(subject));
  }
  return team_group(std::move(cases), team);
}

}  // namespace

std::vector<std::string> memory_operations() { return {"copy", "read", "triad"}; }
std::vector<std::string> memory_stores() { return {"normal", "nontemporal"}; }

std::vector<std::int64_t> memory_default_sizes() {
  std::vector<std::int64_t> sizes;
  std::int64_t last = 0;
  for (const int level : {1, 2, 3})
    if (const std::int64_t cache = cache_bytes(level); cache > last) {
      last = cache;
      sizes.push_back(cache / 6);  // the three arrays of a triad take half of it
    }
  sizes.push_back(std::max<std::int64_t>(4 * last, 64 << 20));
  return sizes;
}

Suite memory_suite(const MemoryPlan& plan, const Bench& bench) {
  for (const std::int64_t size : plan.sizes)
    if (size < kLine * static_cast<std::int64_t>(bench.threads))
      throw Error(ExitCode::usage, "an array of " + std::to_string(size) + " bytes has less than " +
                                       std::to_string(kLine) + " for each thread");
  const auto team = std::make_shared<Team>(bench.threads);
  Suite suite{"memory", operations_of(plan).size(), {}};
  for (const std::int64_t size : plan.sizes)
    suite.items.push_back({format_bytes(static_cast<std::uint64_t>(size)),
                           [=] { return size_group(plan, size, team); }});
  return suite;
}

}  // namespace aiops::bench
