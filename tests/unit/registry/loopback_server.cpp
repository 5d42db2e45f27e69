// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/registry/loopback_server.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>

namespace aiops::registry {
namespace {

// Reads until `text` holds `size` bytes; false when the connection ends first.
bool read_up_to(int connection, std::string& text, std::size_t size) {
  std::array<char, 65536> piece{};
  while (text.size() < size) {
    const auto got = ::recv(connection, piece.data(), piece.size(), 0);
    if (got <= 0) return false;
    text.append(piece.data(), static_cast<std::size_t>(got));
  }
  return true;
}

bool send_all(int connection, std::string_view text) {
  while (!text.empty()) {
    const auto sent = ::send(connection, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

}  // namespace

std::string LoopbackServer::Asked::field(const std::string& name) const {
  const auto at = head.find("\r\n" + name + ": ");
  if (at == std::string::npos) return {};
  const auto begin = at + name.size() + 4;
  return head.substr(begin, head.find("\r\n", begin) - begin);
}

LoopbackServer::LoopbackServer(Answer answer, Answer early)
    : answer_(std::move(answer)),
      early_(std::move(early)),
      listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* any = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  EXPECT_EQ(::bind(listener_.get(), any, size), 0);
  EXPECT_EQ(::listen(listener_.get(), 64), 0);
  EXPECT_EQ(::getsockname(listener_.get(), any, &size), 0);
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_all(); });
}

LoopbackServer::~LoopbackServer() {
  ::shutdown(listener_.get(), SHUT_RDWR);
  acceptor_.join();
  for (const auto& connection : connections_) ::shutdown(connection.get(), SHUT_RDWR);
  for (auto& thread : threads_) thread.join();
}

std::vector<LoopbackServer::Asked> LoopbackServer::asked() const {
  const std::lock_guard lock(mutex_);
  return asked_;
}

void LoopbackServer::accept_all() {
  while (true) {
    const int connection = ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) return;
    connections_.emplace_back(connection);
    threads_.emplace_back([this, connection] { serve(connection); });
  }
}

// False when the connection has to end.
bool LoopbackServer::reply(int connection, const Asked& asked, std::string answer) {
  if (answer.empty()) return false;
  const auto body = answer.find("\r\n\r\n") + 4;
  if (answer.find("\r\nContent-Length: ") < body) {
    send_all(connection, "HTTP/1.1 " + answer);
    return false;
  }
  const std::string field = "Content-Length: " + std::to_string(answer.size() - body) + "\r\n";
  answer.insert(body - 2, field);
  if (asked.method == "HEAD") answer.resize(body + field.size());
  return send_all(connection, "HTTP/1.1 " + answer);
}

void LoopbackServer::serve(int connection) {
  std::string text;
  while (true) {
    while (text.find("\r\n\r\n") == std::string::npos)
      if (!read_up_to(connection, text, text.size() + 1)) return;
    Asked asked;
    const auto end = text.find("\r\n\r\n") + 4;
    asked.head = text.substr(0, end);
    const auto space = text.find(' ');
    asked.method = text.substr(0, space);
    asked.target = text.substr(space + 1, text.find(' ', space + 1) - space - 1);
    if (const auto refused = early_ ? early_(asked) : std::string(); !refused.empty()) {
      reply(connection, asked, refused);
      ::shutdown(connection, SHUT_RDWR);
      return;
    }
    const auto length = asked.field("Content-Length");
    const std::size_t size = length.empty() ? 0 : std::stoul(length);
    if (asked.field("Expect") == "100-continue")
      send_all(connection, "HTTP/1.1 100 Continue\r\n\r\n");
    if (!read_up_to(connection, text, end + size)) return;
    asked.body = text.substr(end, size);
    text.erase(0, end + size);
    {
      const std::lock_guard lock(mutex_);
      asked_.push_back(asked);
    }
    if (!reply(connection, asked, answer_(asked))) {
      ::shutdown(connection, SHUT_RDWR);
      return;
    }
  }
}

}  // namespace aiops::registry
