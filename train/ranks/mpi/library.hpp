// SPDX-License-Identifier: Apache-2.0
// MPI, opened when it is asked for.
#pragma once

#include "base/dynamic_library.hpp"
#include "train/ranks/mpi/abi.h"

#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace aiops::train {

class MpiLibrary {
 public:
  // The first of `places` that is a file; where there is none, Error{failed} says where it looked.
  static std::filesystem::path find(std::span<const std::filesystem::path> places);

  // Opens the plug-in and starts MPI. Throws Error{failed} when it cannot be opened, or is of
  // another version.
  explicit MpiLibrary(const std::filesystem::path& plugin);
  MpiLibrary(const MpiLibrary&) = delete;
  MpiLibrary& operator=(const MpiLibrary&) = delete;

  int rank() const { return rank_; }
  int size() const { return size_; }
  const std::string& name() const { return name_; }  // "Open MPI v4.1.4"

  // What every rank gave, in their order; all give as much. Throws Error{failed}.
  std::vector<std::string> gather(const std::string& own) const;
  // Ends MPI: when all ranks do. A process that ends otherwise is ended with by its launcher.
  void close();

  const aiops_mpi_api& api() const { return *api_; }
  // Throws Error{failed} with what the fault says, when `result` is one.
  static void check(std::int32_t result, const aiops_mpi_fault& fault);

 private:
  DynamicLibrary library_;
  const aiops_mpi_api* api_;
  int rank_ = 0, size_ = 0;
  std::string name_;
};

}  // namespace aiops::train
