# The kernels of kernels/cuda, as nvcc makes them. AIOPS_CUDA=AUTO takes a toolkit where there is one, ON insists on it,
# OFF looks for none. What follows in AIOPS_CUDA_FOUND says whether it is there; tests/simt reads the same sources with g++
# in any case.
set(AIOPS_CUDA_FOUND OFF)
if(NOT AIOPS_CUDA STREQUAL "OFF" AND NOT AIOPS_SANITIZE)
  include(CheckLanguage)
  check_language(CUDA)
  if(CMAKE_CUDA_COMPILER)
    set(CMAKE_CUDA_ARCHITECTURES OFF)           # --generate-code below: CMake 3.25 refuses names such as 100f
    set(CMAKE_CUDA_STANDARD_REQUIRED OFF)       # would inherit C++20, which CMake 3.25 does not know of nvcc
    set(CMAKE_CUDA_FLAGS_RELWITHDEBINFO "-O2")  # of the host's code; the device's is always -O3
    enable_language(CUDA)
    set(AIOPS_CUDA_FOUND ON)
  elseif(AIOPS_CUDA STREQUAL "ON")
    message(FATAL_ERROR " AIOPS_CUDA=ON, and no nvcc on the PATH or in /usr/local/cuda: install the CUDA toolkit 13, or "
                        "configure with AIOPS_CUDA=AUTO")  # a space first: CMake breaks no lines
  endif()
endif()
if(NOT AIOPS_CUDA_FOUND)
  return()
endif()

# Machine code for these, and PTX of compute_80 for every other device, which its driver compiles. Developers build less,
# with the places of the source in it and uncompressed, so that tests can look inside (tests/simt/object).
if(AIOPS_DEVELOPER)
  set(architectures 80 90)
  set(contents -lineinfo --no-compress)
else()
  set(architectures 80 86 89 90 100 120)
  set(contents -compress-mode=size)
endif()
set(AIOPS_CUDA_ARCHITECTURES ${architectures} CACHE STRING "Devices to make machine code for, such as 80;90")
list(TRANSFORM AIOPS_CUDA_ARCHITECTURES PREPEND sm_ OUTPUT_VARIABLE AIOPS_CUDA_CODE)  # what the plug-in says of itself
list(APPEND AIOPS_CUDA_CODE compute_80)
list(JOIN AIOPS_CUDA_CODE " " AIOPS_CUDA_CODE)

# aiops_cuda_options(TARGET): how every .cu file is compiled. A register that spills to memory is an error.
function(aiops_cuda_options target)
  set(code "--generate-code=arch=compute_80,code=compute_80")
  foreach(architecture ${AIOPS_CUDA_ARCHITECTURES})
    list(APPEND code "--generate-code=arch=compute_${architecture},code=sm_${architecture}")
  endforeach()
  target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CUDA>:-std=c++20;${code};${contents}>
    "$<$<COMPILE_LANGUAGE:CUDA>:SHELL:-Xptxas -warn-spills,-warn-lmem-usage,-Werror>"
    "$<$<COMPILE_LANGUAGE:CUDA>:SHELL:-Xcompiler -Wall,-Wextra,-fvisibility=hidden>")
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR})
endfunction()

file(GLOB cuda_kernels CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/kernels/cuda/*/*.cu)
add_library(aiops_cuda_kernels OBJECT ${cuda_kernels})
set_target_properties(aiops_cuda_kernels PROPERTIES POSITION_INDEPENDENT_CODE ON)
aiops_cuda_options(aiops_cuda_kernels)

# Kernels of tests only (tests/simt): PTX is enough.
if(AIOPS_TESTS)
  file(GLOB cuda_tests CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/simt/*/*.cu)
  add_library(aiops_cuda_tests OBJECT EXCLUDE_FROM_ALL ${cuda_tests})
  target_compile_options(aiops_cuda_tests PRIVATE -std=c++20 -lineinfo --no-compress
    --generate-code=arch=compute_80,code=compute_80)
  target_include_directories(aiops_cuda_tests PRIVATE ${PROJECT_SOURCE_DIR})
endif()
