// SPDX-License-Identifier: Apache-2.0
// One HTTP exchange: what is asked and what is answered. No retries, no credentials, no redirects;
// those belong to Session.
#pragma once

#include "registry/url.hpp"

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aiops::registry {

enum class Method { get, head, post, put, patch, delete_ };
const char* name_of(Method method);

struct Headers {
  std::vector<std::pair<std::string, std::string>> fields;  // in the order received

  // The first field of that name, compared without case.
  std::optional<std::string> find(std::string_view name) const;
  std::vector<std::string> all(std::string_view name) const;
};

struct Response {
  int status = 0;
  Headers headers;
  std::string body;  // unless a sink took it; at most Request::body_limit bytes
  Url url;           // that was asked in the end
  std::string credentials =
      {};  // of a refusal: the file or helper that those came from which it refused

  bool ok() const { return status >= 200 && status < 300; }
};

using ByteSink = std::function<void(std::span<const std::byte>)>;

// A request body that is read piece by piece, more than once when a connection has to be replaced.
struct Upload {
  std::uint64_t size = 0;
  // Fills the span from `offset`.
  std::function<void(std::uint64_t offset, std::span<std::byte>)> read;
  // Hears how far the body has been handed over in this attempt.
  std::function<void(std::uint64_t offset)> sent;
};

struct Request {
  Method method = Method::get;
  Url url;
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};           // of POST, PUT and PATCH, unless `upload`
  const Upload* upload = nullptr;  // streams the body of a PUT or PATCH
  // Whether a large body waits for the server's 100 Continue, which some proxies do not know.
  enum class Expect { when_large, never } expect = Expect::when_large;
  std::uint64_t settles = 0;            // bytes sent before, which the answer completes
  std::uint64_t body_limit = 4u << 20;  // of a collected answer; a longer one is an Error{failed}
  // Asked when status and headers of a 2xx answer are known: the sink that takes its body, or an
  // empty one to collect it. May throw to refuse the answer. Other answers are always collected.
  std::function<ByteSink(const Response&)> receive = {};
  // Asked about once a second or more often; true breaks the exchange and its connection.
  std::function<bool()> abandon = {};
};

// The exchange broke: no answer, or only a part of one. Whether to try again is the caller's
// choice.
struct TransportFailure : std::exception {
  enum class Kind {
    connect,    // no connection: refused, no such host, time-out
    tls,        // the peer's certificate is not trusted, or no common protocol; never retried
    broken,     // reset, early end, stall
    abandoned,  // by our own will
  };
  TransportFailure(Kind failure_kind, std::string text)
      : kind(failure_kind), message(std::move(text)) {}
  const char* what() const noexcept override { return message.c_str(); }

  Kind kind;
  std::string message;
};

}  // namespace aiops::registry
