// SPDX-License-Identifier: Apache-2.0
// in-toto Statement v1: what is said (predicate) about what (subjects).
#pragma once

#include "base/digest.hpp"
#include "base/json.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace aiops::sign {

inline constexpr std::string_view kStatementType = "https://in-toto.io/Statement/v1";
inline constexpr std::string_view kCosignPredicate = "https://sigstore.dev/cosign/sign/v1";
inline constexpr std::string_view kOmsPredicate = "https://model_signing/signature/v1.0";

struct Subject {
  std::string name;                           // informational; may be empty
  std::map<std::string, std::string> digest;  // algorithm -> lower-case hex
};

struct Statement {
  std::vector<Subject> subjects;
  std::string predicate_type;
  std::shared_ptr<const Json> predicate;  // an object; never null

  // True when some subject has this digest.
  bool is_about(const Digest& digest) const;
};

// Reads the payload of a verified envelope: those bytes and no others. Refuses what readers take
// differently: a byte order mark, a key given twice, text after the object. At most 1024 subjects.
// A pure function of its arguments. Throws Error{failed} naming `what`.
Statement parse_statement(std::string_view payload, std::string_view what);

// A statement's bytes: subjects in the order given, compact JSON.
std::string make_statement(const std::vector<Subject>& subjects, std::string_view predicate_type,
                           const OrderedJson& predicate);

// cosign's statement that a manifest is signed: nothing but its digest.
std::string make_cosign_statement(const Digest& manifest);

}  // namespace aiops::sign
