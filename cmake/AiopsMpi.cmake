# libaiops_mpi.so, the only part that knows MPI: a plug-in that the program opens when ranks are to be connected by MPI.
# Its install is not part of the whole, whose Debian package would otherwise depend on an MPI: cmake --install DIR --component mpi
set(AIOPS_MPI AUTO CACHE STRING "Build the MPI plug-in: AUTO (when an MPI is found), ON, OFF")
set_property(CACHE AIOPS_MPI PROPERTY STRINGS AUTO ON OFF)
if(AIOPS_MPI STREQUAL "OFF")
  return()
endif()
find_package(MPI QUIET COMPONENTS C)
if(NOT MPI_C_FOUND)
  if(AIOPS_MPI STREQUAL "ON")
    message(FATAL_ERROR "AIOPS_MPI is ON, but no MPI was found: apt-get install libopenmpi-dev")
  endif()
  return()
endif()
add_library(aiops_mpi MODULE train/ranks/mpi/plugin/plugin.cpp)
target_compile_definitions(aiops_mpi PRIVATE OMPI_SKIP_MPICXX MPICH_SKIP_MPICXX)  # the C++ bindings that MPI-3 removed
set_target_properties(aiops_mpi PROPERTIES CXX_VISIBILITY_PRESET hidden LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
target_link_libraries(aiops_mpi PRIVATE aiops_options aiops_warnings MPI::MPI_C)
install(TARGETS aiops_mpi LIBRARY DESTINATION lib/aiops COMPONENT mpi EXCLUDE_FROM_ALL)
