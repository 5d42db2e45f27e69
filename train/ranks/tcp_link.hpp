// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/fd.hpp"
#include "train/ranks/frame.hpp"
#include "train/ranks/link.hpp"

#include <deque>
#include <string>

namespace aiops::train {

// A link over a connected TCP socket.
class TcpLink final : public Link {
 public:
  // `peer` names the other side in errors: "rank 2 at 10.0.0.2". It is given up when nothing was
  // heard of it for `silence` seconds, though it owes an answer.
  TcpLink(Fd socket, std::string peer, double silence);

  void send(std::span<const std::byte> bytes) override;
  void receive(std::span<std::byte> bytes) override;
  std::uint64_t sent() const override { return sent_; }
  std::uint64_t received() const override { return received_; }
  bool progress() override;
  int descriptor() const override { return socket_.get(); }
  short events() const override;
  void check_alive() override;
  void listen() override;
  void end(const Failure& failure) noexcept override;

 private:
  bool push();  // true when bytes went out
  bool pull();  // true when bytes came in
  bool pull_header();
  bool has_header() const { return header_in_.size() == kFrameHeader; }
  // Bytes that have come, 0 when there are none now.
  std::size_t read_some(void* to, std::size_t most);
  void finish_frame(double deadline) noexcept;
  [[noreturn]] void end_by_frame();  // as the failure says that is coming in
  [[noreturn]] void gone(int why);
  void look_for_last_words();
  [[noreturn]] void end_with(const std::string& what) const;

  Fd socket_;
  std::string peer_;
  double silence_;

  std::deque<std::span<const std::byte>> leaving_;
  std::string header_out_;  // of the first of them; empty: it has not begun
  std::size_t out_ = 0;     // bytes of its header and payload that have gone out
  std::uint64_t sent_ = 0;

  std::deque<std::span<std::byte>> arriving_;
  std::string header_in_;
  FrameHeader coming_;  // what header_in_ says when it is whole
  std::size_t in_ = 0;  // bytes of its payload that have come in
  std::uint64_t received_ = 0;
};

}  // namespace aiops::train
