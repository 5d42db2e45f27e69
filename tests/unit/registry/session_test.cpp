// SPDX-License-Identifier: Apache-2.0
#include "base/encoding.hpp"
#include "base/error.hpp"
#include "tests/unit/registry/session_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

namespace aiops::registry {
namespace {

using testing::HasSubstr;

TEST_F(SessionTest, OneTokenServesManyThreads) {
  TokenRegistry registry;
  LoopbackServer server([&](const Asked& asked) { return registry(asked); });
  registry.authority = server.authority();
  Session session = open(server, alice_);
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] {
      for (int j = 0; j < 5; ++j) EXPECT_EQ(get(session, "/x").body, "fine");
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(registry.tokens, 1);
}

TEST_F(SessionTest, TheRealmIsAskedWithServiceScopeAndCredentials) {
  TokenRegistry registry;
  registry.wanted = "repository:c:pull repository:a/b:pull";  // two in one value
  LoopbackServer server([&](const Asked& asked) { return registry(asked); });
  registry.authority = server.authority();
  Session session = open(server, alice_);
  EXPECT_EQ(get(session, "/x").status, 200);
  const auto asked = server.asked();
  ASSERT_EQ(asked.size(), 3u);
  EXPECT_EQ(asked[0].field("Authorization"), "");
  EXPECT_EQ(asked[1].target,
            "/token?service=rig&scope=repository%3ac%3apull&scope=repository%3aa%2fb%3apull");
  EXPECT_EQ(asked[1].field("Authorization"), "Basic " + to_base64("alice:s3cret"));
  EXPECT_EQ(asked[2].field("Authorization"), "Bearer token-1");
}

TEST_F(SessionTest, ADeadTokenIsReplacedOnceAndNoMore) {
  TokenRegistry registry;
  LoopbackServer server([&](const Asked& asked) { return registry(asked); });
  registry.authority = server.authority();
  Session session = open(server);
  EXPECT_EQ(get(session, "/x").status, 200);
  registry.good = 2;
  EXPECT_EQ(get(session, "/x").status, 200);
  registry.good = 99;
  EXPECT_EQ(get(session, "/x").status, 401);
  EXPECT_EQ(registry.tokens, 3);
}

TEST_F(SessionTest, AnIdentityTokenIsTradedByPost) {
  TokenRegistry registry;
  LoopbackServer server([&](const Asked& asked) { return registry(asked); });
  registry.authority = server.authority();
  Session session = open(server, Credentials{"", "", "refresh&me", "a test"});
  EXPECT_EQ(get(session, "/x").status, 200);
  const auto post = server.asked().at(1);
  EXPECT_EQ(post.method, "POST");
  EXPECT_THAT(post.body,
              HasSubstr("grant_type=refresh_token&refresh_token=refresh%26me&service=rig"));
  EXPECT_EQ(post.field("Authorization"), "");
}

TEST_F(SessionTest, RefusedCredentialsNameTheirOrigin) {
  TokenRegistry registry;
  registry.refuse_credentials = true;
  LoopbackServer server([&](const Asked& asked) { return registry(asked); });
  registry.authority = server.authority();
  Session session = open(server, alice_, Purpose::write);
  try {
    get(session, "/x");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code, ExitCode::denied);
    EXPECT_THAT(error.message, HasSubstr("from a test: who are you"));
  }
}

TEST_F(SessionTest, CredentialsStayAtTheirPort) {
  LoopbackServer elsewhere([](const Asked&) { return kOk; });
  LoopbackServer server([&](const Asked& asked) {
    if (asked.field("Authorization").empty())
      return std::string("401 No\r\nWWW-Authenticate: Basic realm=\"x\"\r\n\r\n");
    return "307 Go\r\nLocation: http://" + elsewhere.authority() + "/y?sig=1\r\n\r\n";
  });
  Session session = open(server, alice_);
  EXPECT_EQ(get(session, "/x").body, "fine");
  EXPECT_EQ(elsewhere.asked().at(0).target, "/y?sig=1");
  EXPECT_EQ(elsewhere.asked().at(0).field("Authorization"), "");
}

TEST_F(SessionTest, ASilentRefusalIsExplainedByTheBase) {
  LoopbackServer server([&](const Asked& asked) {
    if (!asked.field("Authorization").empty()) return kOk;
    return std::string("401 No\r\n") +
           (asked.target == "/v2/" ? "WWW-Authenticate: Basic realm=\"x\"\r\n\r\n" : "\r\n");
  });
  Session session = open(server, alice_);
  EXPECT_EQ(get(session, "/x").body, "fine");
}

TEST_F(SessionTest, TransientAnswersAreTriedAgain) {
  std::atomic<int> times{0};
  LoopbackServer server(
      [&](const Asked&) { return ++times < 3 ? "429 Slow\r\nRetry-After: 0\r\n\r\nslow" : kOk; });
  Session session = open(server);
  EXPECT_EQ(get(session, "/x").body, "fine");
  EXPECT_EQ(times, 3);
}

TEST_F(SessionTest, AnAnswerLongerThanItsLimitIsRefused) {
  LoopbackServer server([](const Asked&) { return "200 OK\r\n\r\n" + std::string(5000, 'x'); });
  Session session = open(server);
  Request request{Method::get, session.url("/x")};
  request.body_limit = 4999;
  EXPECT_THROW(session.send(request, kPull), Error);
  request.body_limit = 5000;
  EXPECT_EQ(session.send(request, kPull).body.size(), 5000u);
}

TEST_F(SessionTest, WhatASinkThrowsComesOutUnchanged) {
  LoopbackServer server([](const Asked&) { return "200 OK\r\n\r\n" + std::string(1 << 20, 'x'); });
  Session session = open(server);
  Request request{Method::get, session.url("/x")};
  request.receive = [](const Response&) -> ByteSink {
    return [](std::span<const std::byte>) { throw std::out_of_range("full"); };
  };
  EXPECT_THROW(session.attempt(request, kPull), std::out_of_range);
}

TEST_F(SessionTest, AStopEndsTheWait) {
  LoopbackServer server(
      [](const Asked&) { return std::string("503 Busy\r\nRetry-After: 50\r\n\r\n"); });
  Session session = open(server);
  std::thread stopper([this] {
    std::this_thread::sleep_for(Milliseconds(200));
    stop_.request(15);
  });
  try {
    get(session, "/x");
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.code, ExitCode::terminated);
  }
  stopper.join();
}

TEST_F(SessionTest, MethodsAndBodiesArriveAsTheyAreNamed) {
  LoopbackServer server([](const Asked&) { return kOk; });
  Session session = open(server);
  for (const Method method : {Method::patch, Method::put, Method::post, Method::delete_}) {
    Request request{method, session.url("/x")};
    if (method != Method::delete_) request.body = "some bytes";
    EXPECT_EQ(session.send(request, kPull).body, "fine");
    EXPECT_EQ(server.asked().back().method, name_of(method));
    EXPECT_EQ(server.asked().back().body, request.body);
  }
}

TEST_F(SessionTest, NobodyThereIsUnavailable) {
  std::string authority;
  {
    LoopbackServer server([](const Asked&) { return kOk; });
    authority = server.authority();
  }
  Session session(Url::parse("http://" + authority, "test"), {}, {}, 0, status_, stop_);
  try {
    get(session, "/x");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code, ExitCode::unavailable);
    EXPECT_THAT(error.message, HasSubstr("cannot reach " + authority));
  }
}

}  // namespace
}  // namespace aiops::registry
