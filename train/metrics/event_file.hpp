// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/fd.hpp"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace aiops::train {

// CRC-32C (Castagnoli), as iSCSI has it.
std::uint32_t crc32c(std::string_view bytes);

struct Scalar {
  std::string_view tag;
  double value = 0;
};

// The messages of TensorBoard's event.proto that a scalar needs, serialised. Times are seconds
// since 1970.
std::string version_event(double time);
// Tells TensorBoard to forget what another run of the same directory said of later steps.
std::string start_event(double time, std::int64_t step);
std::string scalars_event(double time, std::int64_t step, std::span<const Scalar> scalars);
// A TFRecord: length, its checksum, the bytes, their checksum.
std::string tf_record(std::string_view bytes);

// An event file of a run's log directory, for TensorBoard.
class EventFile {
 public:
  // Makes DIRECTORY/events.out.tfevents.TIME.aiops, whose name is the last one in order of all that
  // are there: so TensorBoard reads them. `last_step` is the one a resumed run goes on from.
  EventFile(const std::filesystem::path& directory, std::int64_t last_step, double time);

  void write(double time, std::int64_t step, std::span<const Scalar> scalars);

 private:
  std::filesystem::path path_;
  Fd file_;
};

}  // namespace aiops::train
