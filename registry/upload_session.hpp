// SPDX-License-Identifier: Apache-2.0
// The requests of an upload and what their answers mean (distribution-spec 1.1 §pushing-blobs).
// What to do next is decided in blob_upload.cpp.
#pragma once

#include "registry/push_journal.hpp"
#include "registry/remote.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace aiops::registry {

using UploadPlace = PushJournal::Session;  // a Location, and how many bytes are there

// A field `Range: 0-LAST`, or `bytes=0-LAST`, as the number of bytes that the server has. Nothing
// when it is something else. `0-0` is what many answer for no byte: it counts as none.
std::optional<std::uint64_t> parse_upload_range(std::string_view field);

// OCI-Chunk-Min-Length, or 0 when it is absent or junk. How absurd it is does not matter: the last
// piece of a blob may be shorter.
std::uint64_t least_piece(const Response& response);

// The size in words such as "exceeds the maximum permissible limit of 4.00MiB".
std::optional<std::uint64_t> stated_limit(std::string_view text);

enum class UploadAnswer {
  taken,
  too_large,       // 413, or a 416 that speaks of a limit: a smaller body may do
  out_of_step,     // the server is at another byte than we think
  lost,            // the session is gone
  digest_refused,  // what arrived has another digest
  transient,       // may be different the next time
  refused,         // for good
};
UploadAnswer meaning_of(const Response& response);

// POST. Throws what the registry says when it opens no session.
Response open_upload(Remote& remote, const std::string& action);
// POST ?mount=&from=: 201, a session with 202, or nothing when mounting is not for us, for whatever
// reason.
std::optional<Response> try_mount(Remote& remote, const Digest& digest, const std::string& from);
// The Location of an answer, or nothing.
std::optional<Url> new_location(const Response& response);

// PATCH, PUT: `body` continues the session at `place.offset`; an empty digest leaves it open.
Request upload_request(Method method, const UploadPlace& place, const Upload& body,
                       const Digest* digest);

// Where a session stands, or nothing when the registry does not know it any more. Asks until two
// answers agree: after a broken connection the server may still be storing what had arrived.
std::optional<UploadPlace> ask_status(Remote& remote, UploadPlace place);

// DELETE, once and without caring for the answer: some registries want a right for it that pushing
// does not need.
void cancel_upload(Remote& remote, const UploadPlace& place) noexcept;

}  // namespace aiops::registry
