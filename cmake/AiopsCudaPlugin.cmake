# The CUDA plug-in, libaiops_cuda.so: kernels/cuda/ with the CUDA runtime inside. Everything else of NVIDIA's is opened at run
# time, so building it takes nvcc, headers and libcudart_static.a, no GPU and no driver; the program itself needs none of it.
if(AIOPS_CUDA STREQUAL "OFF" OR AIOPS_SANITIZE)  # sanitizers do not live in a library that is opened
  return()
endif()
find_path(AIOPS_CUDA_HEADERS cuda_runtime_api.h HINTS /usr/local/cuda/include)
set(missing "")
if(AIOPS_CUDA_HEADERS)
  set(cuda_root ${AIOPS_CUDA_HEADERS}/..)
  find_library(AIOPS_CUDART_STATIC libcudart_static.a HINTS ${cuda_root}/lib64 ${cuda_root}/lib)
  foreach(header cublasLt cudnn nccl)
    find_path(AIOPS_CUDA_${header}_HEADERS ${header}.h HINTS ${AIOPS_CUDA_HEADERS})
    if(NOT AIOPS_CUDA_${header}_HEADERS)
      list(APPEND missing ${header}.h)
    endif()
  endforeach()
  if(NOT AIOPS_CUDART_STATIC)
    list(APPEND missing libcudart_static.a)
  endif()
else()
  set(missing cuda_runtime_api.h)
endif()
if(missing)
  list(JOIN missing ", " missing)
  if(AIOPS_CUDA STREQUAL "ON")
    message(FATAL_ERROR " AIOPS_CUDA=ON, but there is no ${missing}: install the CUDA 13 toolkit, cuDNN 9 and NCCL 2, or point "
                        "CMAKE_PREFIX_PATH at them")
  endif()
  message(STATUS "left out, no ${missing}: the CUDA plug-in and its tests")
  return()
endif()

# Compiled once; tests/fakes/ links the same objects to a CUDA runtime of its own.
file(GLOB plugin_sources CONFIGURE_DEPENDS kernels/cuda/plugin/*.cpp kernels/cuda/cublaslt/*.cpp kernels/cuda/cudnn/*.cpp
     kernels/cuda/*/operator.cpp)
add_library(aiops_cuda_objects OBJECT ${plugin_sources})
set_target_properties(aiops_cuda_objects PROPERTIES POSITION_INDEPENDENT_CODE ON CXX_VISIBILITY_PRESET hidden
                      VISIBILITY_INLINES_HIDDEN ON)
target_link_libraries(aiops_cuda_objects PRIVATE aiops_options aiops_warnings)
target_include_directories(aiops_cuda_objects SYSTEM PRIVATE ${AIOPS_CUDA_HEADERS} ${AIOPS_CUDA_cublasLt_HEADERS}
                           ${AIOPS_CUDA_cudnn_HEADERS} ${AIOPS_CUDA_nccl_HEADERS})
# What machine code and PTX is inside, in the words of nvcc: `aiops device` says whether it is for the GPU that is there.
set_source_files_properties(kernels/cuda/plugin/api.cpp kernels/cuda/plugin/inspection.cpp PROPERTIES COMPILE_DEFINITIONS
                            "AIOPS_CUDA_ARCHITECTURES=\"${AIOPS_CUDA_CODE}\"")

# aiops_cuda_plugin(TARGET FOLDER KERNELS LIBRARY...): the plug-in in FOLDER, with its one symbol and the objects of KERNELS.
function(aiops_cuda_plugin target folder kernels)
  add_library(${target} MODULE $<TARGET_OBJECTS:aiops_cuda_objects> $<TARGET_OBJECTS:${kernels}>)
  set_target_properties(${target} PROPERTIES OUTPUT_NAME aiops_cuda LIBRARY_OUTPUT_DIRECTORY ${folder}
                        LINK_DEPENDS ${PROJECT_SOURCE_DIR}/kernels/cuda/plugin/exports.map)
  target_link_libraries(${target} PRIVATE aiops_options ${ARGN} ${CMAKE_DL_LIBS} Threads::Threads)
  target_link_options(${target} PRIVATE -Wl,--version-script=${PROJECT_SOURCE_DIR}/kernels/cuda/plugin/exports.map
                      -Wl,--exclude-libs,ALL -Wl,-z,defs)
endfunction()
if(NOT AIOPS_CUDA_FOUND)
  message(STATUS "left out, no nvcc: the CUDA plug-in; its tests on fakes need none")
  return()
endif()
aiops_cuda_plugin(aiops_cuda ${PROJECT_BINARY_DIR} aiops_cuda_kernels ${AIOPS_CUDART_STATIC} rt)
set_target_properties(aiops_cuda PROPERTIES LINKER_LANGUAGE CXX)  # nvcc would link a runtime of its own choice
add_dependencies(aiops aiops_cuda)  # beside it, where it looks first
