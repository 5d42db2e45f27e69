// SPDX-License-Identifier: Apache-2.0
#include "train/ranks/socket.hpp"

#include "base/time.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

namespace aiops::train {
namespace {

constexpr double kConnectSeconds = 3;
constexpr int kBacklog = 128;

std::string words(int error) { return ::strerror(error); }  // NOLINT(concurrency-mt-unsafe)

Fd make_socket(const Endpoint& endpoint) {
  return Fd(::socket(endpoint.address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

template <typename Ask>
Endpoint end_of(int socket, const Ask& ask) {
  Endpoint endpoint;
  endpoint.size = sizeof endpoint.address;
  if (ask(socket, reinterpret_cast<sockaddr*>(&endpoint.address), &endpoint.size) != 0)
    endpoint.size = 0;
  return endpoint;
}

std::string numeric(const Endpoint& endpoint) {
  std::array<char, NI_MAXHOST> host{};
  if (::getnameinfo(reinterpret_cast<const sockaddr*>(&endpoint.address), endpoint.size,
                    host.data(), host.size(), nullptr, 0, NI_NUMERICHOST) != 0)
    return "an unknown address";
  return host.data();
}

}  // namespace

bool Endpoint::is_loopback() const {
  const std::string text = host();
  return text == "::1" || text.starts_with("127.") || text.starts_with("::ffff:127.");
}

std::uint16_t Endpoint::port() const {
  if (address.ss_family == AF_INET6)
    return ntohs(reinterpret_cast<const sockaddr_in6&>(address).sin6_port);
  return ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port);
}

Endpoint Endpoint::with_port(std::uint16_t port) const {
  Endpoint other = *this;
  if (address.ss_family == AF_INET6)
    reinterpret_cast<sockaddr_in6&>(other.address).sin6_port = htons(port);
  else
    reinterpret_cast<sockaddr_in&>(other.address).sin_port = htons(port);
  return other;
}

std::string Endpoint::host() const { return numeric(*this); }

std::string Endpoint::text() const {
  const std::string name = host();
  const bool is_long = name.find(':') != std::string::npos;
  return (is_long ? "[" + name + "]" : name) + ":" + std::to_string(port());
}

std::vector<Endpoint> addresses_of(const std::string& host, std::uint16_t port, std::string& why) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &wanted, &found);
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found, [](addrinfo* list) {
    if (list != nullptr) ::freeaddrinfo(list);
  });
  if (error != 0) {
    why = ::gai_strerror(error);
    return {};
  }
  std::vector<Endpoint> endpoints;
  for (const addrinfo* at = found; at != nullptr; at = at->ai_next) {
    Endpoint endpoint;
    if (at->ai_addrlen > sizeof endpoint.address) continue;
    std::memcpy(&endpoint.address, at->ai_addr, at->ai_addrlen);
    endpoint.size = at->ai_addrlen;
    endpoints.push_back(endpoint);
  }
  return endpoints;
}

Fd listen_at(const Endpoint& endpoint) {
  Fd socket = make_socket(endpoint);
  const int one = 1;  // a port whose last connections have not timed out is free
  if (socket && ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) == 0 &&
      ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&endpoint.address), endpoint.size) ==
          0 &&
      ::listen(socket.get(), kBacklog) == 0)
    return socket;
  const int why = errno;
  socket.reset();
  errno = why;
  return {};
}

Fd accept_from(int listening) {
  return Fd(::accept4(listening, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
}

Endpoint local_end(int socket) { return end_of(socket, ::getsockname); }
Endpoint far_end(int socket) { return end_of(socket, ::getpeername); }

bool Patience::is_over() const { return monotonic_seconds() > deadline; }

bool Patience::ready(int socket, short events) const {
  stop.check();
  pollfd one{socket, events, 0};
  return ::poll(&one, 1, 100) == 1;
}

Fd connect_to(const Endpoint& endpoint, const Patience& patience, std::string& why) {
  Fd socket = make_socket(endpoint);
  if (!socket) {
    why = words(errno);
    return {};
  }
  int error = 0;
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&endpoint.address),
                endpoint.size) != 0)
    error = errno;
  if (error == EINPROGRESS) {
    const Patience a_while{std::min(patience.deadline, monotonic_seconds() + kConnectSeconds),
                           patience.stop};
    error = ETIMEDOUT;
    do {
      if (!a_while.ready(socket.get(), POLLOUT)) continue;
      socklen_t size = sizeof error;
      if (::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
      break;
    } while (!a_while.is_over());
  }
  // On a host of its own a port that nobody listens at may be given to the one who asks for it.
  if (error == 0 && local_end(socket.get()).text() == endpoint.text()) error = ECONNREFUSED;
  if (error == 0) return socket;
  why = words(error);
  return {};
}

}  // namespace aiops::train
