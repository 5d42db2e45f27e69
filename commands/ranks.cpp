// SPDX-License-Identifier: Apache-2.0
// Four ways to be a rank: the only one; one of several that this process starts; one of those that
// a launcher started, all on this host; one of those on several hosts, whoever started it.
#include "commands/ranks.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "train/ranks/assembly.hpp"
#include "train/ranks/crew.hpp"
#include "train/ranks/mpi/assembly.hpp"
#include "train/ranks/rendezvous.hpp"

#include <fmt/format.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <new>

namespace aiops::commands {
namespace {

// Threads of one of `local` ranks on this host. A launcher that binds its ranks to CPUs has shared
// them out already.
std::size_t threads_of(const RankOptions& options, int local) {
  if (options.threads != 0 || local <= 1) return options.threads;
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  const int usable = CPU_COUNT(&set);
  const bool is_bound = options.place.start == 1 && usable < ::sysconf(_SC_NPROCESSORS_ONLN);
  return static_cast<std::size_t>(std::max(1, is_bound ? usable : usable / local));
}

std::string threads_text(std::size_t threads) {
  if (threads == 0) return "a thread per CPU";
  return threads == 1 ? "1 thread each" : std::to_string(threads) + " threads each";
}

void introduce(const train::Placement& place, std::size_t threads, Status& status) {
  status.step(fmt::format("{} ranks, {}, as {} says", place.world_size, threads_text(threads),
                          place.source));
}

void introduce(const train::Placement& place, const train::Place& found, const std::string& by,
               std::size_t threads, Status& status) {
  if (found.hosts == 1) return introduce(place, threads, status);
  status.step(fmt::format("{} ranks on {} hosts by {}, {}, as {} says", place.world_size,
                          found.hosts, by, threads_text(threads), place.source));
  if (found.groups > found.hosts)
    status.warn(fmt::format(
        "the ranks of a host do not follow each other: each sum crosses {} links instead of {}; "
        "place them by block (srun --distribution=block, mpirun --map-by slot)",
        found.groups - 1, found.hosts - 1));
}

// Work of one rank, whose errors the others hear of.
void heard_by(train::Collective& ranks, const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    ranks.abort(error);
    throw;
  } catch (const std::bad_alloc&) {
    const Error error(ExitCode::failed, "out of memory");
    ranks.abort(error);
    throw error;
  }
}

void work_as(train::Collective& ranks, std::size_t threads, Status& status, const RankWork& work) {
  heard_by(ranks, [&] {
    ThreadPool pool(threads);
    work(ranks, pool, status);
  });
}

// All stop alike: which of them said so first means nothing.
Error with_rank(int rank, Error error) {
  if (rank > 0 && error.code != ExitCode::stopped)
    error.message = fmt::format("rank {}: {}", rank, error.message);
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

train::Party party_of(const RankOptions& options) {
  const train::Placement& place = options.place;
  return {.ranks = place.world_size,
          .first = place.rank,
          .count = place.start,
          .address = place.master_address,
          .port = place.master_port,
          .run = place.job,
          .configuration = options.configuration,
          .seconds = options.join_seconds};
}

// The local ranks that this process started, of a run on several hosts.
void work_with_others(train::Crew& crew, const RankOptions& options, Context& context,
                      const RankWork& work) {
  SilentStatus silent;
  const std::size_t threads = threads_of(options, options.place.start);
  heard_by(crew, [&] {
    if (crew.is_first_here()) {
      train::Assembly assembly = assemble(party_of(options), context.status, context.stop);
      if (crew.leads()) introduce(options.place, assembly.place, "TCP", threads, context.status);
      crew.connect(assembly.standing(),
                   link_groups(assembly, options.silence_seconds, context.stop));
    }
    crew.open();
  });
  work_as(crew, threads, crew.leads() ? context.status : silent, work);
}

// Starts the ranks that this process stands for: all of the run, or those of this host.
void launch(const RankOptions& options, Context& context, const RankWork& work) {
  const train::Placement& place = options.place;
  const bool are_all = place.start == place.world_size;
  const auto region = std::make_shared<train::SharedRegion>(
      place.start,
      are_all ? train::SharedRegion::Reach::this_host : train::SharedRegion::Reach::many_hosts);
  const std::size_t threads = threads_of(options, place.start);
  if (are_all) introduce(place, threads, context.status);
  std::vector<std::function<void()>> works;
  for (int index = 0; index < place.start; ++index)
    works.emplace_back([&, index] {
      SilentStatus silent;
      if (are_all) {
        train::Crew crew(region, index, options.join_seconds);
        work_as(crew, threads, crew.leads() ? context.status : silent, work);
      } else {
        train::Crew crew(region, index, place.rank, place.world_size, options.join_seconds);
        work_with_others(crew, options, context, work);
      }
    });
  std::optional<Error> strange;  // of a rank that could not say why it ends
  context.processes(works, [&](const ProcessEnd& end) {
    if (end.code == 0 && end.signal == 0) return;
    const int rank = place.rank + static_cast<int>(end.index);
    const Error error = end.signal != 0
                            ? killed(end, options)
                            : Error(static_cast<ExitCode>(end.code), "ended without a word");
    if (end.signal != 0 || !strange) strange = end.signal != 0 ? error : with_rank(rank, error);
    region->fail(end.signal != 0 ? 0 : rank, error);  // unless it has told, or another has
  });
  if (auto failure = region->failure()) throw with_rank(failure->rank, failure->error);
  if (strange) throw *strange;
}

// One of the ranks that a launcher started, all on this host.
void join_here(const RankOptions& options, Context& context, const RankWork& work) {
  const train::Placement& place = options.place;
  SilentStatus silent;
  const std::string job =
      fmt::format("{}:{}:{}", place.job, place.master_address, place.master_port);
  const auto region = train::meet(job, {.index = place.rank, .ranks = place.world_size},
                                  options.join_seconds, context.stop);
  train::Crew crew(region, place.rank, options.join_seconds);
  const std::size_t threads = threads_of(options, place.world_size);
  if (crew.leads()) introduce(place, threads, context.status);
  work_as(crew, threads, crew.leads() ? context.status : silent, work);
}

// One of those on several hosts, by what the others have said of themselves.
void join_groups(const RankOptions& options, const train::Place& found, const std::string& by,
                 const std::function<train::Neighbours()>& link, Context& context,
                 const RankWork& work) {
  const train::Placement& place = options.place;
  SilentStatus silent;
  const auto first = static_cast<int>(found.first);
  const train::Locals locals{.index = place.rank - first,
                             .ranks = static_cast<int>(found.count),
                             .first = first,
                             .reach = train::SharedRegion::Reach::many_hosts};
  const std::string job =
      fmt::format("{}:{}", to_hex({found.nonce.data(), found.nonce.size()}), found.first);
  const auto region = train::meet(job, locals, options.join_seconds, context.stop);
  train::Crew crew(region, locals.index, first, place.world_size, options.join_seconds);
  const std::size_t threads = threads_of(options, static_cast<int>(found.on_host));
  heard_by(crew, [&] {
    if (crew.leads()) introduce(place, found, by, threads, context.status);
    if (crew.is_first_here()) crew.connect({found.group, found.groups}, link());
    crew.open();
  });
  work_as(crew, threads, crew.leads() ? context.status : silent, work);
}

void join_by_tcp(const RankOptions& options, Context& context, const RankWork& work) {
  train::Assembly assembly = assemble(party_of(options), context.status, context.stop);
  join_groups(
      options, assembly.place, "TCP",
      [&] { return link_groups(assembly, options.silence_seconds, context.stop); }, context, work);
}

std::vector<std::filesystem::path> mpi_plugins(const Context& context) {
  if (const auto named = context.environment.get("AIOPS_MPI_PLUGIN")) return {*named};
  std::error_code none;
  const auto here = std::filesystem::read_symlink("/proc/self/exe", none).parent_path();
  return {here / "libaiops_mpi.so", here.parent_path() / "lib/aiops/libaiops_mpi.so"};
}

void join_by_mpi(const RankOptions& options, Context& context, const RankWork& work) {
  train::MpiLibrary mpi(train::MpiLibrary::find(mpi_plugins(context)));
  try {
    const train::Place found = assemble_by_mpi(mpi, party_of(options));
    join_groups(
        options, found, mpi.name(), [&] { return link_by_mpi(mpi, found); }, context, work);
  } catch (const Error& error) {
    if (error.code == ExitCode::stopped) mpi.close();  // all leave together
    throw;
  }
  mpi.close();
}

void join(const RankOptions& options, Context& context, const RankWork& work) {
  const train::Placement& place = options.place;
  try {
    if (options.way == Way::mpi)
      join_by_mpi(options, context, work);
    else if (place.on_one_host() && options.way == Way::automatic)
      join_here(options, context, work);
    else
      join_by_tcp(options, context, work);
  } catch (const Error& error) {
    if (place.rank == 0 || error.message.starts_with("rank ")) throw;
    throw with_rank(place.rank, error);
  }
}

// What connects the hosts, where nobody said it. mpirun tells its ranks no address where they could
// meet; MPI connects them without one.
Way settle_way(const RankOptions& options) {
  const train::Placement& place = options.place;
  if (options.way == Way::mpi && place.start > 1)
    throw Error(ExitCode::usage,
                "--collective mpi is for ranks that mpirun or srun starts, one a process");
  const bool share_memory =
      place.start == place.world_size || (place.on_one_host() && options.way == Way::automatic);
  if (share_memory || options.way == Way::mpi || !place.master_address.empty()) return options.way;
  if (options.way == Way::automatic && place.source == "OMPI_COMM_WORLD_RANK") return Way::mpi;
  throw Error(ExitCode::usage,
              fmt::format("{} ranks on several hosts, as {} says, but nothing says where they meet",
                          place.world_size, place.source),
              "export MASTER_ADDR (a name or address of rank 0's host), or --master HOST:PORT");
}

}  // namespace

void run_as_ranks(const RankOptions& asked, Context& context, const RankWork& work) {
  RankOptions options = asked;
  options.way = settle_way(asked);
  const train::Placement& place = options.place;
  if (place.world_size == 1) {
    ThreadPool pool(options.threads);
    return work(train::alone(), pool, context.status);
  }
  if (place.start > 1) return launch(options, context, work);
  join(options, context, work);
}

}  // namespace aiops::commands
