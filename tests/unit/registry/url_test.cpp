// SPDX-License-Identifier: Apache-2.0
#include "registry/url.hpp"

#include "base/error.hpp"

#include <gtest/gtest.h>

namespace aiops::registry {
namespace {

Url url(std::string_view text) { return Url::parse(text, "test"); }

TEST(Url, KeepsPathAndQueryByteForByte) {
  const auto parsed = url("HTTPS://Reg.Example:5000/v2/a%2Fb/?_state=x%3D%3d&b=+");
  EXPECT_EQ(parsed.scheme, "https");
  EXPECT_EQ(parsed.authority, "Reg.Example:5000");
  EXPECT_EQ(parsed.target, "/v2/a%2Fb/?_state=x%3D%3d&b=+");
  EXPECT_EQ(parsed.str(), "https://Reg.Example:5000/v2/a%2Fb/?_state=x%3D%3d&b=+");
}

TEST(Url, RefusesWhatIsNotPlainHttp) {
  for (const char* bad : {"ftp://h/", "h/v2", "http://", "http://u:p@h/", "http://h:12x/",
                          "http://h/a b", "http://h/\r\nX: y", "http://h:123456/"})
    EXPECT_THROW(url(bad), Error) << bad;
}

TEST(Url, RefusalsNameNoSecrets) {
  for (const char* bad : {"http://user:secret@h/x?secret", "ftp://h/x?sig=secret"}) {
    try {
      url(bad);
      FAIL() << bad;
    } catch (const Error& error) {
      EXPECT_EQ(error.message.find("secret"), std::string::npos) << error.message;
    }
  }
}

TEST(Url, OriginSpellsOutTheDefaultPort) {
  EXPECT_EQ(url("https://h/x").origin(), url("https://H:443/y").origin());
  EXPECT_NE(url("https://h/").origin(), url("http://h/").origin());
  EXPECT_NE(url("https://h/").origin(), url("https://h:5000/").origin());
  EXPECT_EQ(url("http://[::1]:5000/").host(), "::1");
  EXPECT_EQ(url("http://[::1]/").origin(), "http://::1:80");
}

TEST(Url, MaskedHidesTheQuery) {
  EXPECT_EQ(url("https://h/p?X-Amz-Signature=abc").masked(), "https://h/p?…");
  EXPECT_EQ(url("https://h/p").masked(), "https://h/p");
}

TEST(Url, WithQueryAppendsToWhatIsThere) {
  EXPECT_EQ(url("http://h/u").with_query("digest", "sha256:ab").target, "/u?digest=sha256%3aab");
  EXPECT_EQ(url("http://h/u?_state=a==").with_query("d", "x").target, "/u?_state=a==&d=x");
}

TEST(ResolveLocation, JoinsEveryFormThatServersSend) {
  const auto base = url("http://h:5000/v2/a/blobs/uploads/?x=1");
  EXPECT_EQ(resolve_location(base, "http://other/p?q=1").str(), "http://other/p?q=1");
  EXPECT_EQ(resolve_location(base, "//other/p").str(), "http://other/p");
  EXPECT_EQ(resolve_location(base, "/v2/a/u/1?_state=A%3D").str(),
            "http://h:5000/v2/a/u/1?_state=A%3D");
  EXPECT_EQ(resolve_location(base, "id?_state=b").str(),
            "http://h:5000/v2/a/blobs/uploads/id?_state=b");
  EXPECT_EQ(resolve_location(base, "?n=2").str(), "http://h:5000/v2/a/blobs/uploads/?n=2");
  EXPECT_EQ(resolve_location(base, "/u?to=http://x/").str(), "http://h:5000/u?to=http://x/");
}

TEST(ResolveLocation, NeverLeavesHttps) {
  EXPECT_THROW(resolve_location(url("https://h/"), "http://h/x"), Error);
  EXPECT_EQ(resolve_location(url("https://h/"), "//o/x").str(), "https://o/x");
  EXPECT_THROW(resolve_location(url("https://h/"), ""), Error);
  EXPECT_THROW(resolve_location(url("https://h/"), "/a\nb"), Error);
}

TEST(NextLink, FindsTheRelationAmongOthers) {
  EXPECT_EQ(next_link("</v2/a/tags/list?n=2&last=b>; rel=\"next\""), "/v2/a/tags/list?n=2&last=b");
  EXPECT_EQ(next_link("<a>; rel=prev, <b>; rel=next"), "b");
  EXPECT_EQ(next_link("<a>; rel=\"prev\""), std::nullopt);
  EXPECT_EQ(next_link("nonsense"), std::nullopt);
}

TEST(Loopback, IsByName) {
  for (const char* near : {"localhost", "127.0.0.1", "127.8.9.1", "::1"})
    EXPECT_TRUE(is_loopback_host(near)) << near;
  for (const char* far :
       {"localhost.example.com", "128.0.0.1", "::2", "registry", "127.evil.example"})
    EXPECT_FALSE(is_loopback_host(far)) << far;
}

}  // namespace
}  // namespace aiops::registry
