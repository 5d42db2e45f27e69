// SPDX-License-Identifier: Apache-2.0
// AIOPS_CLONES before a function compiles it for AVX-512, AVX2 with FMA, and plain x86-64; the
// dynamic linker picks one at start. Such a function takes rows or a range and loops plainly; a
// sum that may be reordered says so with `#pragma omp simd reduction`. The choice follows from the
// CPU, never from the number of threads.
#pragma once

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
// Sanitizers instrument the resolvers, which run before a sanitizer is ready.
#define AIOPS_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define AIOPS_CLONES
#endif
