// SPDX-License-Identifier: Apache-2.0
#include "registry/address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <array>
#include <cstdint>
#include <cstring>

namespace aiops::registry {
namespace {

bool is_nearby4(std::uint32_t address) {
  return address >> 24 == 127 || address >> 16 == 0xA9FE || address >> 24 == 0;
}

bool is_nearby6(const in6_addr& address) {
  static constexpr std::array<unsigned char, 16> kMetadata = {
      0xfd, 0x00, 0x0e, 0xc2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0x54};
  if (IN6_IS_ADDR_V4MAPPED(&address)) {
    std::uint32_t mapped = 0;
    std::memcpy(&mapped, address.s6_addr + 12, sizeof mapped);
    return is_nearby4(ntohl(mapped));
  }
  return IN6_IS_ADDR_LOOPBACK(&address) || IN6_IS_ADDR_UNSPECIFIED(&address) ||
         IN6_IS_ADDR_LINKLOCAL(&address) ||
         std::memcmp(address.s6_addr, kMetadata.data(), kMetadata.size()) == 0;
}

}  // namespace

bool is_nearby(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address, sizeof v4);
    return is_nearby4(ntohl(v4.sin_addr.s_addr));
  }
  if (address.sa_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address, sizeof v6);
    return is_nearby6(v6.sin6_addr);
  }
  return true;  // a local socket is as near as can be
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
