# What was configured, at a glance.
set(cuda_toolkit "no toolkit")
if(AIOPS_CUDA_FOUND)
  set(cuda_toolkit "nvcc ${CMAKE_CUDA_COMPILER_VERSION} for ${AIOPS_CUDA_ARCHITECTURES}")
endif()
message(STATUS "aiops ${PROJECT_VERSION}: ${CMAKE_BUILD_TYPE}, ${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}"
               ", sanitizers '${AIOPS_SANITIZE}', developer ${AIOPS_DEVELOPER}, tests ${AIOPS_TESTS}, CUDA ${AIOPS_CUDA}"
               " (${cuda_toolkit})")
