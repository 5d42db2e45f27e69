// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/socket.h>

#include <string>

namespace aiops::registry {

enum class Nearness {
  far,
  this_machine,  // loopback, unspecified
  link_local,    // 169.254.0.0/16 and fe80::/10, where clouds keep their metadata; fd00:ec2::254
};

// The same written as IPv4-mapped IPv6 is the same.
Nearness nearness_of(const sockaddr& address);

// Of a host that is an address as text; any name is far.
Nearness nearness_of_literal(const std::string& host);

std::string address_text(const sockaddr& address);

}  // namespace aiops::registry
