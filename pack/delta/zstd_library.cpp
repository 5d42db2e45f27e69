// SPDX-License-Identifier: Apache-2.0
#include "pack/delta/zstd_library.hpp"

#include "base/dynamic_library.hpp"

#include <new>

namespace aiops::pack {
namespace {

template <typename Function>
void find(const DynamicLibrary& library, Function*& function, const char* symbol) {
  function = library.function<Function>(symbol);
}

ZstdLibrary open_library() {
  static const DynamicLibrary library("libzstd.so.1", "apt-get install libzstd1");
  ZstdLibrary zstd{};
  find(library, zstd.create_compression, "ZSTD_createCCtx");
  find(library, zstd.free_compression, "ZSTD_freeCCtx");
  find(library, zstd.set_parameter, "ZSTD_CCtx_setParameter");
  find(library, zstd.compress, "ZSTD_compress2");
  find(library, zstd.bound, "ZSTD_compressBound");
  find(library, zstd.create_decompression, "ZSTD_createDCtx");
  find(library, zstd.free_decompression, "ZSTD_freeDCtx");
  find(library, zstd.decompress, "ZSTD_decompressDCtx");
  find(library, zstd.is_error, "ZSTD_isError");
  return zstd;
}

}  // namespace

const ZstdLibrary& ZstdLibrary::get() {
  static const ZstdLibrary zstd = open_library();
  return zstd;
}

ZstdCompression zstd_compression() {
  ZstdCompression context(ZstdLibrary::get().create_compression());
  if (!context) throw std::bad_alloc();
  return context;
}

ZstdDecompression zstd_decompression() {
  ZstdDecompression context(ZstdLibrary::get().create_decompression());
  if (!context) throw std::bad_alloc();
  return context;
}

}  // namespace aiops::pack
