// SPDX-License-Identifier: Apache-2.0
// What ranks say to each other before they are linked:
//
//   message = "aiopsrnk" version u16, kind u16, size u32, payload        all little-endian
//
//   hello    a process asks rank 0 for its place: it stands for some ranks of a run, which a name
//            and a digest of the configuration tell from other runs
//   place    rank 0's answer, when all ranks are there
//   refusal  rank 0's other answer: an exit code and why
//   link     a group comes to the one before it, with the number that rank 0 drew for this run
//   linked   and is let in
//
// Whoever can reach the port may send anything: a message is read only as far as it is one, and no
// more than its kind may hold. Versions below 2^16 are compared, never guessed at: the first 16
// bytes stay as they are in every version, so that two that differ can say so.
#pragma once

#include "base/error.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace aiops::train {

constexpr std::uint16_t kProtocol = 1;

using Mark = std::array<char, 32>;   // a SHA-256
using Nonce = std::array<char, 16>;  // drawn for one run

struct Hello {
  std::uint32_t ranks = 0;             // of the run
  std::uint32_t first = 0, count = 0;  // those that the process stands for
  std::uint16_t port = 0;              // where it listens for the next group
  Mark run{}, configuration{}, host{};
  std::string program;  // "aiops 0.1.0"
  bool operator==(const Hello&) const = default;
};

struct Place {
  Nonce nonce{};
  std::uint32_t group = 0, groups = 1;
  std::uint32_t first = 0, count = 1;  // ranks of the group
  std::uint32_t hosts = 1;             // of the run
  std::uint32_t on_host = 1;           // ranks on the same host, whatever their group
  std::uint16_t port = 0;              // where the group before listens
  std::uint32_t first_before = 0;      // its first rank
  std::string address_before;          // numeric; empty: where rank 0 was found
  bool operator==(const Place&) const = default;
};

struct Refusal {
  ExitCode code = ExitCode::failed;
  std::string why;
  bool operator==(const Refusal&) const = default;
};

struct LinkRequest {
  Nonce nonce{};
  std::uint32_t group = 0;
  bool operator==(const LinkRequest&) const = default;
};

struct Linked {
  bool operator==(const Linked&) const = default;
};

using Message = std::variant<Hello, Place, Refusal, LinkRequest, Linked>;

std::string encode(const Message& message);

// One message from bytes as they come.
class MessageReader {
 public:
  // How many bytes it can take at least before it can say more; never 0.
  std::size_t wanted() const;
  // Takes bytes, at most wanted(). Throws Error{unavailable} when they are no message, as soon as
  // that can be seen, and Error{usage} when they are one of another version.
  void take(std::string_view bytes);
  // The message when it is whole.
  const std::optional<Message>& message() const { return message_; }

 private:
  std::string bytes_;
  std::size_t size_ = 0;  // of the payload, once the head is whole
  std::optional<Message> message_;
};

}  // namespace aiops::train
