// SPDX-License-Identifier: Apache-2.0
// A blob goes up as one PUT with its exact length, the one way that every registry takes. When that
// breaks, three questions decide what travels again:
//
// 1. Does the registry have the blob after all? A lost answer, a 5xx after the commit or another
//    pusher may be the reason; HEAD tells, and then nothing travels.
// 2. Does it still know the session, and how far it is? Newer registries keep the bytes of a cut
//    body (GET of the session: 204 with a Range), the older ones forget the whole session. What is
//    kept is not sent again: the rest goes as one PATCH, and an empty PUT closes. Not as the body
//    of the closing PUT, although the specification allows it: a PATCH is what every client sends,
//    its answer comes before the session is at stake, and a cut one can be resumed again.
// 3. Is it the size that the registry, or a proxy before it, does not take? Then the blob goes in
//    pieces, each step of a short ladder once, and the size that works is remembered for the host.
//
// Our own count of accepted bytes is believed; a Range only as the answer to question 2, because
// registries send stale ones with a PATCH. A session that was resumed and then has the wrong digest
// is not trusted again: the blob starts over, once, whole. The session is journalled, so that the
// process after a killed one can ask question 2, too.
#include "base/error.hpp"
#include "base/units.hpp"
#include "registry/refusal.hpp"
#include "registry/remote.hpp"
#include "registry/spool.hpp"
#include "registry/upload_session.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace aiops::registry {
namespace {

constexpr std::uint64_t kWorthResuming = 1 << 20;  // below, a fresh start costs less than asking
constexpr std::array<std::uint64_t, 2> kSmallPieces = {4 << 20, 1 << 20};  // after the usual one
constexpr std::uint64_t kSmallestPiece = 64 << 10;  // whatever a registry says
constexpr int kFailuresBeforePieces = 2;

class BlobUpload {
 public:
  BlobUpload(Remote& remote, const pack::Blob& blob,
             const std::function<void(std::uint64_t)>& moved)
      : remote_(remote),
        blob_(blob),
        size_(blob.descriptor.size),
        moved_(moved),
        action_("push blob " + blob.descriptor.digest.short_form() + " to " + remote.name()),
        limits_(remote.memory->limits.get()),
        budget_(remote.session->budget()) {
    if (remote.chunk != 0 || (limits_.whole_refused != 0 && size_ >= limits_.whole_refused))
      piece_ = remote.chunk != 0 ? remote.chunk : limits_.piece;
    if (size_ >= kWorthResuming)
      journal_ =
          remote.memory->journal.open(remote.session->base().origin(), remote.repository, digest());
  }

  pack::BlobFate run() {
    try {
      if (!take_up_journal() && mount()) {
        journal_.forget();
        return pack::BlobFate::mounted;
      }
      while (!step()) {
      }
    } catch (...) {
      if (source_broke_ && place_) cancel_upload(remote_, *place_);
      if (source_broke_ || !place_) journal_.forget();
      throw;
    }
    journal_.forget();
    if (whole_refused_ != 0) remote_.memory->limits.refused_whole(whole_refused_, piece_);
    return pack::BlobFate::sent;
  }

 private:
  const Digest& digest() const { return blob_.descriptor.digest; }

  bool take_up_journal() {
    if (!journal_.session()) return false;
    go_on_at(ask_status(remote_, *journal_.session()));
    return place_.has_value();
  }

  // True when the registry has the blob now. A session that it opened instead is used.
  bool mount() {
    auto from = std::optional(remote_.mount_from);
    if (from->empty()) from = remote_.memory->blobs.elsewhere(digest(), remote_.repository);
    if (!from) return false;
    const auto answer = try_mount(remote_, digest(), *from);
    if (!answer) remote_.memory->blobs.distrust(*from);
    if (!answer) return false;
    if (answer->status != 201) {
      opened(*answer);
      return false;
    }
    // distribution 2.8 says 201 for a sha512 too, but links the blob under its sha256 alone.
    return digest().algorithm() == "sha256" || has_blob(remote_, blob_.descriptor);
  }

