// SPDX-License-Identifier: Apache-2.0
#include "registry/address.hpp"

#include "registry/url.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <array>
#include <cstdint>
#include <cstring>

namespace aiops::registry {
namespace {

Nearness nearness4(std::uint32_t address) {
  if (address >> 16 == 0xA9FE) return Nearness::link_local;
  const auto first = address >> 24;
  return first == 127 || first == 0 ? Nearness::this_machine : Nearness::far;
}

Nearness nearness6(const in6_addr& address) {
  static constexpr std::array<unsigned char, 16> kMetadata = {
      0xfd, 0x00, 0x0e, 0xc2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0x54};
  if (IN6_IS_ADDR_V4MAPPED(&address)) {
    std::uint32_t mapped = 0;
    std::memcpy(&mapped, address.s6_addr + 12, sizeof mapped);
    return nearness4(ntohl(mapped));
  }
  if (IN6_IS_ADDR_LOOPBACK(&address) || IN6_IS_ADDR_UNSPECIFIED(&address))
    return Nearness::this_machine;
  const bool metadata = std::memcmp(address.s6_addr, kMetadata.data(), kMetadata.size()) == 0;
  return IN6_IS_ADDR_LINKLOCAL(&address) || metadata ? Nearness::link_local : Nearness::far;
}

}  // namespace

Nearness nearness_of(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address, sizeof v4);
    return nearness4(ntohl(v4.sin_addr.s_addr));
  }
  if (address.sa_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address, sizeof v6);
    return nearness6(v6.sin6_addr);
  }
  return Nearness::this_machine;  // a local socket is as near as can be
}

Nearness nearness_of_literal(const std::string& host) {
  in_addr v4{};
  in6_addr v6{};
  if (::inet_pton(AF_INET, host.c_str(), &v4) == 1) return nearness4(ntohl(v4.s_addr));
  if (::inet_pton(AF_INET6, host.c_str(), &v6) == 1) return nearness6(v6);
  return is_loopback_host(host) ? Nearness::this_machine : Nearness::far;
}

std::string address_text(const sockaddr& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const bool v6 = address.sa_family == AF_INET6;
  const void* at =
      v6 ? static_cast<const void*>(&reinterpret_cast<const sockaddr_in6*>(&address)->sin6_addr)
         : &reinterpret_cast<const sockaddr_in*>(&address)->sin_addr;
  ::inet_ntop(address.sa_family, at, text.data(), text.size());
  return text.data();
}

}  // namespace aiops::registry
