// SPDX-License-Identifier: Apache-2.0
// A blob goes up as one PUT with its exact length. Chunks would not help: the most common
// registries forget a session that was cut inside a chunk, so the unit of resumption is the blob,
// and packing keeps blobs bounded. After a lost reply the registry is asked whether it has the blob
// before a byte is sent again, because it may have kept it.
#include "base/error.hpp"
#include "registry/refusal.hpp"
#include "registry/remote.hpp"
#include "registry/spool.hpp"

#include <algorithm>

namespace aiops::registry {
namespace {

class BlobUpload {
 public:
  BlobUpload(Remote& remote, const pack::Blob& blob,
             const std::function<void(std::uint64_t)>& moved)
      : remote_(remote),
        blob_(seekable(blob, remote.spool)),
        action_("push blob " + blob.descriptor.digest.short_form() + " to " + remote.name()),
        budget_(remote.session->budget()) {
    body_.size = blob.descriptor.size;
    body_.read = blob_.read_at;
    body_.sent = [this, &moved](std::uint64_t offset) {
      if (offset <= highest_) return;  // sent before, in an attempt that broke
      if (moved) moved(offset - highest_);
      highest_ = offset;
    };
  }

  pack::BlobFate run() {
    std::optional<Url> location = remote_.mount_from.empty() ? start() : mount();
    if (!location) return pack::BlobFate::mounted;
    while (true) {
      if (put(*location) || has_blob(remote_, blob_.descriptor)) return pack::BlobFate::sent;
      // A lasting refusal, such as one that needs another session, is told by its last answer.
      if (!budget_.try_again(asked_wait_)) throw *failure_;
      location = start();
    }
  }

 private:
  // distribution-spec §mounting: 201 the registry has it, 202 a session is open after all; whatever
  // else means that mounting is not for us, and a plain session may do.
  std::optional<Url> mount() {
    Request post{Method::post, remote_.url("blobs/uploads/")};
    post.url = post.url.with_query("mount", blob_.descriptor.digest.str())
                   .with_query("from", remote_.mount_from);
    Scopes scopes = remote_.scopes;
    scopes.push_back("repository:" + remote_.mount_from + ":pull");
    try {
      const Response response = remote_.session->send(post, scopes);
      if (response.status == 201) return std::nullopt;
      if (response.status == 202) return location_of(response);
    } catch (const Error& error) {
      if (error.code != ExitCode::denied) throw;
    }
    return start();
  }

  Url start() {
    const Response response =
        remote_.session->send({Method::post, remote_.url("blobs/uploads/")}, remote_.scopes);
    if (response.status != 202) throw refusal(response, action_);
    return location_of(response);
  }

  Url location_of(const Response& response) const {
    const auto location = response.headers.find("Location");
    if (!location)
      throw Error(ExitCode::failed, "cannot " + action_ + ": the registry opened no session");
    return resolve_location(response.url, *location);
  }

  // True when the registry has taken the blob; else notes the failure, or throws a final one.
  bool put(const Url& location) {
    Request request{Method::put, location.with_query("digest", blob_.descriptor.digest.str())};
    request.headers.emplace_back("Content-Type", "application/octet-stream");
    request.upload = &body_;
    asked_wait_.reset();
    try {
      const Response response = remote_.session->attempt(request, remote_.scopes);
      if (response.ok()) return true;
      judge(response);
    } catch (const TransportFailure& failure) {
      failure_ = unreachable(failure, location);
      failure_->message = "cannot " + action_ + ": " + failure_->message;
      if (failure.kind == TransportFailure::Kind::tls) throw *failure_;
    }
    return false;
  }

  void judge(const Response& response) {
    const std::string code = error_code(response);
    if (code == "DIGEST_INVALID")
      throw verification_error(Reason::digest_mismatch,
                               "cannot " + action_ + ": what was read does not have that digest");
    failure_ = refusal(response, action_);
    const bool session_lost =
        response.status == 416 || code == "BLOB_UPLOAD_INVALID" || code == "BLOB_UPLOAD_UNKNOWN";
    if (!is_transient(response.status) && !session_lost) throw *failure_;
    if (session_lost) failure_->code = ExitCode::unavailable;
    if (const auto field = response.headers.find("Retry-After"))
      asked_wait_ = parse_retry_after(*field, std::chrono::system_clock::now());
  }

  Remote& remote_;
  pack::Blob blob_;
  std::string action_;
  RetryBudget budget_;
  Upload body_;
  std::uint64_t highest_ = 0;
  std::optional<Error> failure_;
  std::optional<Milliseconds> asked_wait_;
};

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
  if (has_blob(remote, blob.descriptor)) return pack::BlobFate::existed;
  return BlobUpload(remote, blob, moved).run();
}

}  // namespace aiops::registry
