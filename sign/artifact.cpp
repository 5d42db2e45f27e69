// SPDX-License-Identifier: Apache-2.0
#include "sign/artifact.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "sign/oms.hpp"
#include "sign/referrer.hpp"
#include "sign/statement.hpp"

#include <algorithm>
#include <optional>
#include <set>

namespace aiops::sign {
namespace {

// A statement that one of the keys made.
struct Signed {
  Digest referrer;
  const PublicKey* key;
  Statement statement;
};

// Everything that refers to one artifact, sorted by what it is worth.
struct Findings {
  std::vector<Signed> statements;
  std::string broken;         // the first one that names a trusted key or cannot be read, and why
  std::size_t strangers = 0;  // sound bundles by other keys
};

void sort_in(const AttachedBundle& attached, const std::vector<PublicKey>& keys,
             Findings& findings) {
  const std::string what = "signature " + attached.referrer.short_form();
  const auto note = [&](const std::string& fault) {
    if (findings.broken.empty()) findings.broken = fault;
  };
  if (attached.bundle == nullptr) return note(attached.fault);
  const PublicKey* key = signer_of(*attached.bundle, keys);
  if (key == nullptr && !hints_at(*attached.bundle, keys)) {
    ++findings.strangers;
    return;
  }
  if (key == nullptr) return note(what + ": names a trusted key but was not made with it");
  if (attached.bundle->envelope.payload_type != kInTotoPayload)
    return note(what + ": signs something that is not a statement");
  try {
    findings.statements.push_back(
        {attached.referrer, key, parse_statement(attached.bundle->envelope.payload, what)});
  } catch (const Error& error) {
    note(error.message);
  }
}

Findings find_statements(pack::Repository& repository, const Digest& subject,
                         const std::vector<PublicKey>& keys) {
  Findings findings;
  for_each_bundle(repository, subject,
                  [&](const AttachedBundle& attached) { sort_in(attached, keys, findings); });
  return findings;
}

// Any in-toto statement with the right subject would do for cosign's own verifier; then a report of
// weaknesses would count as a signature. One subject, as cosign writes it.
bool is_signature_of(const Statement& statement, const Digest& digest) {
  return statement.predicate_type == kCosignPredicate && statement.subjects.size() == 1 &&
         statement.is_about(digest);
}

std::string name_of(pack::Repository& repository, const pack::Document& root) {
  return repository.name() + "@" + root.descriptor.digest.short_form();
}

[[noreturn]] void refuse_unsigned(const std::string& name, const Findings& findings,
                                  const Digest& digest) {
  for (const Signed& found : findings.statements)
    if (found.statement.predicate_type == kCosignPredicate && !found.statement.is_about(digest))
      throw verification_error(Reason::digest_mismatch,
                               name + ": its signature was made for another artifact");
  if (!findings.broken.empty())
    throw verification_error(Reason::bad_signature, name + ": " + findings.broken);
  if (!findings.statements.empty())
    throw verification_error(Reason::unsigned_,
                             name + ": a trusted key made the statement " +
                                 printable(findings.statements[0].statement.predicate_type) +
                                 " about it, but did not sign it");
  if (findings.strangers > 0)
    throw verification_error(Reason::untrusted_key, name + ": not signed by a trusted key",
                             "give the signer's public key with --key, if you trust it");
  throw verification_error(Reason::unsigned_, name + ": not signed",
                           "aiops sign REF --key KEY signs it");
}

Error contents_error(const std::string& name, const std::vector<Difference>& differ) {
  std::string message = name + ": " + aiops::name_of(differ[0].reason) + " " +
                        printable(differ[0].name) +
                        ": its layers are not the files that were signed";
  if (differ.size() > 1) message += " (" + std::to_string(differ.size()) + " differ)";
  return verification_error(differ[0].reason, message);
}

// The root of a model statement by `key` that lists exactly the layers; empty when the key made no
// model statement, or when layers are archives, whose files a manifest does not show. A statement
// about another model may be attached by anyone who may push, so one that agrees is enough; none
// that agrees is a contradiction.
std::string check_model(const std::string& name, const Findings& findings, const PublicKey* key,
                        const std::optional<std::vector<Resource>>& layers) {
  std::optional<Error> contradiction;
  for (const Signed& found : findings.statements) {
    if (!layers || found.key != key || found.statement.predicate_type != kOmsPredicate) continue;
    try {
      const OmsStatement oms =
          parse_oms(found.statement, "model statement " + found.referrer.short_form());
      const auto differ = differences(oms.resources, *layers);
      if (differ.empty()) return oms.root;
      if (!contradiction) contradiction = contents_error(name, differ);
    } catch (const Error& error) {
      if (!contradiction) contradiction = error;
    }
  }
  if (contradiction) throw Error(*contradiction);
  return {};
}

std::string base_name(const std::string& path) { return path.substr(path.find_last_of("/:") + 1); }

Bundle make_bundle(std::string statement, const PrivateKey& key, std::string hint) {
  return {sign_envelope(std::move(statement), key), std::move(hint)};
}

// The referrer in which `key` has already made a statement that `matches`.
template <typename Matches>
std::optional<Digest> existing(const Findings& findings, Matches matches) {
  for (const Signed& found : findings.statements)
    if (matches(found.statement)) return found.referrer;
  return std::nullopt;
}

bool lists(const Statement& statement, const std::vector<Resource>& layers) {
  try {
    return statement.predicate_type == kOmsPredicate &&
           differences(parse_oms(statement, "statement").resources, layers).empty();
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

Verdict verify_artifact(pack::Repository& repository, const pack::Document& root,
                        const std::vector<PublicKey>& keys) {
  const Digest& digest = root.descriptor.digest;
  const std::string name = name_of(repository, root);
  // Whoever hands over the manifest may have fetched it twice: what is verified is what is used.
  Hasher hasher(digest.algorithm());
  hasher.update(root.bytes);
  if (hasher.finish() != digest)
    throw verification_error(Reason::digest_mismatch, name + ": the manifest has another digest");

  const Findings findings = find_statements(repository, digest, keys);
  const auto signature =
      std::find_if(findings.statements.begin(), findings.statements.end(),
                   [&](const Signed& found) { return is_signature_of(found.statement, digest); });
  if (signature == findings.statements.end()) refuse_unsigned(name, findings, digest);

  Verdict verdict;
  verdict.key = signature->key->id();
  verdict.oms_root = check_model(name, findings, signature->key, resources_of(root));
  std::set<std::string> types;
  if (!verdict.oms_root.empty()) types.insert(std::string(kOmsPredicate));
  for (const Signed& found : findings.statements)
    if (found.key == signature->key && found.statement.is_about(digest))
      types.insert(found.statement.predicate_type);
  verdict.statements.assign(types.begin(), types.end());
  return verdict;
}

std::vector<Digest> sign_artifact(pack::Repository& repository, const pack::Document& root,
                                  const PrivateKey& key) {
  const std::vector<PublicKey> own = {key.public_key()};
  const Digest& digest = root.descriptor.digest;
  const Findings said = find_statements(repository, digest, own);
  std::vector<Digest> referrers;

  if (auto found = existing(said, [&](const auto& s) { return is_signature_of(s, digest); }))
    referrers.push_back(*found);
  else
    referrers.push_back(attach_bundle(
        repository, root.descriptor,
        make_bundle(make_cosign_statement(digest), key, sigstore_hint(own[0])), kCosignPredicate));

  const auto layers = resources_of(root);
  if (!layers) return referrers;
  if (auto found = existing(said, [&](const auto& s) { return lists(s, *layers); }))
    referrers.push_back(*found);
  else  // model-signing refuses a hint that is not of its own form; cosign reads none
    referrers.push_back(
        attach_bundle(repository, root.descriptor,
                      make_bundle(make_oms_statement(*layers, base_name(repository.name())), key,
                                  oms_hint(own[0])),
                      kOmsPredicate));
  return referrers;
}

}  // namespace aiops::sign
