// SPDX-License-Identifier: Apache-2.0
#include "registry/proxy.hpp"

#include <gtest/gtest.h>

namespace aiops::registry {
namespace {

bool listed(const char* list, const char* url) { return is_listed(list, Url::parse(url, "test")); }

TEST(NoProxy, NamesHostsByLabel) {
  for (const char* list :
       {"example.com", ".example.com", "*.example.com", "x, example.com", "a b,EXAMPLE.com", "*"})
    EXPECT_TRUE(listed(list, "https://reg.Example.com/v2/")) << list;
  EXPECT_TRUE(listed(".example.com", "https://example.com/"));
  for (const char* list :
       {"", ",", "ample.com", "g.example.com", "example.org", "reg.example.com.x", ".", "*.org"})
    EXPECT_FALSE(listed(list, "https://reg.example.com/v2/")) << list;
}

TEST(NoProxy, KnowsPorts) {
  EXPECT_TRUE(listed("example.com:5000", "http://example.com:5000/"));
  EXPECT_TRUE(listed("example.com:443", "https://example.com/"));
  EXPECT_FALSE(listed("example.com:5000", "http://example.com:5001/"));
  EXPECT_FALSE(listed("example.com:500", "http://example.com:5000/"));
}

TEST(NoProxy, KnowsAddressesAndNetworks) {
  for (const char* list : {"10.1.2.3", "10.0.0.0/8", "10.1.2.2/31", "0.0.0.0/0", "10.1.2.3:5000"})
    EXPECT_TRUE(listed(list, "http://10.1.2.3:5000/")) << list;
  for (const char* list : {"10.1.2.4", "11.0.0.0/8", "10.1.2.4/31", "2.3", ".2.3", "10.0.0.0/99",
                           "10.0.0.0/x", "::/0"})
    EXPECT_FALSE(listed(list, "http://10.1.2.3:5000/")) << list;
  EXPECT_TRUE(listed("[2001:db8::1]", "http://[2001:db8:0::1]/"));
  EXPECT_TRUE(listed("2001:db8::/32", "http://[2001:db8::77]:5000/"));
  EXPECT_FALSE(listed("2001:db9::/32", "http://[2001:db8::77]/"));
}

TEST(Proxy, IsChosenByScheme) {
  const Proxies proxies{"p:1", "q:2", "r:3", "inside"};
  const auto of = [](const Proxies& some, const char* url) {
    return some.for_url(Url::parse(url, "test"));
  };
  EXPECT_EQ(of(proxies, "http://h/"), "p:1");
  EXPECT_EQ(of(proxies, "https://h/"), "q:2");
  EXPECT_EQ(of(proxies, "https://inside/"), "");
  EXPECT_EQ(of(proxies, "http://localhost:5000/"), "");
  EXPECT_EQ(of(proxies, "http://[::1]:5000/"), "");
  EXPECT_EQ(of({"", "", "r:3", ""}, "http://h/"), "r:3");
  EXPECT_EQ(of({}, "http://h/"), "");
}

TEST(Proxy, IsShownWithoutItsPassword) {
  EXPECT_EQ(shown_proxy("http://user:s3cret@proxy:3128/x"), "proxy:3128");
  EXPECT_EQ(shown_proxy("user:s3c@ret@proxy"), "proxy");
  EXPECT_EQ(shown_proxy("socks5h://proxy:1"), "proxy:1");
}

}  // namespace
}  // namespace aiops::registry
