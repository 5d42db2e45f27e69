// SPDX-License-Identifier: Apache-2.0
#include "train/ranks/handshake.hpp"

#include "base/encoding.hpp"
#include "train/ranks/bytes.hpp"

#include <algorithm>

namespace aiops::train {
namespace {

constexpr std::string_view kMagic = "aiopsrnk";
constexpr std::size_t kHead = 16;
constexpr std::size_t kMostPayload = 1024;
constexpr std::size_t kMostText = 512;
constexpr std::uint32_t kMostRanks = 65535;

enum class Kind : std::uint16_t { hello = 1, place = 2, refusal = 3, link = 4, linked = 5 };

void put_text(std::string& bytes, std::string_view text) {
  text = text.substr(0, kMostText);
  put(bytes, static_cast<std::uint16_t>(text.size()));
  bytes += text;
}

template <std::size_t Size>
void put_array(std::string& bytes, const std::array<char, Size>& values) {
  bytes.append(values.data(), values.size());
}

template <std::size_t Size>
std::array<char, Size> take_array(Taker& taker) {
  std::array<char, Size> values{};
  std::ranges::copy(taker.text(Size), values.begin());
  return values;
}

// What others wrote, safe for a terminal.
std::string take_text(Taker& taker) { return printable(taker.text(taker.number<std::uint16_t>())); }

struct Writer {
  std::string operator()(const Hello& hello) const {
    std::string bytes;
    put(bytes, hello.ranks);
    put(bytes, hello.first);
    put(bytes, hello.count);
    put(bytes, hello.port);
    put_array(bytes, hello.run);
    put_array(bytes, hello.configuration);
    put_array(bytes, hello.host);
    put_text(bytes, hello.program);
    return bytes;
  }
  std::string operator()(const Place& place) const {
    std::string bytes;
    put_array(bytes, place.nonce);
    for (const std::uint32_t number : {place.group, place.groups, place.first, place.count,
                                       place.hosts, place.on_host, place.first_before})
      put(bytes, number);
    put(bytes, place.port);
    put_text(bytes, place.address_before);
    return bytes;
  }
  std::string operator()(const Refusal& refusal) const {
    std::string bytes;
    put(bytes, static_cast<std::uint32_t>(refusal.code));
    put_text(bytes, refusal.why);
    return bytes;
  }
  std::string operator()(const LinkRequest& link) const {
    std::string bytes;
    put_array(bytes, link.nonce);
    put(bytes, link.group);
    return bytes;
  }
  std::string operator()(const Linked&) const { return {}; }
};

Hello take_hello(Taker& taker) {
  Hello hello;
  hello.ranks = taker.number<std::uint32_t>();
  hello.first = taker.number<std::uint32_t>();
  hello.count = taker.number<std::uint32_t>();
  hello.port = taker.number<std::uint16_t>();
  hello.run = take_array<32>(taker);
  hello.configuration = take_array<32>(taker);
  hello.host = take_array<32>(taker);
  hello.program = take_text(taker);
  return hello;
}

Place take_place(Taker& taker) {
  Place place;
  place.nonce = take_array<16>(taker);
  for (std::uint32_t* number : {&place.group, &place.groups, &place.first, &place.count,
                                &place.hosts, &place.on_host, &place.first_before})
    *number = taker.number<std::uint32_t>();
  place.port = taker.number<std::uint16_t>();
  place.address_before = take_text(taker);
  return place;
}

Refusal take_refusal(Taker& taker) {
  const auto code = taker.number<std::uint32_t>();
  const bool is_usage = code == static_cast<std::uint32_t>(ExitCode::usage);
  return {is_usage ? ExitCode::usage : ExitCode::failed, take_text(taker)};
}

LinkRequest take_link(Taker& taker) {
  LinkRequest link;
  link.nonce = take_array<16>(taker);
  link.group = taker.number<std::uint32_t>();
  return link;
}

// So many ranks, from `first` on, are some of a run of `ranks`.
bool is_part(std::uint32_t first, std::uint32_t count, std::uint32_t ranks) {
  return ranks <= kMostRanks && count >= 1 && count <= ranks && first <= ranks - count;
}

struct Sense {
  bool operator()(const Hello& hello) const {
    return is_part(hello.first, hello.count, hello.ranks) && hello.port != 0;
  }
  bool operator()(const Place& place) const {
    return is_part(place.group, 1, place.groups) && is_part(0, place.hosts, place.groups) &&
           is_part(place.first, place.count, kMostRanks) && place.on_host >= place.count &&
           place.on_host <= kMostRanks &&
           (place.group == 0 || (place.port != 0 && place.first_before < place.first));
  }
  bool operator()(const Refusal& refusal) const { return !refusal.why.empty(); }
  bool operator()(const LinkRequest& link) const { return is_part(link.group, 1, kMostRanks); }
  bool operator()(const Linked&) const { return true; }
};

[[noreturn]] void refuse() {
  throw Error(ExitCode::unavailable, "what answers is no rank of an aiops run");
}

Message decode(std::uint16_t kind, std::string_view payload) {
  Taker taker(payload);
  const Message message = [&]() -> Message {
    switch (static_cast<Kind>(kind)) {
      case Kind::hello:
        return take_hello(taker);
      case Kind::place:
        return take_place(taker);
      case Kind::refusal:
        return take_refusal(taker);
      case Kind::link:
        return take_link(taker);
      case Kind::linked:
        return Linked{};
    }
    refuse();
  }();
  if (!taker.is_whole() || !std::visit(Sense{}, message)) refuse();
  return message;
}

}  // namespace

std::string encode(const Message& message) {
  const std::string payload = std::visit(Writer{}, message);
  std::string bytes(kMagic);
  put(bytes, kProtocol);
  put(bytes, static_cast<std::uint16_t>(message.index() + 1));  // Kind, in the variant's order
  put(bytes, static_cast<std::uint32_t>(payload.size()));
  return bytes + payload;
}

std::size_t MessageReader::wanted() const {
  return std::max<std::size_t>(1, (bytes_.size() < kHead ? kHead : kHead + size_) - bytes_.size());
}

void MessageReader::take(std::string_view bytes) {
  bytes_ += bytes;
  const std::string_view seen = bytes_;
  if (!kMagic.starts_with(seen.substr(0, kMagic.size()))) refuse();
  if (seen.size() < kHead) return;
  Taker head(seen.substr(kMagic.size()));
  const auto version = head.number<std::uint16_t>();
  const auto kind = head.number<std::uint16_t>();
  const auto size = head.number<std::uint32_t>();
  if (version != kProtocol)
    throw Error(ExitCode::usage,
                "another rank is of another version of aiops: it speaks version " +
                    std::to_string(version) + " of what ranks say to each other, this one " +
                    std::to_string(kProtocol),
                "install the same aiops on every host");
  if (size > kMostPayload) refuse();
  size_ = size;
  if (seen.size() == kHead + size_) message_ = decode(kind, seen.substr(kHead));
}

}  // namespace aiops::train
