// SPDX-License-Identifier: Apache-2.0
// What somebody who runs kernels on the CPU must provide; the layer calls these functions when g++
// compiles kernels. tests/simt/ is the one implementation.
#pragma once

#include "kernels/cuda/layer/status.hpp"

#include <cstddef>
#include <cstdint>
#include <source_location>
#include <span>

namespace aiops::simt {

struct Index {
  unsigned x = 1, y = 1, z = 1;
};

// Where a barrier or a collective stands: lanes that meet at different sites are reported.
struct Site {
  Site(const std::source_location& at);  // NOLINT(google-explicit-constructor)
  Site(const char* file_name, unsigned line_number, unsigned column_number)
      : file(file_name), line(line_number), column(column_number) {}

  const char* file;
  unsigned line, column;
};

// One parameter of a kernel, in the block that the launch fills: the layout of PTX, each parameter
// at the next multiple of its alignment.
struct Parameter {
  std::size_t offset = 0, size = 0;
};

struct Launch {
  const char* name;  // the mangled name of a type whose only argument is the kernel
  // The kernel's source, for one thread. The block must lie on that thread's own stack.
  void (*run)(const std::byte* block);
  std::span<const std::byte> block_of_parameters;  // valid until execute() returns
  std::span<const Parameter> parameters;
  Index grid, block;
  std::size_t dynamic_shared;
  kernels::cuda::Stream stream;
};
kernels::cuda::LaunchStatus execute(const Launch& launch);

// The rest is called by running kernels only.
Index thread_index();
Index block_index();
Index block_size();
Index grid_size();

enum class Vote { count, any, all };
void block_barrier(Site site);
int block_vote(Vote vote, int predicate, Site site);
void warp_barrier(unsigned mask, Site site);

enum class Shuffle { index, up, down, exclusive_or };
std::uint64_t shuffle(Shuffle kind, unsigned mask, std::uint64_t value, int operand, int width,
                      Site site);
unsigned ballot(unsigned mask, int predicate, Site site);

// Memory. Plain accesses are told by the compiler (-fsanitize=thread); these are the ones whose
// width matters or that are not plain. begin_atomic() is followed by the update, with nothing
// between.
void load(void* into, const void* from, std::size_t size);
void store(void* to, const void* from, std::size_t size);
void begin_atomic(void* address, std::size_t size);

// Shared memory. `key` is an address that is the array's alone.
void* shared_array(const void* key, const char* name, std::size_t size, std::size_t alignment);
void* dynamic_shared_array();

// Copies `valid` of 4, 8 or 16 bytes and zeroes the rest, some time before its group is waited for.
void cp_async(void* shared, const void* global, int size, int valid);
void cp_async_commit();
void cp_async_wait(int pending);

enum class Layout { as_stored, transposed };
void ldmatrix(std::uint32_t* fragment, const void* row, int matrices, Layout layout, Site site);

enum class Product { bf16_m16n8k16, tf32_m16n8k8 };
void mma(Product product, float* d, const std::uint32_t* a, const std::uint32_t* b, const float* c,
         Site site);

// The hardware's approximations: right to the documented error and no better.
float fast_exp2(float x);
float fast_log2(float x);
float fast_reciprocal(float x);
float fast_rsqrt(float x);
float fast_tanh(float x);

}  // namespace aiops::simt
