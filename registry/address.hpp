// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/socket.h>

#include <string>

namespace aiops::registry {

// An address that a name from the network must not lead to: loopback, link-local (169.254.0.0/16
// and fe80::/10, where clouds keep their metadata services), fd00:ec2::254, unspecified, and the
// same written as IPv4-mapped IPv6.
bool is_nearby(const sockaddr& address);

std::string address_text(const sockaddr& address);

}  // namespace aiops::registry
