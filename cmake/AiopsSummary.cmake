# What was configured, at a glance.
message(STATUS "aiops ${PROJECT_VERSION}: ${CMAKE_BUILD_TYPE}, ${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}"
               ", sanitizers '${AIOPS_SANITIZE}', developer ${AIOPS_DEVELOPER}, tests ${AIOPS_TESTS}, CUDA ${AIOPS_CUDA}")
