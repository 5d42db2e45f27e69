// SPDX-License-Identifier: Apache-2.0
// One place that holds manifests and blobs: the local store, an OCI layout, an archive, a
// repository of a registry. Everything that moves artifacts (push, pull, copy, sign) is written
// once against this interface.
#pragma once

#include "base/error.hpp"
#include "pack/descriptor.hpp"
#include "pack/manifest.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aiops::pack {

// Receives a blob's bytes in order.
using Sink = std::function<void(std::span<const std::byte>)>;

class JobSlots;

// How a blob can be read in several places at once, each from a thread of its own.
struct Parts {
  // Whether the place has shown by an answer that it sends parts. Until then nobody may ask for one
  // unless that is the only way to go on: some registries break on an unasked Range.
  std::function<bool()> offered;
  // Sends the bytes [offset, offset + length) in order. `abandon` is asked about once a second,
  // also while nothing arrives; when it says true, Abandoned is thrown. Throws Refused when the
  // answer is not that part.
  std::function<void(std::uint64_t offset, std::uint64_t length, const Sink&,
                     const std::function<bool()>& abandon)>
      fetch;

  struct Abandoned {};
  struct Refused {};
};

// A blob to be read, more than once if need be.
struct Blob {
  Descriptor descriptor;
  // Sends the bytes from `offset` to the end, in order. Not verified: whoever stores them hashes
  // them as they arrive.
  std::function<void(std::uint64_t offset, const Sink&)> stream;
  // Random access, thread-safe, fills the span completely or throws; empty when the place can only
  // stream.
  std::function<void(std::uint64_t offset, std::span<std::byte>)> read_at;
  std::optional<Parts> parts = {};  // where reading in parts may be faster than in one go
  // Told that what was streamed does not match the digest. True: there is another place to stream
  // it from, from the first byte. Empty: there is none.
  std::function<bool()> elsewhere = {};
  std::shared_ptr<JobSlots> idle_jobs = {};  // what may be taken for more parts; none: nothing may
};

// A place refuses a manifest because it does not have (any more) what the manifest names, although
// it was pushed before: stores that agree late, or a collector between the two.
struct MissingBlobs : Error {
  using Error::Error;
};

enum class BlobFate { sent, existed, mounted };

// All members may be called from several threads at once. Failures are Errors: not_found, denied,
// unavailable, unverified (digest-mismatch), failed.
class Repository {
 public:
  virtual ~Repository() = default;

  // For messages: "localhost:5000/demo", "demo", "oci:/tmp/layout".
  virtual std::string name() const = 0;

  // The manifest or index behind a tag or a digest ("v1" or "sha256:…"); its bytes match the
  // returned descriptor's digest. Throws not_found naming it.
  virtual Document fetch_manifest(std::string_view tag_or_digest) = 0;
  virtual bool has(const Descriptor& blob) = 0;
  virtual Blob blob(const Descriptor& descriptor) = 0;
  // Stores a blob unless it is there already; verifies the digest on the way. `moved` hears the
  // bytes as they pass.
  virtual BlobFate push(const Blob& blob, const std::function<void(std::uint64_t)>& moved) = 0;
  // Stores a manifest or index (after its blobs), under `tag` unless empty. When it has a
  // `subject`, it becomes a referrer: by the referrers API where there is one, and in the fallback
  // tag `sha256-<hex>` where not. Throws MissingBlobs, and Error{conflict} when the tag is taken
  // and may not be moved.
  virtual void push_manifest(const Document& document, std::string_view tag) = 0;
  // Descriptors of the manifests whose subject is `digest`; artifactType filled in from the
  // manifests where the listing lacks it. Empty when there are none; a transport error is thrown,
  // never reported as "none".
  virtual std::vector<Descriptor> referrers(const Digest& subject) = 0;
  virtual std::vector<std::string> tags() = 0;
};

// The tag of the referrers fallback index: the algorithm, and of the hex at most 64 digits
// (distribution-spec 1.1 §referrers-tag-schema).
std::string referrers_tag(const Digest& subject);

// Reads a blob of at most `limit` bytes into memory and checks its digest. Throws digest-mismatch,
// failed when larger.
std::string read_blob(Repository& repository, const Descriptor& descriptor,
                      std::uint64_t limit = 16u << 20);

// A blob that is in memory; keeps its own copy of the bytes.
Blob memory_blob(std::string bytes, std::string_view media_type);

}  // namespace aiops::pack
