# Operators are plain loops that the compiler vectorises. No -ffast-math: sums keep their order unless a loop says
# otherwise. No -march=native: the binary runs on any x86-64, kernels/cpu/clones.hpp picks the instructions at start.
if(NOT CMAKE_BUILD_TYPE STREQUAL Debug)
  target_compile_options(aiops_kernels PRIVATE -O3)
endif()
target_compile_options(aiops_kernels PRIVATE -fno-math-errno -fno-trapping-math -fopenmp-simd)
# Initial weights are the same bits on every machine, with or without fused multiply-add.
set_source_files_properties(kernels/cpu/random.cpp PROPERTIES COMPILE_OPTIONS -ffp-contract=off)
# Sums over a row, which say that their order is free, wait for each addition unless the compiler keeps several sums.
# A loop of theirs that could not be reordered does not exist in these files.
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND NOT CMAKE_BUILD_TYPE STREQUAL Debug)
  set_source_files_properties(kernels/cpu/layer_norm.cpp kernels/cpu/rms_norm.cpp PROPERTIES COMPILE_OPTIONS
    "-funroll-loops;-fvariable-expansion-in-unroller;--param=max-variable-expansions-in-unroller=4;-fassociative-math;-fno-signed-zeros")
endif()
# Loops over the numbers of a checkpoint and over gradients, which the compiler vectorises too.
if(NOT CMAKE_BUILD_TYPE STREQUAL Debug)
  set_source_files_properties(pack/delta/planes.cpp train/ranks/addition.cpp PROPERTIES COMPILE_OPTIONS -O3)
endif()
