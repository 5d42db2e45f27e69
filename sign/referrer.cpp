// SPDX-License-Identifier: Apache-2.0
#include "sign/referrer.hpp"

#include "pack/attachment.hpp"
#include "pack/media_type.hpp"

#include <algorithm>
#include <optional>
#include <vector>

namespace aiops::sign {
namespace {

constexpr std::size_t kMaxReferrers = 256;
constexpr std::uint64_t kMaxBytes = 256u << 20;
constexpr std::uint64_t kMaxManifest = 4u << 20;
constexpr std::string_view kBundlePrefix = "application/vnd.dev.sigstore.bundle";

bool says_bundle(std::string_view type) { return type.starts_with(kBundlePrefix); }

// The layer that holds the bundle, or nothing when the referrer is something else.
std::optional<pack::Descriptor> bundle_layer(pack::Repository& repository,
                                             const pack::Descriptor& referrer,
                                             const Digest& subject) {
  const pack::Document document = repository.fetch_manifest(referrer.digest.str());
  const auto manifest = pack::Manifest::parse(document.bytes, "referrer " + referrer.digest.str());
  if (!manifest.subject || manifest.subject->digest != subject || manifest.layers.empty() ||
      !says_bundle(manifest.layers[0].media_type))
    return std::nullopt;
  return manifest.layers[0];
}

// The bundle in a referrer, or nothing when the referrer is something else. Takes what it reads
// from `left`.
std::optional<Bundle> read_bundle(pack::Repository& repository, const pack::Descriptor& referrer,
                                  const Digest& subject, std::uint64_t& left) {
  if (referrer.size > kMaxManifest) return std::nullopt;
  const auto layer = bundle_layer(repository, referrer, subject);
  if (!layer) return std::nullopt;
  const std::string what = "signature " + referrer.digest.short_form();
  if (layer->size > std::min<std::uint64_t>(left, kMaxBundle))
    throw Error(ExitCode::failed, what + ": too large for a signature");
  left -= layer->size;
  return parse_bundle(pack::read_blob(repository, *layer, kMaxBundle), what);
}

}  // namespace

bool is_about_content(const Error& error) {
  return error.code == ExitCode::failed || error.code == ExitCode::unverified ||
         error.code == ExitCode::not_found;
}

Digest attach_bundle(pack::Repository& repository, const pack::Descriptor& subject,
                     const Bundle& bundle, std::string_view predicate_type) {
  using namespace pack::media_type;
  // cosign adds org.opencontainers.image.created; nothing reads it, and we write no clock.
  return pack::attach(
      repository, subject,
      {.artifact_type = std::string(kSigstoreBundle),
       .content = pack::memory_blob(to_bytes(bundle), kSigstoreBundle),
       .annotations = {{"dev.sigstore.bundle.content", "dsse-envelope"},
                       {"dev.sigstore.bundle.predicateType", std::string(predicate_type)}}});
}

void for_each_bundle(pack::Repository& repository, const Digest& subject,
                     const std::function<void(const AttachedBundle&)>& visit) {
  std::vector<pack::Descriptor> referrers = repository.referrers(subject);
  std::stable_partition(referrers.begin(), referrers.end(),
                        [](const auto& r) { return says_bundle(r.artifact_type); });
  if (referrers.size() > kMaxReferrers)
    referrers.erase(referrers.begin() + kMaxReferrers, referrers.end());
  std::uint64_t left = kMaxBytes;
  for (const pack::Descriptor& referrer : referrers) {
    std::optional<Bundle> bundle;
    std::string fault;
    try {
      bundle = read_bundle(repository, referrer, subject, left);
      if (!bundle) continue;
    } catch (const Error& error) {
      if (!is_about_content(error)) throw;
      fault = error.message;
    }
    visit({referrer.digest, bundle ? &*bundle : nullptr, fault});
  }
}

}  // namespace aiops::sign
