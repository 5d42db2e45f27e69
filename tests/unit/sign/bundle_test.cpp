// SPDX-License-Identifier: Apache-2.0
#include "sign/bundle.hpp"

#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "base/error.hpp"
#include "tests/unit/sign/samples.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace aiops::sign {
namespace {

TEST(Dsse, EncodesAsTheProtocolSays) {
  EXPECT_EQ(pae("http://example.com/HelloWorld", "hello world"),
            "DSSEv1 29 http://example.com/HelloWorld 11 hello world");
  EXPECT_EQ(pae("", ""), "DSSEv1 0  0 ");
  EXPECT_EQ(pae("\xC3\xA9", std::string("a\0b", 3)),
            std::string("DSSEv1 2 \xC3\xA9 3 a\0b", 17));  // bytes, not characters
  EXPECT_TRUE(pae(kInTotoPayload, "{}").starts_with("DSSEv1 28 application/vnd.in-toto+json 2 "));
}

// The key and signature of the example in DSSE's protocol.md; r and s put into DER.
TEST(Dsse, VerifiesTheExampleOfTheProtocol) {
  const auto key = PublicKey::parse(
      "-----BEGIN PUBLIC KEY-----\n"
      "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEZ805D3eqNZywjCI19lInBJOp7YMr\n"
      "CrzAH3CVTAOQ0jgMeCvVTiaRJaRPRDOv8UMs6U4SvKc6pnrIDOoSYI3fdA==\n"
      "-----END PUBLIC KEY-----\n",
      "dsse");
  Envelope envelope{"http://example.com/HelloWorld", "hello world",
                    from_hex("3044022003726ab101ad56c2763b6c6aac8e487275e2a79193a09dc5f859d9f8ef3c"
                             "4a3b022051eab0c06a369b64a7222537d4887a893dc200ae21060074d57825235b62"
                             "4864")};
  EXPECT_TRUE(verify(envelope, key));
  envelope.payload_type += "s";
  EXPECT_FALSE(verify(envelope, key));
}

class BundleTest : public testing::Test {
 protected:
  const PrivateKey key = PrivateKey::generate();
  const std::vector<PublicKey> trusted = {key.public_key()};
  const Bundle bundle{sign_envelope(R"({"a":1})", key), sigstore_hint(key.public_key())};

