// SPDX-License-Identifier: Apache-2.0
// TCP sockets, as far as ranks need them to meet.
#pragma once

#include "base/fd.hpp"
#include "base/stop.hpp"

#include <sys/socket.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aiops::train {

// A numeric address and a port.
struct Endpoint {
  sockaddr_storage address{};
  socklen_t size = 0;

  bool is_loopback() const;
  std::uint16_t port() const;
  std::string host() const;  // "10.0.0.1", "fe80::1"
  std::string text() const;  // "10.0.0.1:29500", "[fe80::1]:29500"
  Endpoint with_port(std::uint16_t port) const;
};

// What a name, or a numeric address, stands for; none with `why` when that is not known (now).
std::vector<Endpoint> addresses_of(const std::string& host, std::uint16_t port, std::string& why);

// Listens at one address, port 0 for any. Nothing, and errno, when that cannot be.
Fd listen_at(const Endpoint& endpoint);
// The next connection that waits, without blocking; nothing when there is none.
Fd accept_from(int listening);

Endpoint local_end(int socket);
Endpoint far_end(int socket);

// How long to wait for others, and whom to ask meanwhile.
struct Patience {
  double deadline;
  const StopFlag& stop;
  bool is_over() const;
  // Waits until `socket` can be read or written, for a tenth of a second at most. Throws what the
  // stop flag throws.
  bool ready(int socket, short events) const;
};

// A connection, or nothing with `why`: refused, unreachable, or silent for a few seconds.
Fd connect_to(const Endpoint& endpoint, const Patience& patience, std::string& why);

}  // namespace aiops::train
