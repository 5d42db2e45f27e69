# How the product is compiled: build type, warnings, sanitizers.
set(AIOPS_CUDA AUTO CACHE STRING "Build the CUDA backend: AUTO (when the toolkit is found), ON, OFF")
set_property(CACHE AIOPS_CUDA PROPERTY STRINGS AUTO ON OFF)
option(AIOPS_DEVELOPER "Treat warnings as errors" OFF)
option(AIOPS_TESTS "Build the tests" ON)
option(AIOPS_FUZZERS "Build the fuzzers too: clang and AIOPS_SANITIZE=address,undefined" OFF)
set(AIOPS_SANITIZE "" CACHE STRING "Sanitizers, such as address,undefined or thread")

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "" FORCE)
endif()
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1")
set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g1")

add_library(aiops_options INTERFACE)
target_include_directories(aiops_options INTERFACE ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/generated)
target_compile_definitions(aiops_options INTERFACE _FILE_OFFSET_BITS=64)
if(AIOPS_SANITIZE)  # what ASan or the warnings see too is left out: those checks take a third of the compile time
  target_compile_options(aiops_options INTERFACE -fsanitize=${AIOPS_SANITIZE} -fno-sanitize=null,vptr,object-size
                         -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(aiops_options INTERFACE -fsanitize=${AIOPS_SANITIZE})
endif()
if(AIOPS_FUZZERS)  # coverage everywhere, main() only in the fuzzers: tests/fuzz/CMakeLists.txt
  target_compile_options(aiops_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

add_library(aiops_warnings INTERFACE)
target_compile_options(aiops_warnings INTERFACE -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Wold-style-cast
                       -Woverloaded-virtual -Wimplicit-fallthrough $<$<BOOL:${AIOPS_DEVELOPER}>:-Werror>)

find_program(AIOPS_CCACHE ccache)
if(AIOPS_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${AIOPS_CCACHE})
endif()
