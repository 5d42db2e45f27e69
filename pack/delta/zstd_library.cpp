// SPDX-License-Identifier: Apache-2.0
#include "pack/delta/zstd_library.hpp"

#include "base/dynamic_library.hpp"

#include <new>

namespace aiops::pack {
namespace {

ZstdLibrary open_library() {
  static const DynamicLibrary library("libzstd.so.1", "apt-get install libzstd1");
  ZstdLibrary zstd{};
  library.find(zstd.create_compression, "ZSTD_createCCtx");
  library.find(zstd.free_compression, "ZSTD_freeCCtx");
  library.find(zstd.set_parameter, "ZSTD_CCtx_setParameter");
  library.find(zstd.compress, "ZSTD_compress2");
  library.find(zstd.bound, "ZSTD_compressBound");
  library.find(zstd.create_decompression, "ZSTD_createDCtx");
  library.find(zstd.free_decompression, "ZSTD_freeDCtx");
  library.find(zstd.decompress, "ZSTD_decompressDCtx");
  library.find(zstd.is_error, "ZSTD_isError");
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
