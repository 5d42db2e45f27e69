// SPDX-License-Identifier: Apache-2.0
// What the program and its MPI plug-in, libaiops_mpi.so, say to each other. Plain C: no exception,
// no C++ type and nothing of MPI crosses. The plug-in exports one function, aiops_mpi_api_get; both
// sides are built from the same sources, so their versions must be equal.
//
// A call that can fail returns 0 or, with the fault filled, something else. All calls are made by
// the thread that made the first one (MPI_THREAD_FUNNELED).
#ifndef AIOPS_TRAIN_RANKS_MPI_ABI_H
#define AIOPS_TRAIN_RANKS_MPI_ABI_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Raised by every change of this file.
#define AIOPS_MPI_ABI 1u
#define AIOPS_MPI_API_SYMBOL "aiops_mpi_api_get"

typedef struct aiops_mpi_fault {
  char message[512];  // one line, without a final dot
} aiops_mpi_fault;

typedef struct aiops_mpi_request aiops_mpi_request;  // a message under way

// Messages that are counted, and those that end a run: neither waits for the other.
enum aiops_mpi_lane { AIOPS_MPI_MESSAGES = 1, AIOPS_MPI_FAILURES = 2 };

typedef struct aiops_mpi_api {
  // These two are read before anything else and never move.
  uint32_t abi;
  uint32_t bytes;  // sizeof this struct

  // Starts MPI in this process: its rank, of how many, and the library, "Open MPI 4.1.4".
  int32_t (*open)(int32_t* rank, int32_t* size, char library[256], aiops_mpi_fault*);
  // When all ranks do, and nothing is under way.
  int32_t (*close)(aiops_mpi_fault*);

  // Every rank gives `bytes` bytes and gets those of all, in their order.
  int32_t (*gather)(const void* own, void* all, uint64_t bytes, aiops_mpi_fault*);

  // Memory stays as it is until test() says that it is done, which also gives the request back.
  int32_t (*send)(int32_t to, int32_t lane, const void* from, uint64_t bytes, aiops_mpi_request**,
                  aiops_mpi_fault*);
  int32_t (*receive)(int32_t from, int32_t lane, void* to, uint64_t bytes, aiops_mpi_request**,
                     aiops_mpi_fault*);
  int32_t (*test)(aiops_mpi_request*, int32_t* is_done, aiops_mpi_fault*);
  // Bytes of the next message on a lane; 0: there is none yet.
  int32_t (*probe)(int32_t from, int32_t lane, uint64_t* bytes, aiops_mpi_fault*);
} aiops_mpi_api;

typedef const aiops_mpi_api* aiops_mpi_api_function(void);

#ifdef __cplusplus
}
#endif

#endif  // AIOPS_TRAIN_RANKS_MPI_ABI_H
