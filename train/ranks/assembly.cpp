// SPDX-License-Identifier: Apache-2.0
#include "train/ranks/assembly.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "base/time.hpp"
#include "train/ranks/reception.hpp"
#include "train/ranks/tcp_link.hpp"

#include <algorithm>
#include <thread>

namespace aiops::train {
namespace {

constexpr double kFirstPause = 0.05, kMostPause = 1;  // seconds between two tries to connect
constexpr double kLinkSeconds = 30;                   // at least, once all are there

// Calls `attempt` again and again, ever more slowly, until it says that it is done. False when the
// patience is over first.
bool persist(const Patience& patience, const std::function<bool()>& attempt) {
  for (double pause = kFirstPause; !attempt(); pause = std::min(kMostPause, pause * 1.5)) {
    patience.stop.check();
    if (patience.is_over()) return false;
    std::this_thread::sleep_for(std::chrono::duration<double>(pause));
  }
  return true;
}

// A process that goes to rank 0.
class Guest {
 public:
  Guest(const Party& party, const Patience& patience, Status& status)
      : party_(party), patience_(patience), teller_(status), hello_(hello_of(party)) {}

  Assembly come() {
    if (persist(patience_, [this] { return try_to_come(); })) return std::move(assembly_);
    throw Error(ExitCode::unavailable, "no answer from rank 0 at " + where() + ": " + why_,
                "look at what rank 0 says, and whether this host reaches " + where());
  }

 private:
  std::string where() const {
    return printable(party_.address) + ":" + std::to_string(party_.port);
  }

  bool try_to_come() {
    for (const Endpoint& endpoint : addresses_of(party_.address, party_.port, why_))
      if (try_at(endpoint)) return true;
    teller_.tell([this] {
      return "waiting for rank 0 of " + std::to_string(party_.ranks) + " at " + where() + ": " +
             why_;
    });
    return false;
  }

  bool try_at(const Endpoint& endpoint) {
    const Fd socket = connect_to(endpoint, patience_, why_);
    if (!socket) return false;
    Fd listening = listen_at(local_end(socket.get()).with_port(0));
    if (!listening) throw system_error("cannot listen for another rank", errno);
    hello_.port = local_end(listening.get()).port();
    std::optional<Message> answer;
    try {
      if (say(socket.get(), hello_)) answer = hear(socket.get(), patience_);
    } catch (const Error& error) {
      if (error.code != ExitCode::unavailable) throw;
      throw Error(error.code, "what answers at " + where() + " is no rank of an aiops run",
                  "give this run a port of its own: --master HOST:PORT, on every host");
    }
    if (!answer) {
      why_ = "it hung up";
      return false;
    }
    if (const auto* refusal = std::get_if<Refusal>(&*answer))
      throw Error(refusal->code, "refused by rank 0 at " + where() + ": " + refusal->why,
                  "give every rank the same files and flags, and every run a port of its own: "
                  "--master HOST:PORT");
    const auto* place = std::get_if<Place>(&*answer);
    if (place == nullptr) {
      why_ = "it does not know this process";
      return false;
    }
    assembly_ = {*place, std::make_unique<Door>(std::move(listening)), endpoint,
                 patience_.deadline};
    return true;
  }

  const Party& party_;
  const Patience& patience_;
  WaitTeller teller_;
  Hello hello_;
  std::string why_;
  Assembly assembly_;
};

Fd link_to_before(const Assembly& assembly, const Patience& patience, const std::string& peer) {
  const Place& place = assembly.place;
  std::string why = "it hung up";
  std::vector<Endpoint> endpoints{assembly.first};
  if (!place.address_before.empty())
    endpoints = addresses_of(place.address_before, place.port, why);
  Fd socket;
  const bool is_linked = !endpoints.empty() && persist(patience, [&] {
    socket = connect_to(endpoints.front(), patience, why);
    if (!socket || !say(socket.get(), LinkRequest{place.nonce, place.group})) return false;
    const auto answer = hear(socket.get(), patience);
    return answer && std::holds_alternative<Linked>(*answer);
  });
  if (is_linked) return socket;
  throw Error(ExitCode::unavailable, peer + " cannot be reached from here: " + why,
              "hosts must reach each other: see whether something filters connections to ports "
              "above 1023");
}

// Only who knows the number that rank 0 drew is let in.
Fd link_to_after(const Assembly& assembly, const Patience& patience, const std::string& peer) {
  Fd socket;
  while (!socket) {
    if (patience.is_over())
      throw Error(ExitCode::unavailable, peer + " did not come to this host",
                  "hosts must reach each other: look at what that rank says");
    assembly.door->serve(
        patience,
        [&](Door::Visitor visitor) {
          const auto* link = std::get_if<LinkRequest>(&visitor.message);
          if (link != nullptr && link->nonce == assembly.place.nonce &&
              link->group == assembly.place.group + 1 && say(visitor.socket.get(), Linked{}))
            socket = std::move(visitor.socket);
        },
        [](const Endpoint&, const Error&) {});
  }
  return socket;
}

}  // namespace

Assembly assemble(const Party& party, Status& status, const StopFlag& stop) {
  const Patience patience{monotonic_seconds() + party.seconds, stop};
  if (party.first != 0) return Guest(party, patience, status).come();
  Fd listening;
  const Endpoint here = listen_for_ranks(party.address, party.port, patience, status, listening);
  Assembly assembly{{}, std::make_unique<Door>(std::move(listening)), here, patience.deadline};
  assembly.place =
      Reception(hello_of(party), here, *assembly.door, status).receive(patience, party.seconds);
  return assembly;
}

Neighbours link_groups(Assembly& assembly, double silence, const StopFlag& stop) {
  const Patience patience{std::max(assembly.deadline, monotonic_seconds() + kLinkSeconds), stop};
  const Place& place = assembly.place;
  const auto link = [&](Fd socket, const std::string& rank) {
    const std::string peer = rank + " at " + far_end(socket.get()).host();
    return std::make_unique<TcpLink>(std::move(socket), peer, silence);
  };
  Neighbours neighbours;
  if (place.group > 0) {
    const std::string rank = "rank " + std::to_string(place.first_before);
    neighbours.before = link(link_to_before(assembly, patience, rank), rank);
  }
  if (place.group + 1 < place.groups) {
    const std::string rank = "rank " + std::to_string(place.first + place.count);
    neighbours.after = link(link_to_after(assembly, patience, rank), rank);
  }
  assembly.door.reset();  // nobody else is expected
  return neighbours;
}

}  // namespace aiops::train