  void opened(const Response& answer) {
    place_ = UploadPlace{*new_location(answer), 0};
    least_piece_ = least_piece(answer);
    ++sessions_;
    resumed_ = false;
    delivered_ = 0;
    journal_.keep(*place_);
  }

  // One request that moves the upload on. True when the registry has the blob.
  bool step() {
    if (!blob_.read_at) blob_ = seekable(blob_, remote_.spool);
    if (!place_) opened(open_upload(remote_, action_));
    const std::uint64_t piece = next_piece();
    const bool whole = place_->offset == 0 && piece == size_;
    const bool closes = whole || place_->offset == size_;
    const Upload body = body_of(closes && !whole ? 0 : piece);
    Request request = upload_request(closes ? Method::put : Method::patch, *place_, body,
                                     closes ? &digest() : nullptr);
    request.settles = size_;
    asked_wait_.reset();
    try {
      const Response response = remote_.session->attempt(request, remote_.scopes);
      const UploadAnswer answer = meaning_of(response);
      if (answer == UploadAnswer::taken)
        return closes ? is_there(response) : advance(response, piece);
      note_failure(response);
      return recover(answer, closes, piece);
    } catch (const TransportFailure& failure) {
      failure_ = unreachable(failure, request.url);
      busy_ = timed_out_ = false;
      failure_->message = "cannot " + action_ + ": " + failure_->message;
      if (failure.kind == TransportFailure::Kind::tls) throw *failure_;
      return recover(UploadAnswer::transient, closes, piece);
    }
  }

  std::uint64_t next_piece() const {
    const std::uint64_t left = size_ - place_->offset;
    std::uint64_t piece = piece_ == 0 ? left : piece_;
    if (least_piece_ < refused_) piece = std::max(piece, least_piece_);
    const bool patches = place_->offset > 0 || piece < left;
    if (patches && limits_.patch_limit != 0) piece = std::min(piece, limits_.patch_limit);
    return std::min(piece, left);
  }

  Upload body_of(std::uint64_t size) {
    Upload body;
    body.size = size;
    const std::uint64_t first = place_->offset;
    body.read = [this, first](std::uint64_t offset, std::span<std::byte> into) {
      try {
        blob_.read_at(first + offset, into);
      } catch (...) {
        source_broke_ = true;
        throw;
      }
    };
    body.sent = [this, first](std::uint64_t offset) {
      delivered_ = std::max(delivered_, first + offset);
      report(first + offset);
    };
    return body;
  }

  void report(std::uint64_t offset) {
    if (offset <= reported_) return;  // sent before, in an attempt that broke
    if (moved_) moved_(offset - reported_);
    reported_ = offset;
  }

  // 201, or 204; some say 200 or 202, and so does a page of HTML.
  bool is_there(const Response& response) {
    if (response.status == 201 || response.status == 204 || has_blob(remote_, blob_.descriptor))
      return true;
    failure_ =
        Error(ExitCode::failed, "cannot " + action_ + ": the registry answered " +
                                    std::to_string(response.status) + " and does not have it");
    return recover(UploadAnswer::lost, false, 0);
  }

  bool advance(const Response& response, std::uint64_t piece) {
    place_->offset += piece;
    if (auto newer = new_location(response)) place_->location = std::move(*newer);
    journal_.keep(*place_);
    progressed();
    return false;
  }

  // Only what was never reached before counts, so that sessions which die cannot go on for ever.
  void progressed() {
    if (place_->offset <= furthest_) return;
    furthest_ = place_->offset;
    failures_ = 0;
    budget_.progressed();
  }

  void note_failure(const Response& response) {
    failure_ = refusal(response, action_);
    busy_ = response.status == 429 || response.status == 503;
    timed_out_ = response.status == 524;
    if (const auto field = response.headers.find("Retry-After"))
      asked_wait_ = parse_retry_after(*field, std::chrono::system_clock::now());
  }

