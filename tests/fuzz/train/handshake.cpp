// SPDX-License-Identifier: Apache-2.0
#include "train/ranks/handshake.hpp"

#include "tests/fuzz/harness.hpp"

#include <algorithm>

// What anybody may send to the port where ranks meet, in pieces as the first byte says. A message
// that was understood is written as it was read, unless its words were made safe.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace aiops;
  if (size == 0) return 0;
  const std::size_t at_once = data[0] + std::size_t{1};
  std::string_view rest = fuzz::text_of(data + 1, size - 1);
  return fuzz::refuses_politely([&] {
    train::MessageReader reader;
    while (!rest.empty() && !reader.message()) {
      const std::size_t piece = std::min({at_once, rest.size(), reader.wanted()});
      reader.take(rest.substr(0, piece));
      rest.remove_prefix(piece);
    }
    if (!reader.message()) return;
    train::MessageReader again;
    std::string bytes = train::encode(*reader.message());
    for (std::string_view left = bytes; !left.empty();) {
      const std::size_t piece = std::min(left.size(), again.wanted());
      again.take(left.substr(0, piece));
      left.remove_prefix(piece);
    }
    if (!again.message()) __builtin_trap();
  });
}
