// SPDX-License-Identifier: Apache-2.0
#include "train/ranks/launchers.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "train/ranks/hostlist.hpp"

#include <array>
#include <charconv>

namespace aiops::train {
namespace {

constexpr int kMost = 65535;

std::string text_of(const Lookup& environment, std::string_view name) {
  return environment(name).value_or("");
}

[[noreturn]] void half(const std::string& there, const std::string& missing) {
  throw Error(ExitCode::usage, there + " is set, but " + missing + " is not",
              "set both, or unset " + there);
}

// Rank and size from a pair of variables that come together.
std::optional<Said> pair(const Lookup& environment, const char* rank, const char* size) {
  const auto number = number_of(environment, rank);
  if (!number) return std::nullopt;
  const auto count = number_of(environment, size);
  if (!count) half(rank, size);
  return Said{.rank_name = rank, .size_name = size, .rank = *number, .size = *count};
}

void add_local(const Lookup& environment, const char* rank, const char* size, Said& said) {
  said.local_rank = number_of(environment, rank).value_or(-1);
  said.local_size = number_of(environment, size).value_or(0);
}

// What a person exported beats what the launcher's own variables say.
void add_master(const Lookup& environment, const char* address, const char* port, Said& said) {
  if (const auto text = environment(address)) said.address = *text;
  if (const auto number = number_of(environment, port))
    said.port = static_cast<std::uint16_t>(*number);
}

// torchrun, Volcano's pytorch plug-in, hand-written manifests.
std::optional<Said> torchrun(const Lookup& environment) {
  auto said = pair(environment, "RANK", "WORLD_SIZE");
  if (!said) return said;
  add_local(environment, "LOCAL_RANK", "LOCAL_WORLD_SIZE", *said);
  add_master(environment, "MASTER_ADDR", "MASTER_PORT", *said);
  said->job = text_of(environment, "TORCHELASTIC_RUN_ID");
  return said;
}

// The port that all tasks of a job compute alike (enroot's formula).
std::uint16_t slurm_port(const std::string& job) {
  std::uint32_t id = 0;
  std::from_chars(job.data(), job.data() + job.size(), id);
  return static_cast<std::uint16_t>(61000 + id % 4536);
}

int slurm_local_size(const Lookup& environment, int tasks) {
  const auto nodes = number_of(environment, "SLURM_STEP_NUM_NODES");
  if (nodes.value_or(number_of(environment, "SLURM_NNODES").value_or(0)) == 1) return tasks;
  for (const char* name : {"SLURM_STEP_TASKS_PER_NODE", "SLURM_TASKS_PER_NODE"}) {
    const auto list = environment(name);
    const auto node = number_of(environment, "SLURM_NODEID");
    if (!list || !node) continue;
    const auto counts = expand_counts(*list, name);
    if (static_cast<std::size_t>(*node) < counts.size())
      return counts[static_cast<std::size_t>(*node)];
  }
  return 0;
}

std::optional<Said> slurm(const Lookup& environment) {
  const std::string job = text_of(environment, "SLURM_JOB_ID");
  const auto step = environment("SLURM_STEP_ID");
  if (!job.empty() && !step) return std::nullopt;  // the batch shell, or one in an allocation
  const char* size = environment("SLURM_STEP_NUM_TASKS") ? "SLURM_STEP_NUM_TASKS" : "SLURM_NTASKS";
  auto said = pair(environment, "SLURM_PROCID", size);
  if (!said) return said;
  said->local_rank = number_of(environment, "SLURM_LOCALID").value_or(-1);
  said->local_size = slurm_local_size(environment, said->size);
  for (const char* name : {"SLURM_STEP_NODELIST", "SLURM_JOB_NODELIST", "SLURM_NODELIST"}) {
    const auto hosts = environment(name);
    if (!hosts) continue;
    said->address = expand_hostlist(*hosts, name).front();
    break;
  }
  said->port = slurm_port(job);
  add_master(environment, "MASTER_ADDR", "MASTER_PORT", *said);
  said->job = "slurm-" + job + "." + step.value_or("");
  return said;
}

std::optional<Said> open_mpi(const Lookup& environment) {
  auto said = pair(environment, "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE");
  if (!said) return said;
  add_local(environment, "OMPI_COMM_WORLD_LOCAL_RANK", "OMPI_COMM_WORLD_LOCAL_SIZE", *said);
  add_master(environment, "MASTER_ADDR", "MASTER_PORT", *said);
  said->job = text_of(environment, "PMIX_NAMESPACE");
  return said;
}

// MPICH's hydra, and srun --mpi=pmi2.
std::optional<Said> pmi(const Lookup& environment) {
  auto said = pair(environment, "PMI_RANK", "PMI_SIZE");
  if (!said) return said;
  add_local(environment, "MPI_LOCALRANKID", "MPI_LOCALNRANKS", *said);
  add_master(environment, "MASTER_ADDR", "MASTER_PORT", *said);
  said->job = text_of(environment, "PMI_JOBID");
  return said;
}

// PMIx puts no size into the environment: whoever started the server did.
std::optional<Said> pmix(const Lookup& environment) {
  const auto rank = number_of(environment, "PMIX_RANK");
  if (!rank) return std::nullopt;
  for (const char* size :
       {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS", "SLURM_NTASKS", "WORLD_SIZE"}) {
    const auto count = number_of(environment, size);
    if (!count) continue;
    Said said{.rank_name = "PMIX_RANK", .size_name = size, .rank = *rank, .size = *count};
    add_master(environment, "MASTER_ADDR", "MASTER_PORT", said);
    said.job = text_of(environment, "PMIX_NAMESPACE");
    return said;
  }
  half("PMIX_RANK", "WORLD_SIZE");
}

// Kubeflow Trainer. PET_NPROC_PER_NODE may be a word, such as "auto": then --ranks decides.
std::optional<Said> kubeflow(const Lookup& environment) {
  auto said = pair(environment, "PET_NODE_RANK", "PET_NNODES");
  if (!said) return said;
  const std::string local = text_of(environment, "PET_NPROC_PER_NODE");
  if (!local.empty() && local.find_first_not_of("0123456789") == std::string::npos)
    said->local_size = number_of(environment, "PET_NPROC_PER_NODE").value_or(0);
  add_master(environment, "PET_MASTER_ADDR", "PET_MASTER_PORT", *said);
  return said;
}

std::optional<Said> indexed_job(const Lookup& environment) {
  const auto index = number_of(environment, "JOB_COMPLETION_INDEX");
  if (!index) return std::nullopt;
  Said said{.rank_name = "JOB_COMPLETION_INDEX", .size_name = "not said", .rank = *index};
  add_master(environment, "MASTER_ADDR", "MASTER_PORT", said);
  return said;
}

std::optional<Said> leader_worker_set(const Lookup& environment) {
  auto said = pair(environment, "LWS_WORKER_INDEX", "LWS_GROUP_SIZE");
  if (!said) return said;
  said->address = text_of(environment, "LWS_LEADER_ADDRESS");
  add_master(environment, "MASTER_ADDR", "MASTER_PORT", *said);
  return said;
}

std::optional<Said> skypilot(const Lookup& environment) {
  const auto rank = number_of(environment, "SKYPILOT_NODE_RANK");
  if (!rank) return std::nullopt;
  const std::string addresses = text_of(environment, "SKYPILOT_NODE_IPS");  // one a line
  if (addresses.empty()) half("SKYPILOT_NODE_RANK", "SKYPILOT_NODE_IPS");
  Said said{.rank_name = "SKYPILOT_NODE_RANK", .size_name = "SKYPILOT_NODE_IPS", .rank = *rank};
  bool in_line = false;
  for (const char c : addresses) {
    if (c != '\n' && !in_line) ++said.size;
    in_line = c != '\n';
  }
  said.address = addresses.substr(0, addresses.find('\n'));
  add_master(environment, "MASTER_ADDR", "MASTER_PORT", said);
  return said;
}

std::optional<Said> dstack(const Lookup& environment) {
  auto said = pair(environment, "DSTACK_NODE_RANK", "DSTACK_NODES_NUM");
  if (!said) return said;
  said->address = text_of(environment, "DSTACK_MASTER_NODE_IP");
  add_master(environment, "MASTER_ADDR", "MASTER_PORT", *said);
  return said;
}

}  // namespace

std::optional<int> number_of(const Lookup& environment, std::string_view name) {
  const auto text = environment(name);
  if (!text) return std::nullopt;
  int value = -1;
  const auto [end, failure] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (failure != std::errc() || end != text->data() + text->size() || value < 0 || value > kMost)
    throw Error(ExitCode::usage, std::string(name) + " is '" + printable(text->substr(0, 40)) +
                                     "', but must be a whole number from 0 to 65535");
  return value;
}

std::span<const Launcher> process_launchers() {
  static constexpr std::array<Launcher, 5> launchers{torchrun, slurm, open_mpi, pmi, pmix};
  return launchers;
}

std::span<const Launcher> node_launchers() {
  static constexpr std::array<Launcher, 5> launchers{kubeflow, indexed_job, leader_worker_set,
                                                     skypilot, dstack};
  return launchers;
}

}  // namespace aiops::train
