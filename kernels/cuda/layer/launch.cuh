// SPDX-License-Identifier: Apache-2.0
// launch<kernel>({grid, block, dynamic_shared}, stream, arguments...): converts the arguments to
// the kernel's parameter types, as <<<>>> does, and starts it. The kernel needs a name with
// external linkage: executors find it by that name in the PTX.
#pragma once

#include "kernels/cuda/layer/status.hpp"
#include "kernels/cuda/layer/vector.cuh"

#include <cstddef>
#include <cstdint>
#include <type_traits>
#if !defined(__CUDACC__)
#include "kernels/cuda/layer/words.cuh"

#include <algorithm>
#include <array>
#include <cstring>
#include <typeinfo>
#include <utility>
#endif

namespace aiops::kernels::cuda {

struct LaunchShape {
  dim3 grid, block;
  std::size_t dynamic_shared = 0;
};

#if defined(__CUDACC__)

inline constexpr std::size_t kSharedByDefault = 48 * 1024;  // more must be asked for

template <auto Kernel, typename... P>
LaunchStatus launch_as(void (*)(P...), const LaunchShape& shape, Stream stream,
                       std::type_identity_t<P>... values) {
  if (shape.dynamic_shared > kSharedByDefault) {
    const cudaError_t error =
        cudaFuncSetAttribute(Kernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
                             static_cast<int>(shape.dynamic_shared));
    if (error != cudaSuccess) return {error, "the kernel's shared memory"};
  }
  Kernel<<<shape.grid, shape.block, shape.dynamic_shared, stream>>>(values...);
  return {cudaGetLastError(), ""};
}

#else

// Fills a parameter block as PTX lays it out, and calls the source from one.
template <auto Kernel, typename... P>
class ParameterBlock {
 public:
  explicit ParameterBlock(const P&... values) {
    std::size_t i = 0;
    ((std::memcpy(bytes_.data() + kPlaces[i].offset, &values, sizeof(P)), ++i), ...);
  }
  static void run(const std::byte* block) { run(block, std::index_sequence_for<P...>{}); }
  std::span<const std::byte> bytes() const { return {bytes_.data(), kSize}; }
  static std::span<const simt::Parameter> places() { return {kPlaces.data(), sizeof...(P)}; }

 private:
  static_assert((std::is_trivially_copyable_v<P> && ...));
  static constexpr auto kPlaces = [] {
    std::array<simt::Parameter, sizeof...(P) + 1> places{};
    std::size_t i = 0;
    std::size_t used = 0;
    ((used = (used + alignof(P) - 1) / alignof(P) * alignof(P), places[i++] = {used, sizeof(P)},
      used += sizeof(P)),
     ...);
    places[i] = {used, 0};
    return places;
  }();
  static constexpr std::size_t kSize = kPlaces[sizeof...(P)].offset;

  template <typename T>
  static T read(const std::byte* from) {
    std::array<std::byte, sizeof(T)> copy;
    std::copy_n(from, sizeof(T), copy.begin());
    return std::bit_cast<T>(copy);
  }
  template <std::size_t... I>
  static void run(const std::byte* block, std::index_sequence<I...>) {
    Kernel(read<P>(block + kPlaces[I].offset)...);
  }

  alignas(16) std::array<std::byte, std::max<std::size_t>(kSize, 1)> bytes_{};
};

template <auto Kernel>
struct KernelName {};

template <auto Kernel, typename... P>
LaunchStatus launch_as(void (*)(P...), const LaunchShape& shape, Stream stream,
                       std::type_identity_t<P>... values) {
  const ParameterBlock<Kernel, P...> block(values...);
  return simt::execute({.name = typeid(KernelName<Kernel>).name(),
                        .run = &ParameterBlock<Kernel, P...>::run,
                        .block_of_parameters = block.bytes(),
                        .parameters = block.places(),
                        .grid = shape.grid,
                        .block = shape.block,
                        .dynamic_shared = shape.dynamic_shared,
                        .stream = stream});
}

#endif

inline constexpr std::int64_t kLargestGrid = 0x7FFFFFFF;  // blocks in x; 65535 in y and z

inline bool is_aligned(const void* p, std::uintptr_t size) {
  return reinterpret_cast<std::uintptr_t>(p) % size == 0;
}

// Calls with<N>(): N elements of T fill 16 bytes where `width` of them are whole packs and all
// pointers are aligned, so that every row begins at such a multiple; else N is 1.
template <typename T, typename With, typename... Elements>
LaunchStatus in_packs(std::int64_t width, const With& with, const Elements*... pointers) {
  constexpr int kPack = Pack<T>::kCount;
  if (width % kPack == 0 && (is_aligned(pointers, 16) && ...))
    return with.template operator()<kPack>();
  return with.template operator()<1>();
}

template <auto Kernel, typename... Arguments>
LaunchStatus launch(const LaunchShape& shape, Stream stream, const Arguments&... arguments) {
  return launch_as<Kernel>(Kernel, shape, stream, arguments...);
}

}  // namespace aiops::kernels::cuda
