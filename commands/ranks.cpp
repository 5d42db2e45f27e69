// SPDX-License-Identifier: Apache-2.0
#include "commands/ranks.hpp"

#include "base/error.hpp"
#include "train/ranks/rendezvous.hpp"
#include "train/ranks/shared_memory.hpp"

#include <fmt/format.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <new>

namespace aiops::commands {
namespace {

constexpr double kPatience = 60;  // seconds for the other ranks to come

// Threads of one rank. A launcher that binds its ranks to CPUs has shared them out already.
std::size_t threads_of(const RankOptions& options) {
  const train::Placement& place = options.place;
  const int local = std::max(1, place.on_one_host() ? place.world_size : place.local_size);
  if (options.threads != 0 || local == 1) return options.threads;
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  const int usable = CPU_COUNT(&set);
  const bool is_bound = place.start == 1 && usable < ::sysconf(_SC_NPROCESSORS_ONLN);
  return static_cast<std::size_t>(std::max(1, is_bound ? usable : usable / local));
}

std::string threads_text(std::size_t threads) {
  return threads == 1 ? "1 thread each" : std::to_string(threads) + " threads each";
}

void introduce(const train::Placement& place, std::size_t threads, Status& status) {
  status.step(fmt::format("{} ranks, {}, as {} says", place.world_size, threads_text(threads),
                          place.source));
}

// Work of one rank, whose errors the others hear of.
void work_as(train::Collective& ranks, std::size_t threads, Status& status, const RankWork& work) {
  try {
    ThreadPool pool(threads);
    work(ranks, pool, status);
  } catch (const Error& error) {
    ranks.abort(error);
    throw;
  } catch (const std::bad_alloc&) {
    const Error error(ExitCode::failed, "out of memory");
    ranks.abort(error);
    throw error;
  }
}

Error with_rank(int rank, Error error) {
  if (rank > 0) error.message = fmt::format("rank {}: {}", rank, error.message);
  return error;
}

// The words for a rank that did not end by itself.
Error killed(const ProcessEnd& end, const RankOptions& options) {
  const std::string left = options.left ? options.left() : "";
  const char* name = ::sigabbrev_np(end.signal);
  return {ExitCode::failed,
          fmt::format(
              "rank {} was killed by SIG{}{}", options.place.rank + static_cast<int>(end.index),
              name != nullptr ? name : std::to_string(end.signal), left.empty() ? "" : "; " + left),
          "run the same command again to go on"};
}

// Starts all ranks of the run from here.
void launch(const RankOptions& options, Context& context, const RankWork& work) {
  const auto region = std::make_shared<train::SharedRegion>(options.place.start);
  const std::size_t threads = threads_of(options);
  introduce(options.place, threads, context.status);
  std::vector<std::function<void()>> works;
  for (int rank = 0; rank < options.place.start; ++rank)
    works.emplace_back([&, rank] {
      SilentStatus silent;
      train::SharedMemory ranks(region, rank, kPatience);
      work_as(ranks, threads, rank == 0 ? context.status : silent, work);
    });
  std::optional<Error> strange;  // of a rank that could not say why it ends
  context.processes(works, [&](const ProcessEnd& end) {
    if (end.code == 0 && end.signal == 0) return;
    const int rank = static_cast<int>(end.index);
    const Error error = end.signal != 0
                            ? killed(end, options)
                            : Error(static_cast<ExitCode>(end.code), "ended without a word");
    if (end.signal != 0 || !strange) strange = end.signal != 0 ? error : with_rank(rank, error);
    region->fail(end.signal != 0 ? 0 : rank, error);  // unless it has told, or another has
  });
  if (auto failure = region->failure()) throw with_rank(failure->rank, failure->error);
  if (strange) throw *strange;
}

// One of the ranks that a launcher started on this host.
void join(const RankOptions& options, Context& context, const RankWork& work) {
  const train::Placement& place = options.place;
  const std::string job =
      fmt::format("{}:{}:{}", place.job, place.master_address, place.master_port);
  try {
    SilentStatus silent;
    const auto region = train::meet(job, place.rank, place.world_size, kPatience, context.stop);
    train::SharedMemory ranks(region, place.rank, kPatience);
    const std::size_t threads = threads_of(options);
    if (ranks.leads()) introduce(place, threads, context.status);
    work_as(ranks, threads, ranks.leads() ? context.status : silent, work);
  } catch (const Error& error) {
    if (place.rank == 0 || error.message.starts_with("rank ")) throw;
    throw with_rank(place.rank, error);
  }
}

}  // namespace

void run_as_ranks(const RankOptions& options, Context& context, const RankWork& work) {
  const train::Placement& place = options.place;
  if (place.world_size == 1) {
    ThreadPool pool(options.threads);
    return work(train::alone(), pool, context.status);
  }
  if (place.start == place.world_size) return launch(options, context, work);
  if (place.start == 1 && place.on_one_host()) return join(options, context, work);
  throw Error(ExitCode::usage,
              fmt::format("{} ranks on several hosts, as {} says, are more than this program can "
                          "connect",
                          place.world_size, place.source),
              "start all of them on one host: --ranks N");
}

}  // namespace aiops::commands
