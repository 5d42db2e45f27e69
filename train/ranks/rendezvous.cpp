// SPDX-License-Identifier: Apache-2.0
// The meeting place is a socket in Linux's abstract namespace (unix(7)): no file is left behind by
// a run that was killed. Such names have no owner, so both sides ask the kernel whose process the
// other one is.
#include "train/ranks/rendezvous.hpp"

#include "base/digest.hpp"
#include "base/time.hpp"
#include "train/ranks/socket.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <thread>
#include <vector>

namespace aiops::train {
namespace {

constexpr std::uint32_t kMagic = 0x61697269;  // "airi": changes with Introduction

struct Introduction {
  std::uint32_t magic = kMagic;
  std::int32_t index = 0, ranks = 0;
};

struct Address {
  explicit Address(std::string_view job) {
    const std::string name = "aiops-ranks-" + std::to_string(::getuid()) + "-" +
                             std::string(sha256_of(job).hex().substr(0, 32));
    place.sun_family = AF_UNIX;
    std::memcpy(place.sun_path + 1, name.data(), name.size());  // after a zero: abstract
    size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  }
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&place); }
  sockaddr_un place{};
  socklen_t size;
};

Fd make_socket() {
  Fd fd(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
  if (!fd) throw system_error("cannot make a socket for the ranks to meet", errno);
  return fd;
}

bool is_ours(int fd) {
  ucred peer{};
  socklen_t size = sizeof peer;
  return ::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == ::getuid();
}

// A message of one byte that carries a descriptor (unix(7), SCM_RIGHTS).
struct Parcel {
  Parcel() {
    part = {&byte, 1};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
  }
  char byte = 0;
  iovec part{};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))]{};
  msghdr message{};
};

void send_descriptor(int fd, int descriptor) {
  Parcel parcel;
  cmsghdr* header = CMSG_FIRSTHDR(&parcel.message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof descriptor);
  std::memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
  ::sendmsg(fd, &parcel.message, MSG_NOSIGNAL);  // one that left again is missed when ranks join
}

Fd receive_descriptor(int fd) {
  Parcel parcel;
  if (::recvmsg(fd, &parcel.message, MSG_CMSG_CLOEXEC) != 1) return {};
  const cmsghdr* header = CMSG_FIRSTHDR(&parcel.message);
  if (header == nullptr || header->cmsg_type != SCM_RIGHTS) return {};
  int descriptor = -1;
  std::memcpy(&descriptor, CMSG_DATA(header), sizeof descriptor);
  return Fd(descriptor);
}

class Meeting {
 public:
  Meeting(std::string_view job, const Locals& locals, double seconds, const StopFlag& stop)
      : address_(job),
        locals_(locals),
        seconds_(seconds),
        patience_{monotonic_seconds() + seconds, stop} {}

  std::shared_ptr<SharedRegion> host() const;
  std::shared_ptr<SharedRegion> visit() const;

 private:
  std::string name_of(std::ptrdiff_t index) const {
    return "rank " + std::to_string(locals_.first + index);
  }
  [[noreturn]] void late(std::ptrdiff_t index) const {
    throw Error(ExitCode::failed, name_of(index) + " did not come within " +
                                      std::to_string(static_cast<int>(seconds_)) + " seconds");
  }

  Address address_;
  Locals locals_;
  double seconds_;
  Patience patience_;
};

std::shared_ptr<SharedRegion> Meeting::host() const {
  auto region = std::make_shared<SharedRegion>(locals_.ranks, locals_.reach);
  const Fd listening = make_socket();
  if (::bind(listening.get(), address_.get(), address_.size) != 0) {
    if (errno != EADDRINUSE) throw system_error("cannot open a place for the ranks to meet", errno);
    throw Error(ExitCode::failed, "another run on this host has the same job and master port",
                "give this one a port of its own: --master localhost:PORT");
  }
  if (::listen(listening.get(), locals_.ranks) != 0)
    throw system_error("cannot open a place for the ranks to meet", errno);
  std::vector<bool> here(static_cast<std::size_t>(locals_.ranks));
  here[0] = true;
  while (std::ranges::count(here, false) > 0) {
    if (patience_.is_over()) late(std::ranges::find(here, false) - here.begin());
    if (!patience_.ready(listening.get(), POLLIN)) continue;
    const Fd guest(::accept4(listening.get(), nullptr, nullptr, SOCK_CLOEXEC));
    Introduction hello;
    if (!guest || !is_ours(guest.get()) || !patience_.ready(guest.get(), POLLIN) ||
        ::recv(guest.get(), &hello, sizeof hello, 0) != sizeof hello || hello.magic != kMagic ||
        hello.ranks != locals_.ranks || hello.index < 1 || hello.index >= locals_.ranks)
      continue;
    std::vector<bool>::reference seat = here[static_cast<std::size_t>(hello.index)];
    if (seat) continue;
    send_descriptor(guest.get(), region->descriptor());
    seat = true;
  }
  return region;
}

std::shared_ptr<SharedRegion> Meeting::visit() const {
  Fd fd = make_socket();
  while (::connect(fd.get(), address_.get(), address_.size) != 0) {
    patience_.stop.check();
    if (patience_.is_over()) late(0);
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    fd = make_socket();
  }
  if (!is_ours(fd.get()))
    throw Error(ExitCode::denied, "another user's process answers in the place of " + name_of(0));
  const Introduction hello{.index = locals_.index, .ranks = locals_.ranks};
  ::send(fd.get(), &hello, sizeof hello, MSG_NOSIGNAL);
  while (!patience_.ready(fd.get(), POLLIN))
    if (patience_.is_over()) late(0);
  Fd descriptor = receive_descriptor(fd.get());
  if (!descriptor)
    throw Error(ExitCode::failed, name_of(0) + " does not wait for " + name_of(locals_.index));
  return std::make_shared<SharedRegion>(std::move(descriptor), locals_.ranks, locals_.reach);
}

}  // namespace

std::shared_ptr<SharedRegion> meet(std::string_view job, const Locals& locals, double seconds,
                                   const StopFlag& stop) {
  const Meeting meeting(job, locals, seconds, stop);
  return locals.index == 0 ? meeting.host() : meeting.visit();
}

}  // namespace aiops::train
