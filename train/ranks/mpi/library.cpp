// SPDX-License-Identifier: Apache-2.0
#include "train/ranks/mpi/library.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"

#include <array>

namespace aiops::train {
namespace {

constexpr const char* kMend =
    "build aiops where an MPI is installed (apt-get install libopenmpi-dev), or --collective tcp";

const aiops_mpi_api* api_of(const DynamicLibrary& library, const std::filesystem::path& plugin) {
  const auto* api = library.function<aiops_mpi_api_function>(AIOPS_MPI_API_SYMBOL)();
  if (api == nullptr || api->abi != AIOPS_MPI_ABI || api->bytes != sizeof(aiops_mpi_api))
    throw Error(ExitCode::failed, plugin.string() + " is of another version of aiops",
                "install the program and its plug-in together");
  return api;
}

}  // namespace

std::filesystem::path MpiLibrary::find(std::span<const std::filesystem::path> places) {
  std::string looked;
  std::error_code none;
  for (const auto& place : places) {
    if (std::filesystem::is_regular_file(place, none)) return place;
    looked += (looked.empty() ? "" : ", ") + place.string();
  }
  throw Error(ExitCode::failed, "there is no MPI plug-in: looked for " + looked, kMend);
}

void MpiLibrary::check(std::int32_t result, const aiops_mpi_fault& fault) {
  if (result != 0) throw Error(ExitCode::failed, printable(fault.message));
}

MpiLibrary::MpiLibrary(const std::filesystem::path& plugin)
    : library_(plugin.c_str(), kMend), api_(api_of(library_, plugin)) {
  aiops_mpi_fault fault{};
  std::array<char, 256> name{};
  check(api_->open(&rank_, &size_, name.data(), &fault), fault);
  name_ = printable(name.data());
}

std::vector<std::string> MpiLibrary::gather(const std::string& own) const {
  aiops_mpi_fault fault{};
  std::string all(own.size() * static_cast<std::size_t>(size_), '\0');
  check(api_->gather(own.data(), all.data(), own.size(), &fault), fault);
  std::vector<std::string> parts;
  for (std::size_t at = 0; at < all.size(); at += own.size())
    parts.push_back(all.substr(at, own.size()));
  return parts;
}

void MpiLibrary::close() {
  aiops_mpi_fault fault{};
  check(api_->close(&fault), fault);
}

}  // namespace aiops::train
