// SPDX-License-Identifier: Apache-2.0
// OpenSSF Model Signing (OMS) v1.0: a statement that lists every file of a model with its digest.
// Its one subject is the root, SHA-256 over the files' raw digests in the listed order.
#pragma once

#include "base/digest.hpp"
#include "base/error.hpp"
#include "pack/manifest.hpp"
#include "sign/statement.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aiops::sign {

// One file: its path with `/`, relative, canonical; and the SHA-256 of its bytes.
struct Resource {
  std::string name;
  Digest digest;
  bool operator==(const Resource&) const = default;
};

struct OmsStatement {
  std::vector<Resource> resources;        // in the listed order
  std::vector<std::string> ignore_paths;  // canonical ones only: others could name anything
  std::string root;                       // hex; recomputed, not taken from the subject
};

// True for a relative path in its one spelling: no empty, `.` or `..` part, no NUL, UTF-8.
bool is_canonical_name(std::string_view name);

// SHA-256 of the raw digests in this order, in hex.
std::string oms_root(const std::vector<Resource>& resources);

// The statement's bytes: resources in the order of the specification (code points of the whole
// name; for UTF-8 that is byte order). `ignore_paths` are recorded as given. Throws Error{failed}
// on no files at all, a name given twice or one that is not canonical.
std::string make_oms_statement(std::vector<Resource> resources, std::string_view model_name,
                               const std::vector<std::string>& ignore_paths = {});

// Reads a verified statement of kOmsPredicate: method `files`, hash `sha256`. The listed order is
// taken, as OMS verifiers must. Throws Error{failed} naming `what`; a root that is not the subject
// is bad-signature.
OmsStatement parse_oms(const Statement& statement, std::string_view what);

// The files of an artifact as its layers name them, without reading a byte of them: OMS's resource
// digest is the digest of a raw layer, and a difference says that of the whole file. Nothing when a
// layer is an archive or has no path.
std::optional<std::vector<Resource>> resources_of(const pack::Manifest& manifest);
// The same of a manifest as it travels; an index has none.
std::optional<std::vector<Resource>> resources_of(const pack::Document& root);

struct Difference {
  Reason reason;  // digest_mismatch, missing_file or extra_file
  std::string name;
  bool operator==(const Difference&) const = default;
};

// What must change for `found` to be exactly what was signed: mismatches, then missing, then extra
// files, each by name. Empty: they are equal, whatever their order.
std::vector<Difference> differences(const std::vector<Resource>& listed,
                                    const std::vector<Resource>& found);

}  // namespace aiops::sign
