// SPDX-License-Identifier: Apache-2.0
// The way to a rank on another host. Both sides know from the collective calls that they make which
// messages come in which order, and how long each is; a link keeps that order and moves the bytes.
#pragma once

#include "train/ranks/failure.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace aiops::train {

// Thrown by links alone: the other side said why the run ends, or is gone.
struct LinkEnd {
  Failure failure;
};

class Link {
 public:
  virtual ~Link() = default;

  // Queue a message, of at most kMostMessage bytes. Its memory stays as it is until it is among
  // sent() or received().
  virtual void send(std::span<const std::byte> bytes) = 0;
  virtual void receive(std::span<std::byte> bytes) = 0;
  // How many messages have gone out, and come in, since the link was made.
  virtual std::uint64_t sent() const = 0;
  virtual std::uint64_t received() const = 0;

  // Moves what can be moved without waiting; true when that was something. Throws LinkEnd.
  virtual bool progress() = 0;
  // What poll(2) would wait for; -1: nothing that it knows.
  virtual int descriptor() const = 0;
  virtual short events() const = 0;
  // The other side still answers. Throws LinkEnd when it does not.
  virtual void check_alive() = 0;
  // For who waits for the other side without a message of it: throws LinkEnd when that has said why
  // the run ends, or is gone.
  virtual void listen() = 0;

  // Tells the other side, waiting a moment if need be; nothing more goes through.
  virtual void end(const Failure& failure) noexcept = 0;
};

// The ways to the groups of ranks before and after one's own; null where there is none.
struct Neighbours {
  std::unique_ptr<Link> before, after;
};

}  // namespace aiops::train
