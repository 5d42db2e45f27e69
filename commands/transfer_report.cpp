// SPDX-License-Identifier: Apache-2.0
#include "commands/transfer_report.hpp"

#include "base/time.hpp"
#include "base/units.hpp"

#include <nlohmann/json.hpp>

#include <cmath>

namespace aiops::commands {

void report_transfer(Context& context, const Moved& moved, const Digest& digest,
                     const pack::TransferResult& result, double seconds) {
  const auto blobs = result.blobs_sent + result.blobs_existed;
  std::string what = std::to_string(result.blobs_sent) + " of " + counted(blobs, "blob") + ", " +
                     format_bytes(result.bytes_sent);
  if (result.blobs_sent == 0) what = "the " + counted(blobs, "blob") + " were there already";
  if (result.referrers > 0) what += ", with " + counted(result.referrers, "referrer");
  if (result.blobs_sent == 0 && result.manifests_sent == 0)
    context.status.step(moved.destination + " is already there");
  else
    context.status.step(moved.done + " " + moved.source + moved.preposition + moved.destination +
                        ": " + what + ", in " + format_duration(seconds));
  const OrderedJson value = {{"reference", moved.destination},
                             {"digest", digest.str()},
                             {"size", result.bytes_total},
                             {"blobs_sent", result.blobs_sent},
                             {"blobs_existed", result.blobs_existed},
                             {"bytes_sent", result.bytes_sent},
                             {"manifests_sent", result.manifests_sent},
                             {"referrers", result.referrers},
                             {"seconds", std::round(seconds * 1000) / 1000}};
  context.report.answer(digest.str(), value, digest.str() + " " + moved.destination);
}

}  // namespace aiops::commands
