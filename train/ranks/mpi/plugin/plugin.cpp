// SPDX-License-Identifier: Apache-2.0
// libaiops_mpi.so: the only file that knows MPI (MPI-3.1, whose clauses are cited). Built where an
// MPI is found, against that one.
#include "train/ranks/mpi/abi.h"

#include <mpi.h>

#include <algorithm>
#include <climits>
#include <cstdio>
#include <cstring>
#include <new>

struct aiops_mpi_request {
  MPI_Request request = MPI_REQUEST_NULL;
};

namespace {

int32_t complain(aiops_mpi_fault* fault, const char* what, int error) {
  char words[MPI_MAX_ERROR_STRING] = "";
  int size = 0;
  if (MPI_Error_string(error, words, &size) != MPI_SUCCESS) words[0] = '\0';
  std::replace(words, words + std::strlen(words), '\n', ' ');
  std::snprintf(fault->message, sizeof fault->message, "MPI: cannot %s: %.400s", what, words);
  return 1;
}

int32_t check(int error, const char* what, aiops_mpi_fault* fault) {
  return error == MPI_SUCCESS ? 0 : complain(fault, what, error);
}

bool fits(uint64_t bytes, aiops_mpi_fault* fault) {
  if (bytes <= INT_MAX) return true;
  std::snprintf(fault->message, sizeof fault->message, "MPI: a message of more than 2 GiB");
  return false;
}

int32_t open_mpi(int32_t* rank, int32_t* size, char library[256], aiops_mpi_fault* fault) {
  int provided = 0;
  if (const int error = MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &provided))
    return complain(fault, "start", error);
  if (provided < MPI_THREAD_FUNNELED) {
    std::snprintf(fault->message, sizeof fault->message,
                  "MPI: this library allows no threads beside its own");
    return 1;
  }
  // The program says what went wrong; §8.3: the default ends the process instead.
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  char version[MPI_MAX_LIBRARY_VERSION_STRING] = "";
  int length = 0;
  MPI_Get_library_version(version, &length);
  std::snprintf(library, 256, "%.*s", static_cast<int>(std::strcspn(version, ",\n")), version);
  int r = 0, n = 0;
  if (const int error = MPI_Comm_rank(MPI_COMM_WORLD, &r)) return complain(fault, "count", error);
  if (const int error = MPI_Comm_size(MPI_COMM_WORLD, &n)) return complain(fault, "count", error);
  *rank = r;
  *size = n;
  return 0;
}

int32_t close_mpi(aiops_mpi_fault* fault) { return check(MPI_Finalize(), "end", fault); }

int32_t gather(const void* own, void* all, uint64_t bytes, aiops_mpi_fault* fault) {
  if (!fits(bytes, fault)) return 1;
  const int count = static_cast<int>(bytes);
  return check(MPI_Allgather(own, count, MPI_BYTE, all, count, MPI_BYTE, MPI_COMM_WORLD), "gather",
               fault);
}

// Makes a request by what `begin` does to it.
template <typename Begin>
int32_t begin_request(uint64_t bytes, aiops_mpi_request** request, const char* what,
                      aiops_mpi_fault* fault, const Begin& begin) {
  if (!fits(bytes, fault)) return 1;
  *request = new (std::nothrow) aiops_mpi_request;
  if (*request == nullptr) {
    std::snprintf(fault->message, sizeof fault->message, "out of memory");
    return 1;
  }
  const int error = begin(static_cast<int>(bytes), &(*request)->request);
  if (error == MPI_SUCCESS) return 0;
  delete *request;
  *request = nullptr;
  return complain(fault, what, error);
}

int32_t send(int32_t to, int32_t lane, const void* from, uint64_t bytes,
             aiops_mpi_request** request, aiops_mpi_fault* fault) {
  return begin_request(bytes, request, "send", fault, [&](int count, MPI_Request* made) {
    return MPI_Isend(from, count, MPI_BYTE, to, lane, MPI_COMM_WORLD, made);
  });
}

int32_t receive(int32_t from, int32_t lane, void* to, uint64_t bytes, aiops_mpi_request** request,
                aiops_mpi_fault* fault) {
  return begin_request(bytes, request, "receive", fault, [&](int count, MPI_Request* made) {
    return MPI_Irecv(to, count, MPI_BYTE, from, lane, MPI_COMM_WORLD, made);
  });
}

int32_t test(aiops_mpi_request* request, int32_t* is_done, aiops_mpi_fault* fault) {
  int done = 0;
  const int error = MPI_Test(&request->request, &done, MPI_STATUS_IGNORE);
  *is_done = done;
  if (done != 0 || error != MPI_SUCCESS) delete request;
  return check(error, "go on with a message", fault);
}

int32_t probe(int32_t from, int32_t lane, uint64_t* bytes, aiops_mpi_fault* fault) {
  int there = 0, count = 0;
  MPI_Status status;
  *bytes = 0;
  if (const int error = MPI_Iprobe(from, lane, MPI_COMM_WORLD, &there, &status))
    return complain(fault, "look for messages", error);
  if (there == 0) return 0;
  if (const int error = MPI_Get_count(&status, MPI_BYTE, &count))
    return complain(fault, "measure a message", error);
  *bytes = static_cast<uint64_t>(count);
  return 0;
}

const aiops_mpi_api kApi{
    AIOPS_MPI_ABI, sizeof(aiops_mpi_api), open_mpi, close_mpi, gather, send, receive, test, probe};

}  // namespace

extern "C" __attribute__((visibility("default"))) const aiops_mpi_api* aiops_mpi_api_get() {
  return &kApi;
}
