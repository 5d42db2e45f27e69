// SPDX-License-Identifier: Apache-2.0
// How a silent neighbour is told from a busy one. Its kernel answers as long as its host lives, at
// whatever its process is: data by acknowledgements, an idle connection by those of keep-alives,
// a full window by those of probes. So a neighbour that owes an acknowledgement and gives none is
// gone, and one that takes nothing is waited for. TCP_USER_TIMEOUT would not do: it also ends a
// connection whose other side is alive and has not read for that long (tcp(7)).
#include "train/ranks/tcp_link.hpp"

#include "base/time.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace aiops::train {
namespace {

constexpr const char* kAgain = "run the same command again to go on from the last checkpoint";
constexpr double kLastWords = 2;  // seconds for a failure to go out, or to come in
constexpr int kProbes = 3;

void set(int socket, int level, int option, int value) {
  ::setsockopt(socket, level, option, &value, sizeof value);  // all of them only help
}

bool wait_for(int socket, short events, double deadline) {
  const double left = deadline - monotonic_seconds();
  pollfd one{socket, events, 0};
  return left > 0 && ::poll(&one, 1, static_cast<int>(left * 1000) + 1) == 1;
}

// All of the bytes, or as many as go out before the deadline.
void send_until(int socket, std::span<const std::byte> bytes, double deadline) {
  while (!bytes.empty() && wait_for(socket, POLLOUT, deadline)) {
    const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) return;
    if (sent > 0) bytes = bytes.subspan(static_cast<std::size_t>(sent));
  }
}

}  // namespace

TcpLink::TcpLink(Fd socket, std::string peer, double silence)
    : socket_(std::move(socket)), peer_(std::move(peer)), silence_(silence) {
  const int fd = socket_.get();
  const int part = std::max(1, static_cast<int>(silence / kProbes));
  set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  set(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  set(fd, IPPROTO_TCP, TCP_KEEPIDLE, part);
  set(fd, IPPROTO_TCP, TCP_KEEPINTVL, part);
  set(fd, IPPROTO_TCP, TCP_KEEPCNT, kProbes - 1);
}

void TcpLink::send(std::span<const std::byte> bytes) { leaving_.push_back(bytes); }
void TcpLink::receive(std::span<std::byte> bytes) { arriving_.push_back(bytes); }

bool TcpLink::progress() {
  const bool came = pull();  // first: it may say why nothing can be sent any more
  return push() || came;
}

short TcpLink::events() const {
  int events = 0;
  if (!leaving_.empty()) events |= POLLOUT;
  if (!arriving_.empty()) events |= POLLIN;
  return static_cast<short>(events);
}

bool TcpLink::push() {
  bool moved = false;
  while (!leaving_.empty()) {
    const auto payload = leaving_.front();
    if (header_out_.empty())
      header_out_ = encode(
          FrameHeader{FrameKind::message, static_cast<std::uint32_t>(payload.size()), sent_});
    const std::size_t of_header = std::min(out_, kFrameHeader);
    const std::size_t of_payload = out_ - of_header;
    std::array<iovec, 2> parts{
        iovec{header_out_.data() + of_header, kFrameHeader - of_header},
        iovec{const_cast<std::byte*>(payload.data()) + of_payload, payload.size() - of_payload}};
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = parts.size();
    const ssize_t sent = ::sendmsg(socket_.get(), &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN) return moved;
      gone(errno);
    }
    moved = true;
    out_ += static_cast<std::size_t>(sent);
    if (out_ < kFrameHeader + payload.size()) continue;
    leaving_.pop_front();
    header_out_.clear();
    out_ = 0;
    ++sent_;
  }
  return moved;
}

std::size_t TcpLink::read_some(void* to, std::size_t most) {
  for (;;) {
    const ssize_t size = ::recv(socket_.get(), to, most, MSG_DONTWAIT);
    if (size > 0) return static_cast<std::size_t>(size);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno == EAGAIN) return 0;
    gone(size == 0 ? 0 : errno);
  }
}

bool TcpLink::pull_header() {
  std::array<char, kFrameHeader> some{};
  const std::size_t size = read_some(some.data(), kFrameHeader - header_in_.size());
  header_in_.append(some.data(), size);
  if (!has_header()) return size > 0;
  try {
    coming_ = decode_header(header_in_);
  } catch (const Error&) {
    end_with("sends bytes that are no frame");
  }
  if (coming_.kind == FrameKind::failure) end_by_frame();
  if (coming_.number != received_ || coming_.size != arriving_.front().size())
    end_with("sends message " + std::to_string(coming_.number) + " of " +
             std::to_string(coming_.size) + " bytes, where message " + std::to_string(received_) +
             " of " + std::to_string(arriving_.front().size()) + " bytes should follow");
  return true;
}

bool TcpLink::pull() {
  bool moved = false;
  while (!arriving_.empty()) {
    if (!has_header()) {
      if (!pull_header()) return moved;
      moved = true;
      continue;
    }
    const auto payload = arriving_.front().subspan(in_);
    if (!payload.empty()) {
      const std::size_t size = read_some(payload.data(), payload.size());
      if (size == 0) return moved;
      in_ += size;
      moved = true;
      if (size < payload.size()) continue;
    }
    arriving_.pop_front();
    header_in_.clear();
    in_ = 0;
    ++received_;
  }
  return moved;
}

