# Every third-party library, each from the distribution. libcurl and libarchive are not linked: they are opened
# on first use (base/dynamic_library.hpp), because loading them costs every start of the program 3.7 and 1.5 ms.
# So is libzstd, of which only the header is needed here.
find_package(Threads REQUIRED)
find_package(OpenSSL 3 REQUIRED COMPONENTS Crypto)
find_package(LibArchive REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)

add_library(aiops_fmt INTERFACE)
target_link_libraries(aiops_fmt INTERFACE fmt::fmt)
add_library(aiops_spdlog INTERFACE)
target_link_libraries(aiops_spdlog INTERFACE spdlog::spdlog)
