// SPDX-License-Identifier: Apache-2.0
// Fault cases 35 to 38 of the registry reference, where the server is a few lines long.
#include "base/encoding.hpp"
#include "base/error.hpp"
#include "tests/unit/registry/session_fixture.hpp"

#include <gmock/gmock.h>

#include <chrono>

namespace aiops::registry {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Clock = std::chrono::steady_clock;

using AuthenticatorTest = SessionTest;

// A registry whose realm takes `alice` only if `takes_password`, and nobody if `anonymous` is not
// set.
struct PublicRegistry {
  std::string operator()(const Asked& asked) {
    const auto authorization = asked.field("Authorization");
    if (asked.target.starts_with("/token")) {
      const bool refuses = authorization.empty() ? !anonymous : true;
      return refuses ? "401 Unauthorized\r\n\r\n{\"message\":\"no\"}"
                     : "200 OK\r\n\r\n{\"token\":\"anonymous\"}";
    }
    if (authorization == "Bearer anonymous") return kOk;
    return "401 No\r\nWWW-Authenticate: Bearer realm=\"http://" + authority + "/token\"\r\n\r\n";
  }
  std::string authority;
  bool anonymous = true;
};

TEST_F(AuthenticatorTest, AWrongStoredPasswordDoesNotHideWhatIsPublic) {
  PublicRegistry registry;
  LoopbackServer server([&](const Asked& asked) { return registry(asked); });
  registry.authority = server.authority();
  Session session = open(server, alice_);
  EXPECT_EQ(get(session, "/x").body, "fine");
  EXPECT_EQ(get(session, "/y").body, "fine");
  EXPECT_THAT(status_.warnings,
              ElementsAre("127.0.0.1 refused the credentials from a test; going on without "
                          "credentials"));
}

TEST_F(AuthenticatorTest, AWrongStoredPasswordStopsAWrite) {
  PublicRegistry registry;
  LoopbackServer server([&](const Asked& asked) { return registry(asked); });
  registry.authority = server.authority();
  Session session = open(server, alice_, Purpose::write);
  try {
    get(session, "/x");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code, ExitCode::denied);
    EXPECT_THAT(error.message, HasSubstr("refused the credentials from a test"));
  }
  EXPECT_THAT(status_.warnings, ElementsAre());
}

TEST_F(AuthenticatorTest, NeitherWithCredentialsNorWithout) {
  PublicRegistry registry;
  registry.anonymous = false;
  LoopbackServer server([&](const Asked& asked) { return registry(asked); });
  registry.authority = server.authority();
  Session session = open(server, alice_);
  EXPECT_THROW(get(session, "/x"), Error);
  EXPECT_EQ(status_.warnings.size(), 1u);
}

TEST_F(AuthenticatorTest, LivesAreReadAsTheyCome) {
  // After the first request, how many tokens does one with a long body ask for, and a short one?
  const std::vector<std::pair<std::string, int>> lives = {
      {"0", 1}, {"-1", 1}, {"1e99", 1}, {"300.5", 1}, {"\"300\"", 1}, {"null", 1}};
  for (const auto& [life, tokens] : lives) {
    TokenRegistry registry;
    registry.life = life;
    LoopbackServer server([&](const Asked& asked) { return registry(asked); });
    registry.authority = server.authority();
    Session session = open(server);
    EXPECT_EQ(get(session, "/x").status, 200) << life;
    EXPECT_EQ(get(session, "/x").status, 200) << life;
    EXPECT_EQ(registry.tokens, tokens) << life;
  }
}

TEST_F(AuthenticatorTest, ALongBodyTakesAFreshToken) {
  TokenRegistry registry;
  registry.life = "1";
  LoopbackServer server([&](const Asked& asked) { return registry(asked); });
  registry.authority = server.authority();
  Session session = open(server);
  EXPECT_EQ(get(session, "/x").status, 200);
  std::this_thread::sleep_for(Milliseconds(250));  // a fifth of its life and more
  registry.good = 2;
  Upload upload{64u << 20, [](std::uint64_t, std::span<std::byte>) {}, {}};
  Request request{Method::put, session.url("/x")};
  request.upload = &upload;
  EXPECT_EQ(session.attempt(request, kPull).status, 200);
  EXPECT_EQ(registry.tokens, 2);
  EXPECT_EQ(server.asked().back().field("Authorization"), "Bearer token-2");
}