void TcpLink::check_alive() {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (::getsockopt(socket_.get(), IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return;
  const double heard = std::min(info.tcpi_last_ack_recv, info.tcpi_last_data_recv) / 1000.0;
  const bool owes = info.tcpi_unacked > 0 || info.tcpi_probes >= kProbes;
  if (owes && heard > silence_) gone(ETIMEDOUT);
}

// A message that comes early stays where it is.
void TcpLink::listen() {
  if (!arriving_.empty() || !header_in_.empty()) return;  // progress() hears it
  std::string header(kFrameHeader, '\0');
  const ssize_t size = ::recv(socket_.get(), header.data(), header.size(), MSG_DONTWAIT | MSG_PEEK);
  if (size == 0) gone(0);
  if (size < 0 && errno != EAGAIN && errno != EINTR) gone(errno);
  if (size != static_cast<ssize_t>(kFrameHeader)) return;
  try {
    coming_ = decode_header(header);
  } catch (const Error&) {
    end_with("sends bytes that are no frame");
  }
  if (coming_.kind != FrameKind::failure) return;
  (void)read_some(header.data(), header.size());
  end_by_frame();
}

void TcpLink::end_with(const std::string& what) const {
  throw LinkEnd{{0, Error(ExitCode::failed, peer_ + " " + what, kAgain)}};
}

void TcpLink::gone(int why) {
  look_for_last_words();
  if (why == 0 || why == ECONNRESET || why == EPIPE) end_with("has gone without a word");
  if (why == ETIMEDOUT)
    end_with("has not answered for " + std::to_string(static_cast<int>(silence_)) + " seconds");
  end_with(std::string("cannot be reached: ") + ::strerror(why));  // NOLINT(concurrency-mt-unsafe)
}

// What came before the connection broke may say why; messages on the way there go nowhere.
void TcpLink::look_for_last_words() {
  const auto take = [this](void* to, std::size_t most) {
    const ssize_t size = ::recv(socket_.get(), to, most, MSG_DONTWAIT);
    return size > 0 ? static_cast<std::size_t>(size) : 0;
  };
  std::array<char, std::size_t{16} << 10> nowhere{};
  for (;;) {
    if (has_header()) {
      const std::size_t size = take(nowhere.data(), std::min(nowhere.size(), coming_.size - in_));
      in_ += size;
      if (in_ < coming_.size && size == 0) return;
      if (in_ < coming_.size) continue;
      header_in_.clear();
      in_ = 0;
    }
    const std::size_t size = take(nowhere.data(), kFrameHeader - header_in_.size());
    header_in_.append(nowhere.data(), size);
    if (size == 0) return;
    if (!has_header()) continue;
    try {
      coming_ = decode_header(header_in_);
    } catch (const Error&) {
      return;
    }
    if (coming_.kind == FrameKind::failure) end_by_frame();
  }
}

void TcpLink::end_by_frame() {
  const double deadline = monotonic_seconds() + kLastWords;
  std::string payload(coming_.size, '\0');
  std::size_t have = 0;
  while (have < payload.size() && wait_for(socket_.get(), POLLIN, deadline)) {
    const ssize_t size =
        ::recv(socket_.get(), payload.data() + have, payload.size() - have, MSG_DONTWAIT);
    if (size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR)) break;
    if (size > 0) have += static_cast<std::size_t>(size);
  }
  try {
    throw LinkEnd{decode_failure(payload)};
  } catch (const Error&) {
    end_with("has failed, and its words cannot be read");
  }
}

// What has begun goes out whole, or a failure behind it would look like a part of it.
void TcpLink::finish_frame(double deadline) noexcept {
  if (out_ == 0) return;
  const std::size_t of_header = std::min(out_, kFrameHeader);
  send_until(socket_.get(), std::as_bytes(std::span(header_out_)).subspan(of_header), deadline);
  send_until(socket_.get(), leaving_.front().subspan(out_ - of_header), deadline);
}

void TcpLink::end(const Failure& failure) noexcept {
  try {
    const double deadline = monotonic_seconds() + kLastWords;
    finish_frame(deadline);
    const std::string payload = encode(failure);
    const std::string frame =
        encode(FrameHeader{FrameKind::failure, static_cast<std::uint32_t>(payload.size()), 0}) +
        payload;
    send_until(socket_.get(), std::as_bytes(std::span(frame)), deadline);
    ::shutdown(socket_.get(), SHUT_WR);
    // A socket that is closed with bytes unread resets the connection, and the failure is lost.
    std::array<char, std::size_t{16} << 10> nowhere{};
    while (wait_for(socket_.get(), POLLIN, deadline) &&
           ::recv(socket_.get(), nowhere.data(), nowhere.size(), MSG_DONTWAIT) > 0) {
    }
  } catch (...) {  // no memory for the words: the other side sees that this one is gone
  }
  socket_.reset();
}

}  // namespace aiops::train
