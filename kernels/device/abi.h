// SPDX-License-Identifier: Apache-2.0
// What the program and its CUDA plug-in, libaiops_cuda.so, say to each other. Plain C: no
// exception, no C++ type and nothing of CUDA crosses. The plug-in exports one function,
// aiops_cuda_plugin; both sides are built from the same sources, so their versions must be equal.
//
// Every call that can fail returns an aiops_code and, when that is not AIOPS_OK, fills the fault.
// Work is asynchronous: what takes a stream returns when it is queued there.
#ifndef AIOPS_KERNELS_DEVICE_ABI_H
#define AIOPS_KERNELS_DEVICE_ABI_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Raised by every change of this file or of operators.h.
#define AIOPS_CUDA_ABI 4u
#define AIOPS_CUDA_API_SYMBOL "aiops_cuda_plugin"

// The first three are exit codes of the program.
enum aiops_code {
  AIOPS_OK = 0,
  AIOPS_FAILED = 1,
  AIOPS_NO_GPU = 7,        // no usable GPU, driver or library
  AIOPS_UNSUPPORTED = 64,  // the operator does not serve these parameters: another may
};

typedef struct aiops_fault {
  char message[512];  // one line, without a final dot
  char mend[256];     // what a person can type or do, or empty
} aiops_fault;

// Who does what both a library of NVIDIA's and kernels of our own do.
enum aiops_kernels {
  AIOPS_BEST_KERNELS = 0,     // the library where it serves the parameters, else our own
  AIOPS_OWN_KERNELS = 1,      // our own
  AIOPS_LIBRARY_KERNELS = 2,  // the library: AIOPS_UNSUPPORTED where it does not serve
};

typedef struct aiops_cuda_options {
  const char* library_dirs;  // where to look after the system's places, separated by ':'
  int32_t ordinal;           // of the device
  int32_t deterministic;     // 1: only algorithms that give the same bits each time
  int32_t kernels;           // an aiops_kernels
} aiops_cuda_options;

// ---- what there is -----------------------------------------------------------------------------

enum aiops_link_state {
  AIOPS_LINK_OK = 0,
  AIOPS_LINK_BROKEN = 1,  // without it nothing runs
  AIOPS_LINK_ABSENT = 2,  // without it something is missing: `problem` says what
};

// One link of the chain from the plug-in to a device.
typedef struct aiops_link {
  int32_t state;
  char name[24];     // "driver", "cuBLASLt"
  char version[48];  // "13.1.0", or empty
  char path[512];    // where it was found, or empty
  char problem[512];
  char mend[256];
} aiops_link;

typedef struct aiops_device_facts {
  int32_t ordinal;
  char name[256];
  char pci[32];          // "0000:01:00.0"
  int32_t major, minor;  // compute capability
  char code[32];  // which code of the plug-in it runs: "sm_90", "PTX of compute_80", or empty
  uint64_t memory, free;  // bytes; free is 0 when unknown
  int32_t multiprocessors;
  int32_t l2_bytes;
  int32_t memory_bus_bits;
  int32_t clock_mhz, memory_clock_mhz;          // the highest; 0: unknown
  int32_t clock_now_mhz, memory_clock_now_mhz;  // 0: unknown
} aiops_device_facts;

#define AIOPS_MOST_LINKS 8
#define AIOPS_MOST_DEVICES 16

typedef struct aiops_inspection {
  int32_t links;
  int32_t devices;  // described below; there may be more
  int32_t devices_found;
  aiops_link link[AIOPS_MOST_LINKS];
  aiops_device_facts device[AIOPS_MOST_DEVICES];
} aiops_inspection;

// ---- operators ---------------------------------------------------------------------------------

typedef struct aiops_device aiops_device;  // one GPU, with the libraries and their plans
typedef struct aiops_stream aiops_stream;
typedef struct aiops_event aiops_event;
typedef struct aiops_graph aiops_graph;

// One operator by the name of its parameters in operators.h.
typedef struct aiops_operator {
  const char* name;           // "linear_forward"
  uint64_t parameters_bytes;  // sizeof its struct, as the plug-in knows it
  // Plans these parameters once: bytes of scratch that launch() will need, 256-byte aligned.
  int32_t (*workspace)(aiops_device*, const void* parameters, uint64_t* bytes, aiops_fault*);
  int32_t (*launch)(aiops_stream*, const void* parameters, void* workspace, uint64_t bytes,
                    aiops_fault*);
} aiops_operator;

// What NVML counts of a device, at one moment.
typedef struct aiops_counters {
  uint64_t energy_mj;         // since the driver was loaded; AIOPS_NOT_TOLD
  uint64_t throttle_reasons;  // NVML's bits of what holds the clock down; AIOPS_NOT_TOLD
  int32_t sm_clock_mhz;       // 0: unknown
} aiops_counters;

#define AIOPS_NOT_TOLD UINT64_MAX

enum aiops_copy { AIOPS_TO_DEVICE = 0, AIOPS_TO_HOST = 1, AIOPS_ON_DEVICE = 2 };

// ---- several processes, each with a device of its own ------------------------------------------

typedef struct aiops_communicator aiops_communicator;  // one process's part in a circle of them

#define AIOPS_ID_BYTES 128

typedef struct aiops_peers_facts {
  char library[48];  // "NCCL 2.28.9"
  char pci[32];      // the device's, "0000:01:00.0"
} aiops_peers_facts;

