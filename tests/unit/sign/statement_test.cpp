// SPDX-License-Identifier: Apache-2.0
#include "sign/statement.hpp"

#include "base/error.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace aiops::sign {
namespace {

const Digest kDigest = sha256_of("manifest");

std::string statement_with(const std::string& members) {
  return R"({"_type":"https://in-toto.io/Statement/v1",)" + members + "}";
}

const std::string kSubject = R"("subject":[{"digest":{"sha256":"00"}}])";

TEST(Statement, CosignsOneSaysOnlyTheDigest) {
  EXPECT_EQ(make_cosign_statement(kDigest),
            R"({"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"sha256":")" +
                std::string(kDigest.hex()) +
                R"("}}],"predicateType":"https://sigstore.dev/cosign/sign/v1","predicate":{}})");
  const Statement read = parse_statement(make_cosign_statement(kDigest), "s");
  EXPECT_EQ(read.predicate_type, kCosignPredicate);
  EXPECT_TRUE(read.is_about(kDigest));
  EXPECT_FALSE(read.is_about(sha256_of("another")));
}

TEST(Statement, NamesItsSubjects) {
  const std::string bytes = make_statement({{"a", {{"sha256", "1"}}}, {"b", {{"sha256", "2"}}}},
                                           "https://example.com/p", OrderedJson::object());
  const Statement read = parse_statement(bytes, "s");
  ASSERT_EQ(read.subjects.size(), 2u);
  EXPECT_EQ(read.subjects[1].name, "b");
  EXPECT_EQ(read.subjects[1].digest.at("sha256"), "2");
}

TEST(Statement, RefusesPayloadsThatReadersTakeDifferently) {
  const std::string good = statement_with(kSubject + R"(,"predicateType":"p","predicate":{})");
  EXPECT_NO_THROW(parse_statement(good, "s"));
  EXPECT_NO_THROW(parse_statement("\r\n" + good + "\r\n", "s"));  // white space is JSON's own
  const std::string faults[] = {
      "\xEF\xBB\xBF" + good,
      good + "x",
      "garbage",
      "",
      "[]",
      "{}",
      std::string(200, '['),
      R"({"_type":"https://in-toto.io/Statement/v0.1",)" + kSubject +
          R"(,"predicateType":"p","predicate":{}})",
      statement_with(kSubject + R"(,"predicateType":"p")"),
      statement_with(kSubject + R"(,"predicateType":"p","predicate":[])"),
      statement_with(kSubject + R"(,"predicateType":"","predicate":{})"),
      statement_with(kSubject + R"(,"predicate":{})"),
      statement_with(kSubject + "," + kSubject + R"(,"predicateType":"p","predicate":{})"),
      statement_with(kSubject + R"(,"predicateType":"p","predicate":{"a":1,"a":2})"),
      statement_with(kSubject + R"(,"predicateType":"p","predicate":{"a":"\ud800"})"),
      statement_with(kSubject + ",\"predicateType\":\"p\xFF\",\"predicate\":{}"),
      statement_with(R"("subject":[],"predicateType":"p","predicate":{})"),
      statement_with(R"("subject":[{}],"predicateType":"p","predicate":{})"),
      statement_with(R"("subject":[{"digest":{}}],"predicateType":"p","predicate":{})"),
      statement_with(R"("subject":[{"digest":{"sha256":1}}],"predicateType":"p","predicate":{})"),
      statement_with(R"("subject":["x"],"predicateType":"p","predicate":{})"),
  };
  for (const std::string& text : faults) EXPECT_THROW(parse_statement(text, "s"), Error) << text;
}

TEST(Statement, BoundsItsSubjects) {
  std::string list;
  for (int i = 0; i < 1025; ++i) list += R"({"digest":{"sha256":"00"}},)";
  list.pop_back();
  EXPECT_THROW(
      parse_statement(
          statement_with("\"subject\":[" + list + R"(],"predicateType":"p","predicate":{})"), "s"),
      Error);
}

}  // namespace
}  // namespace aiops::sign
