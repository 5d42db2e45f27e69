// SPDX-License-Identifier: Apache-2.0
#include "sign/model_directory.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "sign/bundle.hpp"
#include "sign/model_files.hpp"
#include "sign/statement.hpp"

#include <set>
#include <system_error>

namespace aiops::sign {
namespace {

namespace fs = std::filesystem;

// The path without links and dots, as far as it exists.
fs::path resolved(const fs::path& path) {
  std::error_code error;
  fs::path whole = fs::weakly_canonical(path, error);
  if (error) throw system_error(path.string(), error.value());
  return whole;
}

// The name of the signature inside the model; empty when it lies elsewhere.
std::string name_inside(const fs::path& model, const fs::path& signature) {
  const fs::path inside = resolved(signature).lexically_relative(resolved(model));
  const std::string name = inside.generic_string();
  return is_canonical_name(name) ? name : std::string();
}

std::string base_name(const fs::path& model) { return resolved(model).filename().string(); }

void refuse_odd(const fs::path& model, const Listing& listing) {
  if (listing.odd.empty()) return;
  const std::string& name = listing.odd[0];
  throw Error(
      ExitCode::failed,
      (model / printable(name)).string() + (is_canonical_name(name)
                                                ? ": is a link or a device, which cannot be signed"
                                                : ": its name is not UTF-8"),
      is_canonical_name(name) ? "cp -rL makes a copy with files in place of links" : std::string());
}

Bundle read_bundle(const fs::path& model, const fs::path& signature) {
  try {
    return parse_bundle(read_file(signature, kMaxBundle), signature.string());
  } catch (const Error& error) {
    if (error.code == ExitCode::not_found)
      throw verification_error(Reason::unsigned_,
                               model.string() + ": no signature at " + signature.string(),
                               "give --signature FILE if it lies elsewhere");
    if (error.code == ExitCode::failed)
      throw verification_error(Reason::bad_signature, error.message);
    throw;
  }
}

// The model statement in a bundle that one of `keys` signed.
OmsStatement open_bundle(const Bundle& bundle, const PublicKey* signer,
                         const std::vector<PublicKey>& keys, const std::string& what) {
  if (signer == nullptr && hints_at(bundle, keys))
    throw verification_error(Reason::bad_signature,
                             what + ": names a trusted key but was not made with it");
  if (signer == nullptr)
    throw verification_error(Reason::untrusted_key, what + ": not made with a trusted key",
                             "give the signer's public key with --key, if you trust it");
  if (bundle.envelope.payload_type != kInTotoPayload)
    throw verification_error(Reason::bad_signature,
                             what + ": signs something that is not a statement");
  try {
    return parse_oms(parse_statement(bundle.envelope.payload, what), what);
  } catch (const Error& error) {
    throw verification_error(Reason::bad_signature, error.message, error.mend);
  }
}

// What the listing passed over, but for the signature, which signs the rest.
std::vector<std::string> without(std::vector<std::string> ignored, const std::string& signature) {
  std::erase(ignored, signature);
  return ignored;
}

// Paths that are not looked at. A file that was signed is, wherever it lies.
std::set<std::string> ignored_paths(const OmsStatement& oms, const std::string& signature,
                                    Unsigned may_be_unsigned) {
  std::set<std::string> paths;
  if (may_be_unsigned == Unsigned::as_signed) {
    paths = git_paths();
    paths.insert(oms.ignore_paths.begin(), oms.ignore_paths.end());
  }
  for (const Resource& resource : oms.resources)
    for (std::size_t end = 0; end != std::string::npos;) {
      end = resource.name.find('/', end + 1);
      paths.erase(resource.name.substr(0, end));
    }
  if (!signature.empty()) paths.insert(signature);
  return paths;
}

}  // namespace

fs::path default_signature_of(const fs::path& model) {
  if (is_file(model)) return model.string() + ".sig";
  return model / "model.sig";
}

SignedModel sign_model(const fs::path& model, const fs::path& signature, const PrivateKey& key,
                       pack::DigestMemory& known, Status& status, const StopFlag& stop) {
  std::set<std::string> ignore = git_paths();
  const std::string inside = name_inside(model, signature);
  if (!inside.empty()) ignore.insert(inside);
  const Listing listing = list_files(model, ignore);
  refuse_odd(model, listing);
  const auto resources = hash_files(model, listing.files, known, status, stop);
  const bool single = is_file(model);
  std::string payload = make_oms_statement(
      resources, base_name(model),
      single ? std::vector<std::string>() : std::vector<std::string>(ignore.begin(), ignore.end()));
  const std::string root = parse_oms(parse_statement(payload, model.string()), model.string()).root;
  const Bundle bundle{sign_envelope(std::move(payload), key), oms_hint(key.public_key())};
  const std::string bytes = to_bytes(bundle);
  if (bytes.size() > kMaxBundle)
    throw Error(ExitCode::failed, model.string() + ": too many files for one signature");
  write_file_atomically(signature, bytes);
  return {root, resources.size(), without(listing.ignored, inside)};
}

ModelVerdict verify_model(const fs::path& model, const fs::path& signature,
                          const std::vector<PublicKey>& keys, Unsigned may_be_unsigned,
                          Status& status, const StopFlag& stop) {
  const Bundle bundle = read_bundle(model, signature);
  const PublicKey* signer = signer_of(bundle, keys);
  const OmsStatement oms = open_bundle(bundle, signer, keys, signature.string());
  const std::string inside = name_inside(model, signature);
  const Listing listing = list_files(model, ignored_paths(oms, inside, may_be_unsigned));
  return {signer->id(), oms.root, oms.resources.size(), without(listing.ignored, inside),
          compare_files(model, listing, oms, status, stop)};
}

}  // namespace aiops::sign
