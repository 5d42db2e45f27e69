// SPDX-License-Identifier: Apache-2.0
#include "train/ranks/frame.hpp"

#include "tests/fuzz/harness.hpp"

// What a neighbour sends: a header, and the words of a failure.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace aiops;
  const std::string_view bytes = fuzz::text_of(data, size);
  fuzz::refuses_politely([&] {
    const auto header = train::decode_header(bytes.substr(0, train::kFrameHeader));
    if (train::encode(header) != bytes.substr(0, train::kFrameHeader)) __builtin_trap();
    if (header.size > train::kMostMessage) __builtin_trap();
  });
  fuzz::refuses_politely([&] {
    const auto failure = train::decode_failure(bytes);
    if (failure.error.message.find('\n') != std::string::npos) __builtin_trap();
    if (train::encode(failure).size() > train::kMostFailure) __builtin_trap();
  });
  return 0;
}
