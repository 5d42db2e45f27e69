// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "train/ranks/handshake.hpp"

#include <optional>
#include <string>
#include <vector>

namespace aiops::train {

// A process and the run that it belongs to.
struct Party {
  int ranks = 0;             // of the run
  int first = 0, count = 1;  // that this process stands for
  std::string address;       // of rank 0: a name or a number
  std::uint16_t port = 0;
  std::string run;            // tells the run from others; may be empty
  std::string configuration;  // what all ranks must have alike
  double seconds = 300;       // to wait for the others
};

// A process that has come, and where it came from.
struct Comer {
  Hello hello;
  std::string address;  // numeric; of rank 0 empty
};

// What a process would say of itself; with the port that rank 0 listens at.
Hello hello_of(const Party& party);

// Why `other` may not be in the same run as `own`, if so; whatever its ranks are.
std::optional<std::string> objection(const Hello& own, const Hello& other);

// The place of each, in their order: consecutive ranks that were started one by one on the same
// host become a group, those that one process stands for are one already. The comers are sorted by
// their first rank, and all of the run.
std::vector<Place> seat(const std::vector<Comer>& comers, const Nonce& nonce);

// The mark of what can share memory with this process: its kernel, and the name spaces in which it
// could be found (network and processes), and its user.
Mark mark_of_this_host();
Mark mark_of(std::string_view text);
Nonce draw_nonce();

}  // namespace aiops::train
