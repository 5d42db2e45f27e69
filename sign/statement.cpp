// SPDX-License-Identifier: Apache-2.0
#include "sign/statement.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "sign/bundle.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace aiops::sign {
namespace {

constexpr std::size_t kMaxSubjects = 1024;  // as sigstore-go
constexpr std::size_t kMaxDigests = 32;

[[noreturn]] void refuse(std::string_view what, const std::string& why) {
  throw Error(ExitCode::failed, std::string(what) + ": " + why);
}

Subject parse_subject(const Json& value, std::string_view what) {
  Subject subject;
  const auto digest = value.is_object() ? value.find("digest") : value.end();
  if (!value.is_object() || digest == value.end() || !digest->is_object() || digest->empty() ||
      digest->size() > kMaxDigests)
    refuse(what, "the statement has a subject without a digest");
  for (const auto& [algorithm, hex] : digest->items()) {
    if (!hex.is_string()) refuse(what, "the statement has a subject whose digest is not text");
    subject.digest[algorithm] = hex.get<std::string>();
  }
  const auto name = value.find("name");
  if (name != value.end() && name->is_string()) subject.name = name->get<std::string>();
  return subject;
}

}  // namespace

bool Statement::is_about(const Digest& digest) const {
  return std::any_of(subjects.begin(), subjects.end(), [&](const Subject& subject) {
    const auto found = subject.digest.find(std::string(digest.algorithm()));
    return found != subject.digest.end() && found->second == digest.hex();
  });
}

Statement parse_statement(std::string_view payload, std::string_view what) {
  if (payload.starts_with("\xEF\xBB\xBF"))
    refuse(what, "the statement starts with a byte order mark");
  const Json root = parse_json(payload, what, {kMaxBundle, 64});
  if (!root.is_object()) refuse(what, "the payload is not a statement");
  const auto type = root.find("_type");
  if (type == root.end() || *type != kStatementType)
    refuse(what, "the payload is not an in-toto v1 statement");
  const auto predicate_type = root.find("predicateType");
  if (predicate_type == root.end() || !predicate_type->is_string() ||
      predicate_type->get_ref<const std::string&>().empty())
    refuse(what, "the statement has no predicateType");
  const auto subjects = root.find("subject");
  if (subjects == root.end() || !subjects->is_array() || subjects->empty() ||
      subjects->size() > kMaxSubjects)
    refuse(what, "the statement does not have 1 to " + std::to_string(kMaxSubjects) + " subjects");
  const auto predicate = root.find("predicate");
  if (predicate == root.end() || !predicate->is_object())
    refuse(what, "the statement has no predicate");

  Statement statement;
  statement.predicate_type = predicate_type->get<std::string>();
  for (const Json& subject : *subjects) statement.subjects.push_back(parse_subject(subject, what));
  statement.predicate = std::make_shared<const Json>(*predicate);
  return statement;
}

std::string make_statement(const std::vector<Subject>& subjects, std::string_view predicate_type,
                           const OrderedJson& predicate) {
  OrderedJson list = OrderedJson::array();
  for (const Subject& subject : subjects) {
    OrderedJson one = OrderedJson::object();
    if (!subject.name.empty()) one["name"] = subject.name;
    one["digest"] = subject.digest;
    list.push_back(std::move(one));
  }
  return to_text(OrderedJson{{"_type", kStatementType},
                             {"subject", std::move(list)},
                             {"predicateType", predicate_type},
                             {"predicate", predicate}});
}

std::string make_cosign_statement(const Digest& manifest) {
  const std::map<std::string, std::string> digest = {
      {std::string(manifest.algorithm()), std::string(manifest.hex())}};
  return make_statement({{"", digest}}, kCosignPredicate, OrderedJson::object());
}

}  // namespace aiops::sign
