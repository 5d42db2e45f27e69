// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "train/ranks/link.hpp"
#include "train/ranks/mpi/library.hpp"

#include <deque>
#include <string>

namespace aiops::train {

// A link to another rank of MPI. Whether that one still lives is for the launcher to watch: it ends
// all ranks when one is gone.
class MpiLink final : public Link {
 public:
  MpiLink(const MpiLibrary& mpi, int peer) : mpi_(mpi), peer_(peer) {}
  ~MpiLink() override;

  void send(std::span<const std::byte> bytes) override;
  void receive(std::span<std::byte> bytes) override;
  std::uint64_t sent() const override { return sent_; }
  std::uint64_t received() const override { return received_; }
  bool progress() override;
  int descriptor() const override { return -1; }
  short events() const override { return leaving_.empty() && arriving_.empty() ? 0 : 1; }
  void check_alive() override {}
  void listen() override { look_for_failure(); }
  void end(const Failure& failure) noexcept override;

 private:
  // Takes those off the front that are done.
  bool finish(std::deque<aiops_mpi_request*>& requests, std::uint64_t& count);
  void look_for_failure();

  const MpiLibrary& mpi_;
  int peer_;
  std::deque<aiops_mpi_request*> leaving_, arriving_;
  std::uint64_t sent_ = 0, received_ = 0;
  std::string last_words_;  // stays until they have gone out
};

}  // namespace aiops::train
