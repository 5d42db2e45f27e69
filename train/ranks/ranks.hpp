// SPDX-License-Identifier: Apache-2.0
// Which of how many processes this one is, as flags or a launcher say.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace aiops::train {

// What a person said; each beats the environment.
struct RankFlags {
  std::optional<int> rank = {}, world_size = {};  // only together
  std::optional<int> ranks = {};                  // local ranks to start
  std::string master = {};                        // HOST:PORT or HOST; empty: not said
};

// The place of this process in a run. `start` > 1: it is no rank itself but starts the local ranks
// `rank` … `rank + start - 1`.
struct Placement {
  int rank = 0;
  int world_size = 1;
  int local_rank = 0;
  int local_size = 1;  // ranks on this host; 0: not known
  int start = 1;
  std::string master_address = {};  // empty: nobody said
  std::uint16_t master_port = 0;
  std::string job = {};  // what tells this run's ranks from others on the same host; may be empty
  std::string source =
      {};  // who said so: "SLURM_PROCID", "--rank"; empty: nobody, a run of its own

  // All ranks share this host's memory.
  bool on_one_host() const;
};

// A variable of the environment; empty counts as absent.
using Lookup = std::function<std::optional<std::string>(std::string_view)>;

// Precedence: flags, RANK and its family (torchrun), SLURM_* (srun), OMPI_* (mpirun), PMI_* and
// PMIX_RANK, then launchers that start one process a node: PET_*, JOB_COMPLETION_INDEX, LWS_*,
// SKYPILOT_*, DSTACK_*; of these, each node's process starts `ranks` local ranks. WORLD_SIZE counts
// processes, always. Throws Error{usage} when two launchers disagree, naming what each says, when
// one says only half, and for values that are no numbers in range.
Placement resolve_ranks(const RankFlags& flags, const Lookup& environment);

}  // namespace aiops::train
