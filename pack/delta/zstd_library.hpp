// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zstd.h>

#include <memory>

namespace aiops::pack {

// libzstd's functions, found in libzstd.so.1 on first use: most starts of the program need none.
struct ZstdLibrary {
  // Throws Error{failed} with the package to install.
  static const ZstdLibrary& get();

  decltype(&ZSTD_createCCtx) create_compression;
  decltype(&ZSTD_freeCCtx) free_compression;
  decltype(&ZSTD_CCtx_setParameter) set_parameter;
  decltype(&ZSTD_compress2) compress;
  decltype(&ZSTD_compressBound) bound;
  decltype(&ZSTD_createDCtx) create_decompression;
  decltype(&ZSTD_freeDCtx) free_decompression;
  decltype(&ZSTD_decompressDCtx) decompress;
  decltype(&ZSTD_isError) is_error;
};

struct ZstdDeleter {
  void operator()(ZSTD_CCtx* context) const { ZstdLibrary::get().free_compression(context); }
  void operator()(ZSTD_DCtx* context) const { ZstdLibrary::get().free_decompression(context); }
};
// One of each for a thread at a time.
using ZstdCompression = std::unique_ptr<ZSTD_CCtx, ZstdDeleter>;
using ZstdDecompression = std::unique_ptr<ZSTD_DCtx, ZstdDeleter>;
ZstdCompression zstd_compression();
ZstdDecompression zstd_decompression();

}  // namespace aiops::pack
