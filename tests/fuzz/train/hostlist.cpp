// SPDX-License-Identifier: Apache-2.0
#include "train/ranks/hostlist.hpp"

#include "tests/fuzz/harness.hpp"

// Lists of hosts from the environment. Each name of an expansion is a host name, so it is a list of
// its own that expands to itself.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace aiops;
  const std::string_view text = fuzz::text_of(data, size);
  fuzz::refuses_politely([&] {
    const auto hosts = train::expand_hostlist(text, "input");
    if (hosts.empty() || hosts.size() > 65536) __builtin_trap();
    for (const auto& host : {hosts.front(), hosts.back()})
      if (train::expand_hostlist(host, "host") != std::vector{host}) __builtin_trap();
  });
  fuzz::refuses_politely([&] {
    if (train::expand_counts(text, "input").size() > 65536) __builtin_trap();
  });
  return 0;
}
