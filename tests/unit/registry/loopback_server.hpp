// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/fd.hpp"

#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace aiops::registry {

// An HTTP/1.1 server on 127.0.0.1 for tests: a thread per connection, and one function that
// answers.
class LoopbackServer {
 public:
  struct Asked {
    std::string method;
    std::string target;
    std::string head;  // the request line and the header fields
    std::string body;
    std::string field(const std::string& name) const;  // empty when absent
  };
  // The whole answer after "HTTP/1.1 ", without Content-Length: "200 OK\r\nX: y\r\n\r\nbody". One
  // that states a Content-Length and holds less, and an empty one, end the connection.
  using Answer = std::function<std::string(const Asked&)>;

  // `early` hears the head of a request before its body is read; what it answers, if anything, is
  // sent at once, and the connection ends.
  explicit LoopbackServer(Answer answer, Answer early = {});
  ~LoopbackServer();

  std::string authority() const { return "127.0.0.1:" + std::to_string(port_); }
  std::vector<Asked> asked() const;

 private:
  void accept_all();
  void serve(int connection);

  static bool reply(int connection, const Asked& asked, std::string answer);

  Answer answer_;
  Answer early_;
  Fd listener_;
  int port_ = 0;
  mutable std::mutex mutex_;
  std::vector<Asked> asked_;
  std::vector<Fd> connections_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace aiops::registry
