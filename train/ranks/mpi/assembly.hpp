// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "train/ranks/assembly.hpp"
#include "train/ranks/mpi/library.hpp"

namespace aiops::train {

// This rank's place, when all of the run are ranks of MPI, each a process of its own. Throws
// Error{usage} when MPI counts them otherwise, or one is of another configuration or program.
Place assemble_by_mpi(const MpiLibrary& mpi, const Party& party);

Neighbours link_by_mpi(const MpiLibrary& mpi, const Place& place);

}  // namespace aiops::train