  // What to do after an answer that did not take the body. True when the registry has the blob.
  bool recover(UploadAnswer answer, bool closes, std::uint64_t piece) {
    switch (answer) {
      case UploadAnswer::digest_refused:
        start_over_after_refused_digest();
        return false;
      case UploadAnswer::too_large:
        shrink(piece, closes);
        return false;
      case UploadAnswer::refused:
        if (closes || whole_refused_ != 0) throw *failure_;
        distrust_ = true;  // no PATCH here, then: the PUT that every registry takes
        piece_ = 0;
        break;
      case UploadAnswer::transient:
        if (++failures_ >= kFailuresBeforePieces && !busy_) go_in_smaller_pieces(piece);
        break;
      case UploadAnswer::out_of_step:
        // It said where it is and refuses to go on from there.
        if (resumed_ && place_->offset == kept_) distrust_ = true;
        [[fallthrough]];
      default:
        failure_->code = ExitCode::unavailable;
        break;
    }
    const bool all_arrived = closes && delivered_ == size_;
    if (all_arrived && has_blob(remote_, blob_.descriptor)) return true;
    if (!budget_.try_again(asked_wait_)) give_up();
    if (closes && has_blob(remote_, blob_.descriptor)) return true;
    resume(answer);
    return false;
  }

  void resume(UploadAnswer answer) {
    const bool keeps_bytes = place_->offset > 0 || delivered_ > 0;
    if (keeps_bytes && answer != UploadAnswer::lost && !distrust_ && size_ >= kWorthResuming)
      go_on_at(ask_status(remote_, *place_));
    else
      go_on_at(std::nullopt);
  }

  // Goes on with a session as the registry sees it, believed only as far as it can be true. At its
  // first byte a new session is safer: some refuse byte 0 on an old one (ECR: 416).
  void go_on_at(std::optional<UploadPlace> found) {
    place_.reset();
    std::uint64_t offset = found ? found->offset : 0;
    if (delivered_ != 0) offset = std::min(offset, delivered_);
    if (offset == 0 || offset > size_) return journal_.lose();
    place_ = UploadPlace{std::move(found->location), offset};
    resumed_ = true;
    if (offset > kept_) remote_.session->traffic().kept += offset - kept_;
    kept_ = std::max(kept_, offset);
    report(offset);
    journal_.keep(*place_);
    progressed();
  }

  void start_over_after_refused_digest() {
    place_.reset();  // §pushing-blobs: the session ends with it
    journal_.lose();
    if (!resumed_) verify_source();
    if (digests_refused_++ > 0)
      throw verification_error(Reason::digest_mismatch,
                               "cannot " + action_ + ": the registry computes another digest for " +
                                   "the bytes, which have it here");
    distrust_ = true;
  }

  // What was read is read again: has it changed, no attempt can help.
  void verify_source() {
    Hasher hasher(digest().algorithm());
    std::vector<std::byte> block(kWorthResuming);
    for (std::uint64_t at = 0; at < size_; at += block.size()) {
      block.resize(static_cast<std::size_t>(std::min<std::uint64_t>(block.size(), size_ - at)));
      blob_.read_at(at, block);
      hasher.update(block);
    }
    if (hasher.finish() != digest())
      throw verification_error(
          Reason::digest_mismatch,
          "cannot " + action_ + ": its source has changed, what was read does not have that digest",
          "pack it again");
  }

  // The next smaller size that was not refused yet; each is tried once.
  void shrink(std::uint64_t refused, bool closes) {
    const bool whole = closes && refused == size_;
    if (closes && !whole) throw *failure_;  // not even no body is small enough
    if (whole) whole_refused_ = size_;
    refused_ = std::min(refused_, refused);
    std::uint64_t next = smaller_than(refused);
    const auto stated = stated_limit(failure_->message);
    if (!whole && stated && *stated >= kSmallestPiece && *stated < refused) next = *stated;
    if (next == 0) name_the_limit(refused);
    if (whole) {
      piece_ = next;
    } else {
      limits_.patch_limit = next;
      remote_.memory->limits.refused_patch(next);
      if (remote_.chunk == 0 && whole_refused_ == 0 && limits_.whole_refused == 0) piece_ = 0;
    }
    place_.reset();
    journal_.lose();
  }

