// SPDX-License-Identifier: Apache-2.0
// Every launcher leaves its variables behind, and several often do at once: srun around mpirun, an
// Indexed Job around torchrun. The first of the precedence wins; the others must agree, because
// ranks that count differently would silently train copies of the model instead of one.
//
// What a variable does not mean: in the batch shell of a Slurm job SLURM_PROCID is 0 and
// SLURM_NTASKS the size of steps to come, so Slurm speaks only inside a step. The index of a
// Kubernetes Job is the index within that Job: a set of several numbers its ranks across them, so
// RANK may be above it.
#include "train/ranks/ranks.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "train/ranks/launchers.hpp"

#include <charconv>

namespace aiops::train {
namespace {

constexpr std::uint16_t kDefaultPort = 29500;

[[noreturn]] void disagree(const Said& won, const Said& other) {
  throw Error(ExitCode::usage,
              won.rank_name + "=" + std::to_string(won.rank) + " of " + std::to_string(won.size) +
                  " (" + won.size_name + ") disagrees with " + other.rank_name + "=" +
                  std::to_string(other.rank) + " of " + std::to_string(other.size) + " (" +
                  other.size_name + ")",
              "unset the variables that are wrong, or say it: --rank R --world-size N");
}

void require_agreement(const Said& won, const Said& other) {
  if (won.rank != other.rank || won.size != other.size) disagree(won, other);
}

// Who starts processes, first to last; the others must say the same.
std::optional<Said> said_by_processes(const Lookup& environment) {
  std::optional<Said> won;
  for (const auto& launcher : process_launchers()) {
    const auto said = launcher(environment);
    if (!said) continue;
    if (won)
      require_agreement(*won, *said);
    else
      won = said;
  }
  return won;
}

// Who starts one process on each node. One that does not know how many there are learns it from
// the others.
std::optional<Said> said_by_nodes(const Lookup& environment) {
  std::optional<Said> won;
  for (const auto& launcher : node_launchers()) {
    auto said = launcher(environment);
    if (!said) continue;
    if (won && won->size == 0) won->size = said->size;
    if (won && said->size == 0) said->size = won->size;
    if (won)
      require_agreement(*won, *said);
    else
      won = said;
  }
  return won;
}

void check_rank(int rank, int size, const std::string& who) {
  if (size >= 1 && rank >= 0 && rank < size) return;
  throw Error(ExitCode::usage, who + ": rank " + std::to_string(rank) + " is not below " +
                                   std::to_string(size) + ", the number of ranks");
}

void apply_master(std::string_view master, Placement& place) {
  if (master.empty()) return;
  // [::1]:29500, host:29500, host, ::1
  std::string_view host = master;
  std::string_view port;
  if (master.front() == '[') {
    const std::size_t end = master.find(']');
    if (end == std::string_view::npos)
      host = {};
    else {
      host = master.substr(1, end - 1);
      if (master.substr(end + 1).starts_with(':')) port = master.substr(end + 2);
    }
  } else if (const auto colon = master.find(':');
             colon != std::string_view::npos && colon == master.rfind(':')) {
    host = master.substr(0, colon);
    port = master.substr(colon + 1);
  }
  std::uint16_t number = place.master_port != 0 ? place.master_port : kDefaultPort;
  if (!port.empty()) {
    const auto [end, failure] = std::from_chars(port.data(), port.data() + port.size(), number);
    if (failure != std::errc() || end != port.data() + port.size()) number = 0;
  }
  if (host.empty() || number == 0)
    throw Error(ExitCode::usage, "--master " + printable(master) + ": expected HOST:PORT");
  place.master_address = host;
  place.master_port = number;
}

Placement of_process(const Said& said) {
  Placement place{.rank = said.rank, .world_size = said.size};
  place.local_size = said.size == 1 ? 1 : said.local_size;
  place.local_rank = said.local_rank >= 0 ? said.local_rank : 0;
  place.master_address = said.address;
  place.master_port = said.port != 0 ? said.port : kDefaultPort;
  place.job = said.job;
  place.source = said.rank_name;
  return place;
}

// `ranks` local ranks on each of said.size nodes.
Placement of_node(const Said& said, int ranks) {
  check_rank(said.rank, said.size, said.rank_name);
  Placement place = of_process(said);
  place.rank = said.rank * ranks;
  place.world_size = said.size * ranks;
  place.local_size = place.start = ranks;
  return place;
}

// The number of nodes, where the launcher knows only the index of this one.
void settle_nodes(const RankFlags& flags, int ranks, const Lookup& environment, Said& said) {
  if (said.size != 0) return;
  const auto world = flags.world_size ? flags.world_size : number_of(environment, "WORLD_SIZE");
  if (world && *world % ranks != 0)
    throw Error(ExitCode::usage, "WORLD_SIZE=" + std::to_string(*world) +
                                     " counts processes, and is no multiple of --ranks " +
                                     std::to_string(ranks));
  said.size_name = "WORLD_SIZE";
  said.size = world ? *world / ranks : 1;
  if (!world && said.rank > 0)
    throw Error(ExitCode::usage,
                said.rank_name + "=" + std::to_string(said.rank) + ", but nothing says of how many",
                "set WORLD_SIZE to the number of processes, or --world-size 1 --rank 0");
}

Placement from_flags(const RankFlags& flags) {
  if (!flags.rank || !flags.world_size)
    throw Error(ExitCode::usage, "--rank and --world-size go together");
  if (flags.ranks.value_or(1) != 1)
    throw Error(ExitCode::usage, "--ranks starts ranks, --rank is one: give one of them");
  check_rank(*flags.rank, *flags.world_size, "--rank");
  Placement place{.rank = *flags.rank, .world_size = *flags.world_size};
  place.local_size = place.world_size == 1 ? 1 : 0;
  place.source = "--rank";
  return place;
}

Placement from_environment(const RankFlags& flags, const Lookup& environment) {
  const int ranks = flags.ranks.value_or(1);
  const auto process = said_by_processes(environment);
  auto node = said_by_nodes(environment);
  if (process) {
    check_rank(process->rank, process->size, process->rank_name);
    if (node && (process->rank < node->rank || (node->size != 0 && process->size < node->size)))
      disagree(*process, *node);
    if (process->size > 1 && ranks > 1)
      throw Error(ExitCode::usage,
                  process->rank_name + " says that this process is one of " +
                      std::to_string(process->size) + " ranks: it cannot start --ranks " +
                      std::to_string(ranks),
                  "leave --ranks out, or let the launcher start one process");
    if (process->size > 1) return of_process(*process);
  }
  if (node && !process) {
    const int local = flags.ranks ? ranks : node->local_size > 0 ? node->local_size : 1;
    settle_nodes(flags, local, environment, *node);
    return of_node(*node, local);
  }
  Placement alone{.world_size = ranks, .local_size = ranks, .start = ranks};
  alone.source = ranks > 1 ? "--ranks" : process ? process->rank_name : "";
  return alone;
}

bool is_loopback(std::string_view address) {
  return address == "localhost" || address == "::1" || address.starts_with("127.");
}

}  // namespace

bool Placement::on_one_host() const {
  return local_size == world_size || (local_size == 0 && is_loopback(master_address));
}

Placement resolve_ranks(const RankFlags& flags, const Lookup& environment) {
  const bool is_explicit = flags.rank || (flags.world_size && !environment("JOB_COMPLETION_INDEX"));
  Placement place = is_explicit ? from_flags(flags) : from_environment(flags, environment);
  apply_master(flags.master, place);
  return place;
}

}  // namespace aiops::train
