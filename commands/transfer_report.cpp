// SPDX-License-Identifier: Apache-2.0
#include "commands/transfer_report.hpp"

#include "base/time.hpp"
#include "base/units.hpp"

#include <nlohmann/json.hpp>

#include <cmath>

namespace aiops::commands {

void report_transfer(Context& context, const Moved& moved, const Digest& digest,
                     const pack::TransferResult& result, const registry::Traffic& traffic,
                     double seconds, const OrderedJson* more) {
  const auto blobs = result.blobs_sent + result.blobs_existed + result.blobs_mounted;
  const std::uint64_t kept = traffic.kept;
  std::string what = std::to_string(result.blobs_sent) + " of " + counted(blobs, "blob") + ", " +
                     format_bytes(result.bytes_sent);
  if (kept > 0) what += " (" + format_bytes(kept) + " of it from an attempt that broke)";
  if (result.blobs_sent + result.blobs_mounted == 0)
    what = "the " + counted(blobs, "blob") + " were there already";
  if (result.referrers > 0) what += ", with " + counted(result.referrers, "referrer");
  if (result.blobs_mounted > 0) what += ", " + std::to_string(result.blobs_mounted) + " mounted";
  if (result.blobs_sent == 0 && result.manifests_sent == 0)
    context.status.step(moved.destination + " is already there");
  else
    context.status.step(moved.done + " " + moved.source + moved.preposition + moved.destination +
                        ": " + what + ", in " + format_duration(seconds));
  OrderedJson value = {{"reference", moved.destination},
                       {"digest", digest.str()},
                       {"size", result.bytes_total},
                       {"blobs_sent", result.blobs_sent},
                       {"blobs_existed", result.blobs_existed},
                       {"blobs_mounted", result.blobs_mounted},
                       {"bytes_sent", result.bytes_sent},
                       {"bytes_resumed", kept},
                       {"retries", traffic.retries.load()},
                       {"manifests_sent", result.manifests_sent},
                       {"referrers", result.referrers},
                       {"seconds", std::round(seconds * 1000) / 1000}};
  if (more != nullptr) value.update(*more);
  context.report.answer(digest.str(), value, digest.str() + " " + moved.destination);
}

}  // namespace aiops::commands
