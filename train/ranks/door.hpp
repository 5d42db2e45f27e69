// SPDX-License-Identifier: Apache-2.0
// A listening socket that anybody may knock at: port scanners, browsers, ranks of other runs, and
// those who connect and say nothing. Each may hold a small place for a few seconds.
#pragma once

#include "base/error.hpp"
#include "train/ranks/handshake.hpp"
#include "train/ranks/socket.hpp"

#include <deque>
#include <functional>

namespace aiops::train {

class Door {
 public:
  explicit Door(Fd listening) : listening_(std::move(listening)) {}

  // Somebody who has said one message.
  struct Visitor {
    Fd socket;
    Endpoint end;
    Message message;
  };
  // Waits a moment, and calls `visit` for each that has spoken and `stranger` for each of another
  // version, who is told so. Whoever says anything else, or nothing for too long, is sent away.
  void serve(const Patience& patience, const std::function<void(Visitor)>& visit,
             const std::function<void(const Endpoint&, const Error&)>& stranger);

 private:
  struct Guest {
    Fd socket;
    MessageReader reader;
    double since;
  };
  enum class Said { nothing, all, nonsense };
  static Said listen_to(Guest& guest);
  void let_in();
  void wait(const Patience& patience) const;

  Fd listening_;
  std::deque<Guest> guests_;
};

// Says it to a connection whose buffers are empty: it fits, or the other side is gone.
bool say(int socket, const Message& message);
// The answer; nothing when the other side hangs up first or the time is over. Throws what the
// reader throws.
std::optional<Message> hear(int socket, const Patience& patience);

}  // namespace aiops::train