TEST_F(AuthenticatorTest, InsufficientScopeStopsAfterOneRefresh) {
  TokenRegistry registry;
  registry.good = 99;
  LoopbackServer server([&](const Asked& asked) { return registry(asked); });
  registry.authority = server.authority();
  Session session = open(server, alice_);
  const Response refused = get(session, "/x");
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(refused.credentials, "a test");
  EXPECT_EQ(registry.tokens, 1);
}

TEST_F(AuthenticatorTest, WhatWasMissingIsAskedForAgainAtARenewal) {
  TokenRegistry registry;
  registry.wanted = "repository:other:pull";
  registry.life = "1";
  LoopbackServer server([&](const Asked& asked) { return registry(asked); });
  registry.authority = server.authority();
  Session session = open(server);
  EXPECT_EQ(get(session, "/x").status, 200);
  std::this_thread::sleep_for(Milliseconds(850));
  registry.good = 2;
  EXPECT_EQ(get(session, "/x").status, 200);
  const auto asked = server.asked();
  ASSERT_EQ(asked.size(), 5u);
  EXPECT_THAT(asked[3].target, HasSubstr("scope=repository%3aother%3apull&scope=repository%3aa"));
}

TEST_F(AuthenticatorTest, RealmsThatMustNotBeTrusted) {
  for (const char* realm : {"http://user:pw@127.0.0.1/token", "ftp://127.0.0.1/token",
                            "http://169.254.169.254/token", "//x", "http://"}) {
    LoopbackServer server([&](const Asked&) {
      return std::string("401 No\r\nWWW-Authenticate: Bearer realm=\"") + realm + "\"\r\n\r\n";
    });
    Session session = open(server, alice_);
    EXPECT_THROW(get(session, "/x"), Error) << realm;
  }
}

TEST_F(AuthenticatorTest, ARealmIsNotFollowedElsewhere) {
  LoopbackServer elsewhere([](const Asked&) { return "200 OK\r\n\r\n{\"token\":\"x\"}"; });
  std::string authority;
  LoopbackServer server([&](const Asked& asked) {
    if (asked.target.starts_with("/token"))
      return "307 Go\r\nLocation: http://" + elsewhere.authority() + "/token\r\n\r\n";
    return "401 No\r\nWWW-Authenticate: Bearer realm=\"http://" + authority + "/token\"\r\n\r\n";
  });
  authority = server.authority();
  Session session = open(server, alice_);
  EXPECT_THROW(get(session, "/x"), Error);
  EXPECT_TRUE(elsewhere.asked().empty());
}

TEST_F(AuthenticatorTest, AnIdentityTokenStaysInItsDomain) {
  LoopbackServer server([&](const Asked&) {
    return std::string("401 No\r\nWWW-Authenticate: Bearer realm=\"http://localhost:1/t\"\r\n\r\n");
  });
  Session session = open(server, Credentials{"", "", "refresh-me", "a test"});
  try {
    get(session, "/x");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code, ExitCode::denied);
    EXPECT_THAT(error.message, HasSubstr("another domain"));
  }
}

TEST_F(AuthenticatorTest, TooManyRequestsInABodyIsA429) {
  std::atomic<int> times{0};
  LoopbackServer server([&](const Asked&) {
    return ++times < 2
               ? "403 No\r\nRetry-After: 0\r\n\r\n{\"errors\":[{\"code\":\"TOOMANYREQUESTS\"}]}"
               : kOk;
  });
  Session session = open(server);
  EXPECT_EQ(get(session, "/x").body, "fine");
}

TEST_F(AuthenticatorTest, OneRefusalHoldsBackAllWorkers) {
  constexpr int kWorkers = 8, kEach = 200;
  std::mutex mutex;
  std::optional<Clock::time_point> closed;
  int during = 0;
  LoopbackServer server([&](const Asked&) {
    const std::lock_guard lock(mutex);
    if (closed && Clock::now() - *closed < Milliseconds(400)) ++during;
    if (closed) return kOk;
    closed = Clock::now();
    return std::string("429 Slow\r\nRetry-After: 0.5\r\n\r\n");
  });
  Session session = open(server);
  std::vector<std::thread> threads;
  for (int i = 0; i < kWorkers; ++i)
    threads.emplace_back([&] {
      for (int j = 0; j < kEach; ++j) EXPECT_EQ(get(session, "/x").body, "fine");
    });
  for (auto& thread : threads) thread.join();
  // Until the refusal has been read the other workers go on; after it none does. Without a gate all
  // of them would be through by the end of the pause.
  EXPECT_LT(during, kWorkers * kEach / 2);
}

}  // namespace
}  // namespace aiops::registry
