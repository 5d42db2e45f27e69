// SPDX-License-Identifier: Apache-2.0
#include "train/ranks/frame.hpp"

#include "base/encoding.hpp"
#include "train/ranks/bytes.hpp"

#include <algorithm>

namespace aiops::train {
namespace {

constexpr std::size_t kMostWords = 1024;

void put_text(std::string& bytes, std::string_view text) {
  text = text.substr(0, kMostWords);
  put(bytes, static_cast<std::uint16_t>(text.size()));
  bytes += text;
}

std::string take_text(Taker& taker) {
  const auto size = taker.number<std::uint16_t>();
  return printable(taker.text(std::min<std::size_t>(size, kMostWords)));
}

bool is_known(std::uint32_t code) {
  return std::ranges::any_of(exit_codes(), [&](const ExitCodeEntry& entry) {
    return static_cast<std::uint32_t>(entry.code) == code && code != 0;
  });
}

}  // namespace

std::string encode(const FrameHeader& header) {
  std::string bytes;
  put(bytes, static_cast<std::uint32_t>(header.kind));
  put(bytes, header.size);
  put(bytes, header.number);
  return bytes;
}

FrameHeader decode_header(std::string_view bytes) {
  Taker taker(bytes);
  const auto kind = taker.number<std::uint32_t>();
  FrameHeader header{static_cast<FrameKind>(kind), taker.number<std::uint32_t>(),
                     taker.number<std::uint64_t>()};
  const bool is_message = header.kind == FrameKind::message;
  if (!taker.is_whole() || (!is_message && header.kind != FrameKind::failure) ||
      header.size > (is_message ? kMostMessage : kMostFailure))
    throw Error(ExitCode::failed, "another rank sent bytes that are no frame");
  return header;
}

std::string encode(const Failure& failure) {
  std::string bytes;
  put(bytes, static_cast<std::uint32_t>(failure.rank));
  put(bytes, static_cast<std::uint32_t>(failure.error.code));
  put_text(bytes, failure.error.message);
  put_text(bytes, failure.error.mend);
  return bytes;
}

Failure decode_failure(std::string_view bytes) {
  Taker taker(bytes);
  const auto rank = taker.number<std::uint32_t>();
  const auto code = taker.number<std::uint32_t>();
  const std::string message = take_text(taker);
  const std::string mend = take_text(taker);
  if (!taker.is_whole() || rank > 65535 || !is_known(code) || message.empty())
    throw Error(ExitCode::failed, "another rank failed, and its words cannot be read");
  return {static_cast<int>(rank), Error(static_cast<ExitCode>(code), message, mend)};
}

}  // namespace aiops::train