  Json json() const { return Json::parse(to_bytes(bundle)); }
  static Bundle parse(const Json& value) { return parse_bundle(value.dump(), "bundle"); }
};

TEST_F(BundleTest, RoundTrips) {
  const Bundle again = parse_bundle(to_bytes(bundle), "bundle");
  EXPECT_EQ(again.envelope.payload, R"({"a":1})");
  EXPECT_EQ(again.hint, bundle.hint);
  EXPECT_EQ(signer_of(again, trusted), &trusted[0]);
  EXPECT_TRUE(hints_at(again, trusted));
}

TEST_F(BundleTest, IsTheJsonThatSigstoreVerifiersRead) {
  const Json root = json();
  EXPECT_EQ(root["mediaType"], "application/vnd.dev.sigstore.bundle.v0.3+json");
  EXPECT_EQ(root["verificationMaterial"]["tlogEntries"], Json::array());
  EXPECT_EQ(root["verificationMaterial"]["publicKey"].size(), 1u);
  ASSERT_EQ(root["dsseEnvelope"]["signatures"].size(), 1u);
  EXPECT_EQ(root["dsseEnvelope"]["signatures"][0]["keyid"], "");
}

TEST_F(BundleTest, AcceptsWhatOthersWriteDifferently) {
  Json root = json();
  root["mediaType"] = "application/vnd.dev.sigstore.bundle+json;version=0.2";
  root["unknown"] = {{"x", 1}};
  root["dsseEnvelope"]["signatures"][0]["keyid"] = nullptr;
  root["verificationMaterial"].erase("tlogEntries");
  EXPECT_EQ(signer_of(parse(root), trusted), &trusted[0]);
  root["dsseEnvelope"]["signatures"][0].erase("keyid");
  std::string sig = root["dsseEnvelope"]["signatures"][0]["sig"];
  for (char& c : sig) c = c == '+' ? '-' : c == '/' ? '_' : c;
  root["dsseEnvelope"]["signatures"][0]["sig"] = sig.substr(0, sig.find('='));
  EXPECT_EQ(signer_of(parse(root), trusted), &trusted[0]);
}

TEST_F(BundleTest, RefusesWhatCouldMeanTwoThings) {
  const std::vector<std::pair<const char*, void (*)(Json&)>> faults = {
      {"another version",
       [](Json& r) { r["mediaType"] = "application/vnd.dev.sigstore.bundle.v0.4+json"; }},
      {"no media type", [](Json& r) { r.erase("mediaType"); }},
      {"two signatures",
       [](Json& r) {
         auto& list = r["dsseEnvelope"]["signatures"];
         list.push_back(list[0]);
       }},
      {"no signature", [](Json& r) { r["dsseEnvelope"]["signatures"] = Json::array(); }},
      {"two kinds of key",
       [](Json& r) {
         r["verificationMaterial"]["certificate"] = {{"rawBytes", "AA=="}};
       }},
      {"no key", [](Json& r) { r["verificationMaterial"].erase("publicKey"); }},
      {"two contents", [](Json& r) { r["messageSignature"] = Json::object(); }},
      {"no envelope", [](Json& r) { r.erase("dsseEnvelope"); }},
      {"payload not base64", [](Json& r) { r["dsseEnvelope"]["payload"] = "***"; }},
      {"payload not text", [](Json& r) { r["dsseEnvelope"]["payload"] = 7; }},
      {"signature not an object", [](Json& r) { r["dsseEnvelope"]["signatures"][0] = "x"; }},
  };
  for (const auto& [name, damage] : faults) {
    Json root = json();
    damage(root);
    EXPECT_THROW(parse(root), Error) << name;
  }
  EXPECT_THROW(parse_bundle("[]", "b"), Error);
  EXPECT_THROW(parse_bundle(to_bytes(bundle) + "{}", "b"), Error);
  EXPECT_THROW(parse_bundle(std::string(100, '[') + std::string(100, ']'), "b"), Error);
  EXPECT_THROW(parse_bundle(std::string(kMaxBundle + 1, ' '), "b"), Error);
}

// What a bundle says about its key decides nothing: neither hint nor an embedded key.
TEST_F(BundleTest, NeverTakesAKeyFromTheBundle) {
  const PrivateKey stranger = PrivateKey::generate();
  Json root =
      Json::parse(to_bytes({sign_envelope("{}", stranger), sigstore_hint(key.public_key())}));
  root["verificationMaterial"]["publicKey"]["rawBytes"] = to_base64(stranger.public_key().pem());
  root["dsseEnvelope"]["signatures"][0]["keyid"] = sigstore_hint(key.public_key());
  const Bundle parsed = parse(root);
  EXPECT_EQ(signer_of(parsed, trusted), nullptr);
  EXPECT_TRUE(hints_at(parsed, trusted));
}

TEST_F(BundleTest, IgnoresAWrongHintAndALogEntry) {
  Json root = json();
  root["verificationMaterial"]["publicKey"]["hint"] = "another";
  root["verificationMaterial"]["tlogEntries"] = {{{"logIndex", "1"}}};
  EXPECT_EQ(signer_of(parse(root), trusted), &trusted[0]);
}

TEST_F(BundleTest, NoticesASwappedPayload) {
  Json root = json();
  root["dsseEnvelope"]["payload"] = to_base64(R"({"a":2})");
  EXPECT_EQ(signer_of(parse(root), trusted), nullptr);
}

TEST(Hint, HasTheFormOfItsReader) {
  const auto key = PublicKey::parse(samples::kPublic, "pub");
  EXPECT_EQ(oms_hint(key), sha256_of(samples::kPublic).hex());  // of the PEM text, line feed too
  EXPECT_EQ(to_hex(from_base64(sigstore_hint(key))), key.id().hex);
}

}  // namespace
}  // namespace aiops::sign
