// SPDX-License-Identifier: Apache-2.0
#include "train/ranks/door.hpp"

#include "base/time.hpp"

#include <poll.h>

#include <array>
#include <cerrno>
#include <vector>

namespace aiops::train {
namespace {

constexpr std::size_t kMostGuests = 256;
constexpr double kGuestSeconds = 10;

// What has come of a message: true when it is whole or something came, false when the other side
// has hung up. `waits`: nothing more is there now.
bool read_on(int socket, MessageReader& reader, bool& waits) {
  std::array<char, 1024> some{};
  waits = false;
  const std::size_t most = std::min(some.size(), reader.wanted());
  const ssize_t size = ::recv(socket, some.data(), most, MSG_DONTWAIT);
  if (size > 0) reader.take({some.data(), static_cast<std::size_t>(size)});
  waits = size < 0 && (errno == EAGAIN || errno == EINTR);
  return size > 0 || waits;
}

}  // namespace

bool say(int socket, const Message& message) {
  const std::string bytes = encode(message);
  return ::send(socket, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL) ==
         static_cast<ssize_t>(bytes.size());
}

std::optional<Message> hear(int socket, const Patience& patience) {
  MessageReader reader;
  bool waits = true;
  while (!reader.message()) {
    if (patience.is_over()) return std::nullopt;
    if (waits && !patience.ready(socket, POLLIN)) continue;
    if (!read_on(socket, reader, waits)) return std::nullopt;
  }
  return reader.message();
}

void Door::wait(const Patience& patience) const {
  patience.stop.check();
  std::vector<pollfd> watched{{listening_.get(), POLLIN, 0}};
  for (const Guest& guest : guests_) watched.push_back({guest.socket.get(), POLLIN, 0});
  ::poll(watched.data(), watched.size(), 100);
}

void Door::let_in() {
  for (int most = 16; most > 0; --most) {
    Fd socket = accept_from(listening_.get());
    if (!socket) return;
    if (guests_.size() == kMostGuests) guests_.pop_front();  // the one who is silent longest
    guests_.push_back({std::move(socket), {}, monotonic_seconds()});
  }
}

Door::Said Door::listen_to(Guest& guest) {
  bool waits = false;
  while (!guest.reader.message()) {
    if (!read_on(guest.socket.get(), guest.reader, waits)) return Said::nonsense;
    if (waits)
      return monotonic_seconds() > guest.since + kGuestSeconds ? Said::nonsense : Said::nothing;
  }
  return Said::all;
}

void Door::serve(const Patience& patience, const std::function<void(Visitor)>& visit,
                 const std::function<void(const Endpoint&, const Error&)>& stranger) {
  wait(patience);
  let_in();
  std::deque<Guest> silent;
  for (Guest& guest : guests_) {
    Said said = Said::nonsense;
    try {
      said = listen_to(guest);
    } catch (const Error& error) {
      if (error.code == ExitCode::usage) {
        say(guest.socket.get(), Refusal{error.code, "it is of another version of aiops"});
        stranger(far_end(guest.socket.get()), error);
      }
    }
    if (said == Said::nothing) silent.push_back(std::move(guest));
    if (said != Said::all) continue;
    const Endpoint end = far_end(guest.socket.get());
    visit({std::move(guest.socket), end, *guest.reader.message()});
  }
  guests_ = std::move(silent);
}

}  // namespace aiops::train