  // The next step of the ladder, 0 at its end.
  std::uint64_t smaller_than(std::uint64_t refused) const {
    if (limits_.piece < refused) return limits_.piece;
    for (const auto small : kSmallPieces)
      if (small < refused) return small;
    return 0;
  }

  [[noreturn]] void name_the_limit(std::uint64_t refused) {
    failure_->message += "; not even " + format_bytes(refused) + " at a time pass";
    throw *failure_;
  }

  // Not refused for its size but failed twice in a row: a shorter request may be short enough. Only
  // who says that it is the time (524) is given very small ones.
  void go_in_smaller_pieces(std::uint64_t failed) {
    const std::uint64_t next = smaller_than(failed);
    if (next == 0 || (next != limits_.piece && !timed_out_)) return;
    piece_ = next;
    failures_ = 0;
  }

  [[noreturn]] void give_up() {
    if (sessions_ > 1) failure_->message += ", after " + counted(sessions_, "upload session");
    throw *failure_;
  }

  Remote& remote_;
  pack::Blob blob_;
  std::uint64_t size_;
  const std::function<void(std::uint64_t)>& moved_;
  std::string action_;
  UploadLimits limits_;
  RetryBudget budget_;
  PushJournal::Entry journal_;

  std::optional<UploadPlace> place_;
  std::uint64_t piece_ = 0;        // of a PATCH; 0: all that is left at once
  std::uint64_t least_piece_ = 0;  // that the registry asks for
  bool resumed_ = false;           // the offset is the registry's word
  bool distrust_ = false;          // a resumed session went wrong
  bool source_broke_ = false;

  std::uint64_t delivered_ = 0;  // handed to the network in this session; 0 in one of the journal
  std::uint64_t reported_ = 0;
  std::uint64_t furthest_ = 0;  // that the registry ever had
  std::uint64_t kept_ = 0;      // that did not have to be sent again
  std::uint64_t whole_refused_ = 0;
  std::uint64_t refused_ = std::numeric_limits<std::uint64_t>::max();  // the smallest body refused
  std::uint64_t sessions_ = 0;                                         // opened
  int failures_ = 0;                                                   // in a row
  bool busy_ = false, timed_out_ = false;                              // what the last one said
  int digests_refused_ = 0;
  std::optional<Error> failure_;
  std::optional<Milliseconds> asked_wait_;
};

// Before hours are spent on it: the registry may have been changed since, so this is no refusal.
void warn_of_limit(Remote& remote, const pack::Descriptor& blob) {
  const Quirks& quirks = quirks_of(remote.session->base().authority);
  if (quirks.blob_limit == 0 || blob.size <= quirks.blob_limit) return;
  remote.status->warn("blob " + blob.digest.short_form() + " has " + format_bytes(blob.size) +
                      " and may be refused: " + std::string(quirks.blob_note));
}

}  // namespace

bool has_blob(Remote& remote, const pack::Descriptor& blob) {
  const Response response =
      remote.session->send({Method::head, remote.url("blobs/" + blob.digest.str())}, remote.scopes);
  if (response.status == 404) return false;
  if (!response.ok())
    throw refusal(response, "look for blob " + blob.digest.short_form() + " in " + remote.name());
  return true;
}

pack::BlobFate upload_blob(Remote& remote, const pack::Blob& blob,
                           const std::function<void(std::uint64_t)>& moved) {
  const auto& descriptor = blob.descriptor;
  pack::BlobFate fate = pack::BlobFate::existed;
  if (has_blob(remote, descriptor)) {
    remote.memory->journal.drop(remote.session->base().origin(), remote.repository,
                                descriptor.digest);
  } else {
    warn_of_limit(remote, descriptor);
    fate = BlobUpload(remote, blob, moved).run();
  }
  remote.memory->blobs.note(descriptor.digest, remote.repository);
  return fate;
}

}  // namespace aiops::registry
