// SPDX-License-Identifier: Apache-2.0
// A session with a loopback server, and a registry with a token realm, for tests.
#pragma once

#include "registry/session.hpp"
#include "tests/unit/registry/loopback_server.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <string>
#include <vector>

namespace aiops::registry {

using Asked = LoopbackServer::Asked;

inline const Scopes kPull = {"repository:a/b:pull"};
inline const std::string kOk = "200 OK\r\n\r\nfine";

class WarningsKept final : public Status {
 public:
  void step(std::string_view) override {}
  void detail(std::string_view) override {}
  void debug(std::string_view) override {}
  void warn(std::string_view what) override {
    const std::lock_guard lock(mutex_);
    warnings.emplace_back(what);
  }
  void begin(std::string_view, std::uint64_t, Unit) override {}
  void advance(std::uint64_t) override {}
  void note(std::string_view) override {}
  void end() override {}

  std::vector<std::string> warnings;

 private:
  std::mutex mutex_;
};

class SessionTest : public testing::Test {
 protected:
  Session open(const LoopbackServer& server, std::optional<Credentials> credentials = {},
               Purpose purpose = Purpose::read) {
    return {Url::parse("http://" + server.authority(), "test"),
            {},
            [=] { return credentials; },
            2,
            status_,
            stop_,
            purpose};
  }
  Response get(Session& session, const std::string& target) {
    return session.send({Method::get, session.url(target)}, kPull);
  }

  WarningsKept status_;
  StopFlag stop_;
  const Credentials alice_{"alice", "s3cret", "", "a test"};
};

// A registry with a realm of its own: tokens are "token-1", "token-2", …; `good` says which one
// works.
class TokenRegistry {
 public:
  std::string operator()(const Asked& asked) {
    if (asked.target.starts_with("/token")) {
      if (refuse_credentials) return "401 Unauthorized\r\n\r\n{\"message\":\"who are you\"}";
      return "200 OK\r\n\r\n{\"token\":\"token-" + std::to_string(++tokens) +
             "\",\"expires_in\":" + life + "}";
    }
    if (asked.field("Authorization") == "Bearer token-" + std::to_string(good.load())) return kOk;
    return "401 Unauthorized\r\nWWW-Authenticate: Bearer realm=\"http://" + authority +
           "/token\",service=\"rig\",scope=\"" + wanted + "\"\r\n\r\n";
  }

  std::string authority, life = "300", wanted = "repository:a/b:pull";
  std::atomic<int> tokens{0}, good{1};
  bool refuse_credentials = false;
};

}  // namespace aiops::registry
