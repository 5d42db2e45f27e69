// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pack/repository.hpp"
#include "registry/session.hpp"
#include "registry/upload_memory.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aiops::registry {

// What the parts of a remote repository share: the session, the repository's name in it, and the
// rights to ask for.
struct Remote {
  std::unique_ptr<Session> session;
  std::string host;  // as the user wrote it
  std::string repository;
  Scopes scopes;
  std::string mount_from;
  std::filesystem::path spool;
  std::uint64_t chunk = 0;  // send blobs in pieces of this size; 0: whole
  std::unique_ptr<UploadMemory> memory;
  Status* status = nullptr;
  std::atomic<bool> sends_parts{false};  // an answer has shown it

  std::string name() const { return host + "/" + repository; }
  Url url(std::string_view rest) const {
    return session->url("/v2/" + repository + "/" + std::string(rest));
  }
};

// blob_download.cpp: the bytes from `offset` on, resumed by Range when the connection breaks.
void download_blob(Remote& remote, const pack::Descriptor& blob, std::uint64_t offset,
                   const pack::Sink& sink);
// The same as pack::Parts says.
pack::Parts parts_of(const std::shared_ptr<Remote>& remote, const pack::Descriptor& blob);

// blob_upload.cpp
bool has_blob(Remote& remote, const pack::Descriptor& blob);
pack::BlobFate upload_blob(Remote& remote, const pack::Blob& blob,
                           const std::function<void(std::uint64_t)>& moved);

// manifests.cpp
pack::Document get_manifest(Remote& remote, std::string_view tag_or_digest);
enum class SubjectNoted { no, yes };  // whether the registry keeps referrers itself (OCI-Subject)
SubjectNoted put_manifest(Remote& remote, const pack::Document& document, std::string_view tag);
std::vector<std::string> list_tags(Remote& remote);
std::string accepted_manifests();  // the Accept field of whoever asks for a manifest

// deletion.cpp
void delete_manifest(Remote& remote, const pack::Document& document);
void delete_blob(Remote& remote, const Digest& digest);
void delete_tag(Remote& remote, std::string_view tag);
std::optional<Digest> stated_digest(Remote& remote, std::string_view tag);

// referrers.cpp
std::vector<pack::Descriptor> list_referrers(Remote& remote, const Digest& subject);
// Adds the manifest to the fallback index of its subject.
void note_referrer(Remote& remote, const pack::Document& referrer, const Digest& subject);
// Takes it out again, where there is such an index.
void forget_referrer(Remote& remote, const pack::Document& referrer, const Digest& subject);

}  // namespace aiops::registry
