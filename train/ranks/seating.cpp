// SPDX-License-Identifier: Apache-2.0
#include "train/ranks/seating.hpp"

#include "base/digest.hpp"
#include "base/file.hpp"
#include "base/version.hpp"
#include "train/ranks/shared_region.hpp"

#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <set>

namespace aiops::train {
namespace {

std::string name_space(const char* path) {
  struct stat is {};
  return ::stat(path, &is) == 0 ? std::to_string(is.st_ino) : "unknown";
}

// The name spaces of a machine that has just begun are numbered alike on all of them.
std::string boot_id() {
  try {
    return read_file("/proc/sys/kernel/random/boot_id", 100);
  } catch (const Error&) {  // hidden by a sandbox: this process shares memory with nobody
    const Nonce nonce = draw_nonce();
    return {nonce.data(), nonce.size()};
  }
}

// Rank `next` can share the memory of the group that `last` is in.
bool joins(const Comer& last, const Comer& next, std::uint32_t group_size) {
  return last.hello.count == 1 && next.hello.count == 1 && last.hello.host == next.hello.host &&
         group_size < static_cast<std::uint32_t>(SharedRegion::kMostRanks);
}

}  // namespace

Hello hello_of(const Party& party) {
  Hello hello;
  hello.ranks = static_cast<std::uint32_t>(party.ranks);
  hello.first = static_cast<std::uint32_t>(party.first);
  hello.count = static_cast<std::uint32_t>(party.count);
  hello.port = party.port;
  hello.run = mark_of(party.run);
  hello.configuration = mark_of(party.configuration);
  hello.host = mark_of_this_host();
  hello.program = std::string("aiops ") + kVersion;
  return hello;
}

std::optional<std::string> objection(const Hello& own, const Hello& other) {
  if (other.program != own.program) return "it is " + other.program + ", not " + own.program;
  if (other.run != own.run) return "it is of another run";
  if (other.ranks != own.ranks)
    return "it counts " + std::to_string(other.ranks) + " ranks, not " + std::to_string(own.ranks);
  if (other.configuration != own.configuration) return "it has another configuration";
  return std::nullopt;
}

std::vector<Place> seat(const std::vector<Comer>& comers, const Nonce& nonce) {
  struct Seats {
    std::size_t begin, end;
  };
  std::vector<Seats> groups;
  for (std::size_t i = 0; i < comers.size(); ++i) {
    const bool goes_on =
        !groups.empty() &&
        joins(comers[i - 1], comers[i], static_cast<std::uint32_t>(i - groups.back().begin));
    if (goes_on)
      groups.back().end = i + 1;
    else
      groups.push_back({i, i + 1});
  }
  std::set<Mark> hosts;
  for (const Comer& comer : comers) hosts.insert(comer.hello.host);
  std::vector<Place> places;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    const auto& [begin, end] = groups[g];
    Place place;
    place.nonce = nonce;
    place.group = static_cast<std::uint32_t>(g);
    place.groups = static_cast<std::uint32_t>(groups.size());
    place.hosts = static_cast<std::uint32_t>(hosts.size());
    place.first = comers[begin].hello.first;
    place.count = 0;
    for (std::size_t i = begin; i < end; ++i) place.count += comers[i].hello.count;
    if (g > 0) {
      const Comer& before = comers[groups[g - 1].begin];
      place.first_before = before.hello.first;
      place.port = before.hello.port;
      place.address_before = before.address;
    }
    for (std::size_t i = begin; i < end; ++i) {
      place.on_host = 0;
      for (const Comer& other : comers)
        if (other.hello.host == comers[i].hello.host) place.on_host += other.hello.count;
      places.push_back(place);
    }
  }
  return places;
}

Nonce draw_nonce() {
  Nonce nonce{};
  if (::getrandom(nonce.data(), nonce.size(), 0) != static_cast<ssize_t>(nonce.size()))
    throw system_error("getrandom", errno);
  return nonce;
}

Mark mark_of(std::string_view text) {
  Mark mark{};
  std::ranges::copy(sha256_raw(text), mark.begin());
  return mark;
}

Mark mark_of_this_host() {
  return mark_of(boot_id() + name_space("/proc/self/ns/net") + "/" +
                 name_space("/proc/self/ns/pid") + "/" + std::to_string(::getuid()));
}

}  // namespace aiops::train
