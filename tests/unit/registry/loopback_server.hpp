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
  // The whole answer after "HTTP/1.1 ", without Content-Length: "200 OK\r\nX: y\r\n\r\nbody".
  using Answer = std::function<std::string(const Asked&)>;

  explicit LoopbackServer(Answer answer);
  ~LoopbackServer();

  std::string authority() const { return "127.0.0.1:" + std::to_string(port_); }
  std::vector<Asked> asked() const;

 private:
  void accept_all();
  void serve(int connection);

  Answer answer_;
  Fd listener_;
  int port_ = 0;
  mutable std::mutex mutex_;
  std::vector<Asked> asked_;
  std::vector<int> connections_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace aiops::registry
