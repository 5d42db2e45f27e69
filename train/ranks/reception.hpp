// SPDX-License-Identifier: Apache-2.0
// Where rank 0 of a run on several hosts receives the others.
#pragma once

#include "base/status.hpp"
#include "train/ranks/door.hpp"
#include "train/ranks/seating.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace aiops::train {

// Tells of a wait: after some seconds, and then from time to time.
class WaitTeller {
 public:
  explicit WaitTeller(Status& status);
  void tell(const std::function<std::string()>& what);

 private:
  Status& status_;
  double next_;
};

// Listens at the address that `host` stands for here. Where that is none of this host's, or its
// loopback by a name that others resolve otherwise (Debian's 127.0.1.1), at all of them. Throws
// Error{unavailable} when the name is not known before the patience is over, or the port is taken.
Endpoint listen_for_ranks(const std::string& host, std::uint16_t port, const Patience& patience,
                          Status& status, Fd& listening);

class Reception {
 public:
  // `own` is what rank 0 would say itself.
  Reception(Hello own, Endpoint here, Door& door, Status& status);

  // Waits for all; sends each its place, and returns one's own. Throws Error{unavailable}.
  Place receive(const Patience& patience, double seconds);

 private:
  struct Seated {
    Comer comer;
    Fd socket;  // of rank 0 itself: none
  };
  void visit(Door::Visitor visitor);
  // Why somebody may not come in, if so.
  std::optional<std::string> why_not(const Hello& hello) const;
  void free_left_seats();
  bool is_complete() const;
  std::string missing() const;

  Hello own_;
  Endpoint here_;
  Door& door_;
  Status& status_;
  std::vector<Seated> seated_;
  std::string refused_;  // the last one, for who wonders why somebody is missing
};

}  // namespace aiops::train