// Asked again and again while a call waits for other processes: not 0 when it is to give up, since
// one of them will never come.
typedef struct aiops_watch {
  int32_t (*is_vain)(void* context);
  void* context;
} aiops_watch;

// How a library would run one operator on a described device that need not be there.
typedef struct aiops_engine {
  char library[48];  // "cuDNN 9.19.0"
  char name[64];     // the library's name for the engine, or empty
  int32_t offered;   // engine configurations that the library offers; -1: it could not be asked
  int32_t deterministic;
  uint64_t workspace;
  char remark[512];  // why there is no name
} aiops_engine;

typedef struct aiops_cuda_api {
  // These two are read before anything else and never move.
  uint32_t abi;
  uint32_t bytes;  // sizeof this struct

  const char* version;        // of aiops
  const char* architectures;  // code inside: "sm_80 sm_90 compute_80", or empty
  const char* hardware;       // when its operators last ran on a GPU: "never"
  uint64_t operators;
  const aiops_operator* operator_table;

  // Never fails: what is missing is in the answer.
  void (*inspect)(const aiops_cuda_options*, aiops_inspection*);

  int32_t (*open)(const aiops_cuda_options*, aiops_device**, aiops_fault*);
  void (*close)(aiops_device*);
  int32_t (*memory)(aiops_device*, uint64_t* free, uint64_t* total, aiops_fault*);

  int32_t (*allocate)(aiops_device*, uint64_t bytes, void** memory, aiops_fault*);
  void (*release)(aiops_device*, void* memory);
  // Host memory that copies can reach without help of the CPU.
  int32_t (*allocate_pinned)(aiops_device*, uint64_t bytes, void** memory, aiops_fault*);
  void (*release_pinned)(aiops_device*, void* memory);

  int32_t (*create_stream)(aiops_device*, aiops_stream**, aiops_fault*);
  void (*destroy_stream)(aiops_stream*);
  int32_t (*synchronise_stream)(aiops_stream*, aiops_fault*);

  int32_t (*create_event)(aiops_device*, aiops_event**, aiops_fault*);
  void (*destroy_event)(aiops_event*);
  int32_t (*record_event)(aiops_event*, aiops_stream*, aiops_fault*);
  int32_t (*wait_event)(aiops_stream*, aiops_event*, aiops_fault*);  // the stream waits
  int32_t (*synchronise_event)(aiops_event*, aiops_fault*);          // the caller waits
  int32_t (*elapsed)(aiops_event* from, aiops_event* to, float* milliseconds, aiops_fault*);

  // Host memory must be pinned and stay until the copy is done.
  int32_t (*copy)(aiops_stream*, void* to, const void* from, uint64_t bytes, int32_t kind,
                  aiops_fault*);
  int32_t (*fill)(aiops_stream*, void* memory, int32_t byte, uint64_t bytes, aiops_fault*);

  // What is queued on the stream in between is kept rather than run, to be run as a whole.
  int32_t (*begin_capture)(aiops_stream*, aiops_fault*);
  int32_t (*end_capture)(aiops_stream*, aiops_graph**, aiops_fault*);
  int32_t (*launch_graph)(aiops_graph*, aiops_stream*, aiops_fault*);
  void (*destroy_graph)(aiops_graph*);

  // AIOPS_NO_GPU without NVML. What a device does not tell is no fault.
  int32_t (*read_counters)(aiops_device*, aiops_counters*, aiops_fault*);

  // AIOPS_NO_GPU where the library that connects processes is missing or too old.
  int32_t (*describe_peers)(aiops_device*, aiops_peers_facts*, aiops_fault*);
  // One process makes an id and tells the others; then all join, each as another rank, none with
  // the device of another.
  int32_t (*make_id)(aiops_device*, uint8_t id[AIOPS_ID_BYTES], aiops_fault*);
  int32_t (*join)(aiops_device*, int32_t ranks, int32_t rank, const uint8_t id[AIOPS_ID_BYTES],
                  const aiops_watch*, aiops_communicator**, aiops_fault*);
  // All processes sum the same counts in the same order, each in place. With `deterministic` the
  // terms are added in the order of the ranks, for which there must be so many bytes of scratch.
  uint64_t (*sum_workspace)(aiops_communicator*, uint64_t count);
  int32_t (*sum)(aiops_communicator*, aiops_stream*, float* values, uint64_t count, void* workspace,
                 uint64_t bytes, const aiops_watch*, aiops_fault*);
  // Waits for everything queued on the stream. After a fault here or in a sum, only abandoning the
  // communicator lets the stream go on.
  int32_t (*wait_for_peers)(aiops_communicator*, aiops_stream*, const aiops_watch*, aiops_fault*);
  // Ends it, once all processes have waited for their last sum: all of them leave.
  void (*leave)(aiops_communicator*);
  // Ends it whatever is queued and whoever is gone.
  void (*abandon)(aiops_communicator*);

  // `device_json` describes a GPU in cuDNN's words. AIOPS_UNSUPPORTED when no library is asked for
  // this operator.
  int32_t (*find_engine)(const aiops_cuda_options*, const char* device_json, const char* name,
                         const void* parameters, aiops_engine*, aiops_fault*);
} aiops_cuda_api;

typedef const aiops_cuda_api* aiops_cuda_api_function(void);

#ifdef __cplusplus
}
#endif

#endif  // AIOPS_KERNELS_DEVICE_ABI_H
