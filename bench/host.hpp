// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace aiops::bench {

// What the machine is and how busy it is, as the record's `host`: null where it cannot be read
// without being root. No host name, serial number or address.
Json describe_host();

// The members of `host` that say what the machine is, without those that say how busy it is; their
// hash is `fp_sha256`.
std::string host_fingerprint(const Json& host);

// Bytes of the data cache of a level, 0 when unknown; and bytes that a program may still take.
std::int64_t cache_bytes(int level);
std::int64_t available_memory();

// Share of CPU time that the hypervisor gave to others since construction, in percent.
class StealMeter {
 public:
  StealMeter();
  std::optional<double> percent() const;

 private:
  struct Ticks {
    double steal = 0, total = 0;
  };
  static std::optional<Ticks> read();
  std::optional<Ticks> begin_;
};

}  // namespace aiops::bench
