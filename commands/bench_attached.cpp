// SPDX-License-Identifier: Apache-2.0
#include "commands/bench_attached.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "commands/bench_attachment.hpp"
#include "pack/media_type.hpp"
#include "sign/referrer.hpp"
#include "sign/statement.hpp"

#include <algorithm>
#include <map>
#include <optional>

namespace aiops::commands {
namespace {

constexpr std::size_t kMostReferrers = 256;
constexpr std::uint64_t kMostBytes = 256u << 20;

struct Claim {
  Maker maker = Maker::nobody;
  std::string key;
};

using Claims = std::map<std::string, Claim>;  // by the digest of the records

// The records that a statement of ours about `subject` names; nothing when it is something else.
std::optional<std::string> records_in(const sign::Bundle& bundle, const Digest& subject) {
  if (bundle.envelope.payload_type != sign::kInTotoPayload) return std::nullopt;
  try {
    const auto said = sign::parse_statement(bundle.envelope.payload, "statement");
    if (said.predicate_type != kBenchPredicate || !said.is_about(subject)) return std::nullopt;
    const Json& digest = said.predicate->at("records").at("digest");
    return "sha256:" + digest.at("sha256").get<std::string>();
  } catch (const Error&) {
    return std::nullopt;
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

Claims claims_about(pack::Repository& repository, const Digest& subject,
                    const std::vector<sign::PublicKey>& keys) {
  Claims claims;
  sign::for_each_bundle(repository, subject, [&](const sign::AttachedBundle& attached) {
    if (attached.bundle == nullptr) return;
    const auto records = records_in(*attached.bundle, subject);
    if (!records) return;
    Claim claim{Maker::stranger, {}};
    if (const auto* key = sign::signer_of(*attached.bundle, keys))
      claim = {Maker::trusted, key->id().hex};
    else if (sign::hints_at(*attached.bundle, keys))
      claim.maker = Maker::broken;
    Claim& best = claims[*records];
    if (claim.maker > best.maker) best = claim;
  });
  return claims;
}

enum class Keys { none, some };

std::string standing_of(const Claim& claim, Keys keys) {
  switch (claim.maker) {
    case Maker::trusted:
      return "signed by the trusted key " + claim.key;
    case Maker::broken:
      return "its signature names a trusted key and was not made with it: a claim";
    case Maker::stranger:
      return keys == Keys::none ? "signed, and not verified: no key is given"
                                : "not signed by a trusted key: a claim";
    case Maker::nobody:
      break;
  }
  return "not signed: a claim";
}

pack::Descriptor layer_of(pack::Repository& repository, const Digest& referrer,
                          const Digest& subject, const std::string& where) {
  const auto document = repository.fetch_manifest(referrer.str());
  const auto manifest = pack::Manifest::parse(document.bytes, where);
  if (!manifest.subject || manifest.subject->digest != subject || manifest.layers.size() != 1 ||
      manifest.layers[0].media_type != pack::media_type::kJsonLines)
    throw Error(ExitCode::failed, where + ": is not what its listing says, benchmark records");
  return manifest.layers[0];
}

std::string created(const pack::Descriptor& referrer) {
  const auto found = referrer.annotations.find(std::string(pack::annotation::kCreated));
  return found == referrer.annotations.end() ? std::string() : found->second;
}

std::vector<pack::Descriptor> record_referrers(pack::Repository& repository,
                                               const Digest& subject) {
  auto referrers = repository.referrers(subject);
  std::erase_if(referrers, [](const pack::Descriptor& one) {
    return one.artifact_type != pack::media_type::kBenchRecords;
  });
  std::stable_sort(referrers.begin(), referrers.end(),
                   [](const auto& a, const auto& b) { return created(a) < created(b); });
  return referrers;
}

}  // namespace

AttachedSearch attached_records(pack::Repository& repository, const Digest& subject,
                                const std::vector<sign::PublicKey>& keys, Status& status) {
  AttachedSearch search;
  auto referrers = record_referrers(repository, subject);
  if (referrers.empty()) return search;
  if (referrers.size() > kMostReferrers) {  // the newest
    status.warn(std::to_string(referrers.size()) + " files of records, of which the last " +
                std::to_string(kMostReferrers) + " are read");
    referrers.erase(referrers.begin(), referrers.end() - kMostReferrers);
  }
  const Claims claims = claims_about(repository, subject, keys);
  std::uint64_t left = kMostBytes;
  for (const pack::Descriptor& referrer : referrers) {
    const std::string where = repository.name() + "@" + referrer.digest.short_form();
    try {
      const auto layer = layer_of(repository, referrer.digest, subject, where);
      std::string lines = pack::read_blob(repository, layer, left);
      left -= lines.size();
      const auto found = claims.find(layer.digest.str());
      const Claim claim = found == claims.end() ? Claim() : found->second;
      search.found.push_back({where, std::move(lines), claim.maker,
                              standing_of(claim, keys.empty() ? Keys::none : Keys::some)});
    } catch (const Error& error) {
      if (!sign::is_about_content(error)) throw;
      status.warn(error.message);
      ++search.unreadable;
    }
  }
  return search;
}

}  // namespace aiops::commands
