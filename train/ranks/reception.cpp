// SPDX-License-Identifier: Apache-2.0
#include "train/ranks/reception.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "base/time.hpp"

#include <netinet/in.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <thread>

namespace aiops::train {
namespace {

constexpr double kFirstWord = 5, kNextWord = 30;

// A name that means a host's own loopback everywhere.
bool says_loopback(const std::string& host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

Endpoint everywhere(const Endpoint& like) {
  Endpoint all = like;
  if (like.address.ss_family == AF_INET6)
    reinterpret_cast<sockaddr_in6&>(all.address).sin6_addr = in6addr_any;
  else
    reinterpret_cast<sockaddr_in&>(all.address).sin_addr.s_addr = htonl(INADDR_ANY);
  return all;
}

std::string ranks_text(std::uint32_t first, std::uint32_t count) {
  if (count == 1) return "rank " + std::to_string(first);
  return "ranks " + std::to_string(first) + "-" + std::to_string(first + count - 1);
}

}  // namespace

WaitTeller::WaitTeller(Status& status) : status_(status), next_(monotonic_seconds() + kFirstWord) {}

void WaitTeller::tell(const std::function<std::string()>& what) {
  if (monotonic_seconds() < next_) return;
  next_ = monotonic_seconds() + kNextWord;
  status_.step(what());
}

Endpoint listen_for_ranks(const std::string& host, std::uint16_t port, const Patience& patience,
                          Status& status, Fd& listening) {
  WaitTeller teller(status);
  std::string why;
  std::vector<Endpoint> endpoints;
  while ((endpoints = addresses_of(host, port, why)).empty()) {
    patience.stop.check();
    if (patience.is_over())
      throw Error(ExitCode::unavailable,
                  "cannot find the address of " + printable(host) + ": " + why,
                  "--master HOST:PORT with a name or an address of this host");
    teller.tell([&] { return "waiting for the address of " + host + ": " + why; });
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
  int error = EADDRNOTAVAIL;
  for (const Endpoint& endpoint : endpoints) {
    if (endpoint.is_loopback() && !says_loopback(host)) continue;
    listening = listen_at(endpoint);
    if (listening) return endpoint;
    error = errno;
  }
  if (error == EADDRNOTAVAIL || error == EAFNOSUPPORT) {
    status.detail(host + " is no address of this host: listening for ranks at all of them");
    listening = listen_at(everywhere(endpoints.front()));
    if (listening) return endpoints.front();
    error = errno;
  }
  if (error == EADDRINUSE)
    throw Error(
        ExitCode::unavailable,
        endpoints.front().text() + ", where the ranks would meet, is taken by another process",
        "give this run a port of its own: --master HOST:PORT, on every host");
  throw system_error("cannot listen for ranks at " + endpoints.front().text(), error);
}

Reception::Reception(Hello own, Endpoint here, Door& door, Status& status)
    : own_(std::move(own)), here_(here), door_(door), status_(status) {
  seated_.push_back({{own_, ""}, Fd()});
}

std::optional<std::string> Reception::why_not(const Hello& hello) const {
  if (auto why = objection(own_, hello)) return why;
  for (const Seated& seated : seated_) {
    const Hello& other = seated.comer.hello;
    if (hello.first < other.first + other.count && other.first < hello.first + hello.count)
      return ranks_text(other.first, other.count) + " is here already";
  }
  return std::nullopt;
}

void Reception::visit(Door::Visitor visitor) {
  const auto* hello = std::get_if<Hello>(&visitor.message);
  if (hello == nullptr) return;
  free_left_seats();
  if (const auto why = why_not(*hello)) {
    say(visitor.socket.get(), Refusal{ExitCode::usage, *why});
    refused_ = ranks_text(hello->first, hello->count) + " from " + visitor.end.host() + ": " + *why;
    status_.warn("refused " + refused_);
    return;
  }
  seated_.push_back({{*hello, visitor.end.host()}, std::move(visitor.socket)});
}

// Whoever left again may come back: a process that was started anew.
void Reception::free_left_seats() {
  std::erase_if(seated_, [](const Seated& seated) {
    pollfd one{seated.socket.get(), POLLIN, 0};
    return seated.socket &&
           ::poll(&one, 1, 0) == 1;  // it has nothing to say until it hears its place
  });
}

bool Reception::is_complete() const {
  std::uint32_t here = 0;
  for (const Seated& seated : seated_) here += seated.comer.hello.count;
  return here == own_.ranks;
}

// "rank 3 of 4", the first that is not there.
std::string Reception::missing() const {
  std::uint32_t rank = 0;
  for (bool moved = true; moved;) {
    moved = false;
    for (const Seated& seated : seated_)
      if (seated.comer.hello.first == rank) rank += seated.comer.hello.count, moved = true;
  }
  return "rank " + std::to_string(rank) + " of " + std::to_string(own_.ranks);
}

Place Reception::receive(const Patience& patience, double seconds) {
  WaitTeller teller(status_);
  for (; !is_complete(); free_left_seats()) {
    if (patience.is_over())
      throw Error(ExitCode::unavailable,
                  missing() + " did not come to " + here_.text() + " within " +
                      std::to_string(static_cast<int>(seconds)) + " seconds" +
                      (refused_.empty() ? "" : "; refused " + refused_),
                  "look at what that rank says, and whether its host reaches " + here_.text());
    teller.tell([&] { return "waiting for " + missing() + " at " + here_.text(); });
    door_.serve(
        patience, [this](Door::Visitor visitor) { visit(std::move(visitor)); },
        [this](const Endpoint& end, const Error&) {
          refused_ = "a rank from " + end.host() + ": it is of another version of aiops";
          status_.warn("refused " + refused_);
        });
  }
  std::ranges::sort(seated_, {}, [](const Seated& seated) { return seated.comer.hello.first; });
  std::vector<Comer> comers;
  for (const Seated& seated : seated_) comers.push_back(seated.comer);
  const std::vector<Place> places = seat(comers, draw_nonce());
  for (std::size_t i = 1; i < seated_.size(); ++i)
    if (!say(seated_[i].socket.get(), places[i]))
      throw Error(ExitCode::unavailable, ranks_text(comers[i].hello.first, comers[i].hello.count) +
                                             " at " + comers[i].address + " has gone again");
  return places.front();
}

}  // namespace aiops::train
