// SPDX-License-Identifier: Apache-2.0
#include "registry/address.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

#include <cstring>

namespace aiops::registry {
namespace {

Nearness near(const std::string& text) {
  sockaddr_storage storage{};
  auto* v4 = reinterpret_cast<sockaddr_in*>(&storage);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&storage);
  if (::inet_pton(AF_INET, text.c_str(), &v4->sin_addr) == 1) {
    storage.ss_family = AF_INET;
  } else {
    EXPECT_EQ(::inet_pton(AF_INET6, text.c_str(), &v6->sin6_addr), 1) << text;
    storage.ss_family = AF_INET6;
  }
  const auto& address = *reinterpret_cast<const sockaddr*>(&storage);
  EXPECT_FALSE(address_text(address).empty());
  return nearness_of(address);
}

TEST(Address, ThisMachine) {
  for (const char* text : {"127.0.0.1", "127.255.1.2", "0.0.0.0", "::1", "::", "::ffff:127.0.0.1"})
    EXPECT_EQ(near(text), Nearness::this_machine) << text;
}

TEST(Address, LinkLocalAndMetadata) {
  for (const char* text : {"169.254.169.254", "fe80::1", "fd00:ec2::254", "::ffff:169.254.169.254"})
    EXPECT_EQ(near(text), Nearness::link_local) << text;
}

TEST(Address, OthersAreFar) {
  for (const char* text : {"8.8.8.8", "10.0.0.1", "192.168.1.1", "169.253.1.1", "2001:db8::1",
                           "fd00::1", "::ffff:8.8.8.8"})
    EXPECT_EQ(near(text), Nearness::far) << text;
}

}  // namespace
}  // namespace aiops::registry
