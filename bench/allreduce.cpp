// SPDX-License-Identifier: Apache-2.0
// What a byte counts as: each value of each rank is read once and written once. The ceiling counts
// the same way, and its stores go past the caches, as far as this machine has such: a normal store
// to an array that was not read would move half as much again, and a sum has read what it writes.
#include "bench/allreduce.hpp"

#include "base/error.hpp"
#include "base/units.hpp"
#include "bench/host.hpp"
#include "bench/memory_kernels.hpp"
#include "bench/record.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>

namespace aiops::bench {
namespace {

// What the first rank tells the others to do with it.
enum class Order { leave, sum, copy };

// A value whose sum over ranks depends on the order of the additions.
float value_of(std::size_t i, int rank) {
  const float large = rank % 2 == 0 ? 1e8F : -1e8F;
  return (i % 3 == 0 ? large : 0.1F) + static_cast<float>(i % 97) * 0.37F;
}

// One rank with arrays of one size.
class Member {
 public:
  Member(train::Collective& ranks, std::span<float> own) : ranks_(ranks), own_(own) {}

  // Looks at every value of a sum; all ranks together.
  Json check() {
    for (std::size_t i = 0; i < own_.size(); ++i) own_[i] = value_of(i, ranks_.rank());
    sum();
    double wrong = 0;
    for (std::size_t i = 0; i < own_.size(); ++i) {
      float expected = value_of(i, 0);
      for (int rank = 1; rank < ranks_.size(); ++rank) expected += value_of(i, rank);
      wrong += std::memcmp(&own_[i], &expected, sizeof expected) != 0 ? 1 : 0;
    }
    ranks_.sum(std::span(&wrong, 1));
    if (wrong > 0)
      throw Error(ExitCode::failed,
                  "allreduce: " + std::to_string(static_cast<std::int64_t>(wrong)) +
                      " sums are not those of the ranks in their order");
    std::ranges::fill(own_, 0.0F);  // sums of sums would leave the range of numbers
    return {
        {"checked", true}, {"method", "every sum, bit for bit"}, {"max_err", 0}, {"pass", true}};
  }

  // Of the first rank: all do it, once.
  void lead(Order order) {
    tell(order);
    obey(order);
  }
  // Of the others: until they may leave.
  void follow() {
    for (Order order = tell(Order::leave); order != Order::leave; order = tell(Order::leave))
      obey(order);
  }

 private:
  // The order of the first rank; the others have none, which counts as nothing.
  Order tell(Order order) {
    double said = static_cast<double>(static_cast<int>(order));
    ranks_.sum(std::span(&said, 1));
    return static_cast<Order>(static_cast<int>(said));
  }
  void obey(Order order) {
    if (order == Order::sum) sum();
    if (order == Order::copy) copy_half();
  }
  void sum() {
    const std::array<std::span<float>, 1> parts{own_};
    ranks_.sum(parts);
  }
  void copy_half() {
    const std::size_t half = own_.size() / 32 * 16;  // whole lines
    auto* a = reinterpret_cast<double*>(own_.data());
    auto* c = reinterpret_cast<double*>(own_.data() + half);
    copy_streaming({.a = a, .b = a, .c = c, .n = static_cast<std::int64_t>(half / 2)});
    ranks_.barrier();
  }

  train::Collective& ranks_;
  std::span<float> own_;
};

Measurement describe(std::int64_t size, int ranks) {
  const std::int64_t moved = 2 * ranks * size;
  Measurement result;
  result.workload = {{"kind", "allreduce"},
                     {"params", {{"ranks", ranks}, {"size_bytes", size}}},
                     {"dtype", "fp32"},
                     {"bytes_min", moved},
                     {"byte_rule", "each value of each rank read once and written once"},
                     {"flops", (ranks - 1) * (size / static_cast<std::int64_t>(sizeof(float)))}};
  result.engine = {{"name", "aiops"},
                   {"version", nullptr},
                   {"backend", "cpu"},
                   {"flags", {{"pinned", false}, {"memory", "shared"}}}};
  result.rate = {"gb_s", "GB/s", static_cast<double>(moved)};
  return result;
}

double median_ns(const Samples& samples) {
  return summarise(samples.values).median / static_cast<double>(samples.calls);
}

Measurement measure(Measurement result, const std::vector<Samples>& samples, std::int64_t size,
                    int ranks) {
  result.samples = samples[0];
  const double ceiling =
      static_cast<double>(size) * ranks / median_ns(samples[1]);  // half is read, half written
  result.peak_per_ns = ceiling;
  result.peak_detail = {
      {"method", std::string("every rank copies half of its array over the other half, all at "
                             "once, with ") +
                     (has_streaming_stores() ? "non-temporal" : "normal") + " stores"},
      {"gb_s", ceiling}};
  result.counters = {{"median_ms", median_ns(samples[0]) / 1e6},
                     {"moved_mb", result.rate.per_call / 1e6}};
  return result;
}

// What the first rank leads the others through.
Group sum_group(const std::shared_ptr<Member>& member, std::int64_t size, int ranks) {
  Measurement result = describe(size, ranks);
  result.correctness = member->check();
  return {.cases = {{[=] { member->lead(Order::sum); }},
                    {.work = [=] { member->lead(Order::copy); }, .decides = Case::Decides::no}},
          .describe = [=](const std::vector<Samples>& samples) {
            member->lead(Order::leave);
            return std::vector{measure(result, samples, size, ranks)};
          }};
}

void check_size(std::int64_t size, int ranks) {
  constexpr std::int64_t kLeast = 256;  // so that both halves have lines
  if (size < kLeast || size % static_cast<std::int64_t>(sizeof(float)) != 0)
    throw Error(ExitCode::usage,
                "arrays of " + std::to_string(size) + " bytes: at least 256, a multiple of 4");
  if (size > available_memory() / ranks)
    throw Error(ExitCode::failed,
                std::to_string(ranks) + " arrays of " +
                    format_bytes(static_cast<std::uint64_t>(size)) + " do not fit into the " +
                    format_bytes(static_cast<std::uint64_t>(available_memory())) + " available",
                "--bytes with less");
}

std::uint64_t floats_in(std::int64_t bytes) {
  return static_cast<std::uint64_t>(bytes) / sizeof(float);
}

// This rank's part of what all sizes in turn are summed in. All look before one takes memory.
std::shared_ptr<const kernels::Arena> take_memory(const AllreducePlan& plan,
                                                  train::Collective& ranks) {
  for (const std::int64_t size : plan.sizes) check_size(size, ranks.here());
  ranks.barrier();
  return std::make_shared<const kernels::Arena>(
      ranks.shared_floats(floats_in(*std::ranges::max_element(plan.sizes))));
}

}  // namespace

Suite allreduce_suite(const AllreducePlan& plan, train::Collective& ranks) {
  const auto memory = take_memory(plan, ranks);
  Suite suite{"allreduce", 1, {}};
  for (const std::int64_t size : plan.sizes)
    suite.items.push_back(
        {format_bytes(static_cast<std::uint64_t>(size)), [=, &ranks] {
           return sum_group(std::make_shared<Member>(ranks, memory->span().first(floats_in(size))),
                            size, ranks.size());
         }});
  return suite;
}

void follow_allreduce(const AllreducePlan& plan, train::Collective& ranks) {
  const auto memory = take_memory(plan, ranks);
  for (const std::int64_t size : plan.sizes) {
    Member member(ranks, memory->span().first(floats_in(size)));
    member.check();
    member.follow();
  }
}

}  // namespace aiops::bench
