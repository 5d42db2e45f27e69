// SPDX-License-Identifier: Apache-2.0
// A download goes on where it broke. Each attempt asks the registry itself again, because the link
// it redirects to may have expired, and an answer is believed only when it proves to be the part
// asked for: never is a whole blob appended to a half one. Where the whole is wanted and the part
// that came is not the one asked for, it is asked for once without a range, and what is there
// already is dropped from it. Whoever stores the bytes checks their digest.
#include "base/error.hpp"
#include "registry/range.hpp"
#include "registry/refusal.hpp"
#include "registry/remote.hpp"

#include <algorithm>

namespace aiops::registry {
namespace {

using Refused = pack::Parts::Refused;
using Abandon = std::function<bool()>;

// Less is no progress: a server that sends a few bytes and goes silent, each time, would be waited
// for for ever.
constexpr std::uint64_t kProgress = 64 << 10;

class Download {
 public:
  enum class Wanted { rest, part };  // of the blob

  Download(Remote& remote, const pack::Descriptor& blob, Wanted wanted, std::uint64_t begin,
           std::uint64_t end, const pack::Sink& sink)
      : remote_(remote),
        blob_(blob),
        wanted_(wanted),
        at_(begin),
        end_(end),
        sink_(sink),
        budget_(remote.session->budget()) {}

  void run(const Abandon& abandon = {}) {
    abandon_ = abandon;
    std::uint64_t refilled_at = at_;
    while (true) {
      const std::string failure = attempt();
      if (at_ == end_ && failure.empty()) return;
      if (at_ - refilled_at >= kProgress) {
        budget_.progressed();
        refilled_at = at_;
      }
      if (!budget_.try_again(asked_wait_)) give_up(failure);
    }
  }

 private:
  // One request for what is missing; returns why it did not bring all of it, or nothing.
  std::string attempt() {
    asked_wait_.reset();
    try {
      const Response response = remote_.session->attempt(request(), remote_.scopes);
      if (response.ok()) return at_ == end_ ? "" : "the answer was too short";
      if (response.status == 416 && ranged_) throw Refused();
      const bool stale_link = response.url.origin() != remote_.session->base().origin() &&
                              (response.status == 400 || response.status == 403);
      if (!is_transient(response.status) && !stale_link)
        throw refusal(response, "get blob " + blob_.digest.short_form());
      if (const auto field = response.headers.find("Retry-After"))
        asked_wait_ = parse_retry_after(*field, std::chrono::system_clock::now());
      return "status " + std::to_string(response.status) + server_text(response);
    } catch (const TransportFailure& failure) {
      if (failure.kind == TransportFailure::Kind::abandoned) throw pack::Parts::Abandoned();
      if (failure.kind == TransportFailure::Kind::tls)
        throw unreachable(failure, remote_.session->base());
      return failure.message;
    } catch (const Refused&) {
      remote_.sends_parts = false;
      if (wanted_ == Wanted::part) throw;
      plain_ = true;
      return attempt();
    }
  }

  Request request() {
    Request get{Method::get, remote_.url("blobs/" + blob_.digest.str())};
    // Unasked ranges upset some registries, so the first request is a plain one.
    ranged_ = !plain_ && (at_ > 0 || end_ < blob_.size);
    if (ranged_)
      get.headers.emplace_back("Range", "bytes=" + std::to_string(at_) + "-" +
                                            (end_ < blob_.size ? std::to_string(end_ - 1) : ""));
    get.receive = [this](const Response& response) -> ByteSink {
      open(response);
      return [this](std::span<const std::byte> bytes) { take(bytes); };
    };
    get.abandon = abandon_;
    return get;
  }

  void open(const Response& response) {
    const bool part = response.status == 206;
    if (ranged_ && (part ? !is_part(response, at_, end_, blob_.size) : wanted_ == Wanted::part))
      throw Refused();
    skip_ = bytes_to_skip(response, at_, blob_.size);
    if (part || response.headers.find("Accept-Ranges").value_or("") == "bytes")
      remote_.sends_parts = true;
  }

  void take(std::span<const std::byte> bytes) {
    const auto skipped = static_cast<std::size_t>(std::min<std::uint64_t>(skip_, bytes.size()));
    skip_ -= skipped;
    bytes = bytes.subspan(skipped);
    if (bytes.empty()) return;
    if (bytes.size() > end_ - at_)
      throw verification_error(Reason::digest_mismatch, "blob " + blob_.digest.short_form() +
                                                            " of " + remote_.name() +
                                                            " is longer than its descriptor says");
    sink_(bytes);
    at_ += bytes.size();
  }

  [[noreturn]] void give_up(const std::string& failure) {
    throw Error(ExitCode::unavailable, "cannot get blob " + blob_.digest.short_form() + " of " +
                                           remote_.name() + ": " + failure + ", at byte " +
                                           std::to_string(at_) + " of " +
                                           std::to_string(blob_.size));
  }

  Remote& remote_;
  const pack::Descriptor& blob_;
  Wanted wanted_;
  std::uint64_t at_;
  std::uint64_t end_;
  std::uint64_t skip_ = 0;
  bool ranged_ = false;  // the request in progress has a Range
  bool plain_ = false;   // ranges lead to nothing here
  const pack::Sink& sink_;
  RetryBudget budget_;
  Abandon abandon_;
  std::optional<Milliseconds> asked_wait_;
};

}  // namespace

void download_blob(Remote& remote, const pack::Descriptor& blob, std::uint64_t offset,
                   const pack::Sink& sink) {
  if (offset > blob.size)
    throw Error(ExitCode::failed,
                "blob " + blob.digest.short_form() + " ends before byte " + std::to_string(offset));
  Download(remote, blob, Download::Wanted::rest, offset, blob.size, sink).run();
}

pack::Parts parts_of(const std::shared_ptr<Remote>& remote, const pack::Descriptor& blob) {
  return {
      [remote] { return remote->sends_parts.load(); },
      [remote, blob](std::uint64_t offset, std::uint64_t length, const pack::Sink& sink,
                     const Abandon& abandon) {
        Download(*remote, blob, Download::Wanted::part, offset, offset + length, sink).run(abandon);
      }};
}

}  // namespace aiops::registry
