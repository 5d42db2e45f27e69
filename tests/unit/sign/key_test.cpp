// SPDX-License-Identifier: Apache-2.0
#include "sign/key.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "sign/key_file.hpp"
#include "sign/pem.hpp"
#include "tests/unit/pack/scratch.hpp"
#include "tests/unit/sign/samples.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace aiops::sign {
namespace {

const AskPassphrase kNobody = []() -> Secret { throw Error(ExitCode::usage, "asked"); };

AskPassphrase says(const char* passphrase) {
  return [passphrase] { return Secret(passphrase); };
}

TEST(Key, SignsWhatItsPublicHalfVerifies) {
  const auto key = PrivateKey::generate();
  const std::string signature = key.sign("message");
  EXPECT_TRUE(key.public_key().verify("message", signature));
  EXPECT_FALSE(key.public_key().verify("massage", signature));
  EXPECT_FALSE(key.public_key().verify("message", signature + "x"));
  EXPECT_FALSE(key.public_key().verify("message", ""));
  EXPECT_FALSE(PrivateKey::generate().public_key().verify("message", signature));
  EXPECT_EQ(key.public_key().algorithm(), "ecdsa-p256-sha256");
}

TEST(Key, PublicHalfRoundTripsAsPem) {
  const auto key = PrivateKey::generate().public_key();
  const auto again = PublicKey::parse(key.pem(), "k.pub");
  EXPECT_EQ(again.id(), key.id());
  EXPECT_EQ(key.id().hex.size(), 64u);
}

TEST(Key, ReadsWhatOpensslWrites) {
  const auto sec1 = parse_private_key(samples::kSec1, "sec1", kNobody);
  const auto pkcs8 = parse_private_key(samples::kPkcs8, "pkcs8", kNobody);
  EXPECT_EQ(sec1.key.public_key().id(), pkcs8.key.public_key().id());
  EXPECT_EQ(sec1.key.public_key().id(), PublicKey::parse(samples::kPublic, "pub").id());
  EXPECT_EQ(sec1.protection, KeyProtection::plain);
}

TEST(Key, ReadsFilesThatPassedThroughWindowsOrAnEditor) {
  std::string text = "a line of comment\n";
  for (const char c : std::string(samples::kPublic)) text += c == '\n' ? "\r\n" : std::string(1, c);
  EXPECT_EQ(PublicKey::parse(text + "\n\n", "k.pub").id(),
            PublicKey::parse(samples::kPublic, "k.pub").id());
}

// The same point in compressed form is the same key.
TEST(Key, HasOneIdWhateverItsEncoding) {
  EXPECT_EQ(PublicKey::parse(samples::kPublicCompressed, "compressed").id(),
            PublicKey::parse(samples::kPublic, "plain").id());
}

TEST(Key, RefusesWhatIsNoKeyOfOurs) {
  for (const char* text : {samples::kRsaPublic, samples::kEd25519Public, samples::kSecp256k1Public,
                           samples::kExplicitCurvePublic, samples::kPkcs8, "", "garbage"})
    EXPECT_THROW(PublicKey::parse(text, "k.pub"), Error) << text;
  for (const char* text : {samples::kP384Pkcs8, samples::kPublic, samples::kTruncatedPkcs8, ""})
    EXPECT_THROW(parse_private_key(text, "k.key", kNobody), Error) << text;
  EXPECT_THROW(PublicKey::parse(std::string(100'000, 'x'), "k.pub"), Error);
  EXPECT_EQ(PublicKey::parse(samples::kP384Public, "k.pub").algorithm(), "ecdsa-p384-sha384");
}

TEST(KeyFile, CarriesAPassphraseOrNone) {
  const auto key = PrivateKey::generate();
  const auto id = key.public_key().id();
  const std::string open = format_private_key(key, {});
  EXPECT_EQ(parse_private_key(open, "k", kNobody).key.public_key().id(), id);
  EXPECT_EQ(parse_private_key(open, "k", kNobody).protection, KeyProtection::empty_passphrase);

  const std::string locked = format_private_key(key, Secret("hunter2"));
  EXPECT_EQ(parse_private_key(locked, "k", says("hunter2")).key.public_key().id(), id);
  try {
    parse_private_key(locked, "k", says("hunter3"));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code, ExitCode::denied);
  }
}

// cosign's format made without this program: see samples.hpp.
TEST(KeyFile, OpensAKeyThatAnotherImplementationSealed) {
  const auto loaded = parse_private_key(samples::kSealedElsewhere, "k", says("aiops"));
  EXPECT_EQ(loaded.key.public_key().id(), PublicKey::parse(samples::kPublic, "pub").id());
}

std::string encrypted(const std::string& json) {
  return to_pem("ENCRYPTED SIGSTORE PRIVATE KEY", json);
}

TEST(KeyFile, RefusesParametersThatWouldTakeAllMemoryOrTime) {
  const std::string before = R"({"kdf":{"name":"scrypt","params":)";
  const std::string after =
      R"(,"salt":"c2FsdHNhbHRzYWx0"},"cipher":{"name":"nacl/secretbox","nonce":")" +
      to_base64(std::string(24, 'n')) + R"("},"ciphertext":"AAAA"})";
  for (const char* params :
       {R"({"N":1073741824,"r":8,"p":1})", R"({"N":65536,"r":1048576,"p":1})",
        R"({"N":65536,"r":8,"p":0})", R"({"N":65536,"r":8,"p":64})", R"({"N":16,"r":8,"p":1})",
        R"({"N":"65536","r":8,"p":1})", R"({"N":-1,"r":8,"p":1})", R"({})"})
    EXPECT_THROW(parse_private_key(encrypted(before + params + after), "k", kNobody), Error)
        << params;
  EXPECT_THROW(parse_private_key(encrypted("[]"), "k", kNobody), Error);
  EXPECT_THROW(parse_private_key(encrypted("{}"), "k", kNobody), Error);
  const std::string huge_salt = R"({"kdf":{"name":"scrypt","params":{"N":65536,"r":8,"p":1},)"
                                R"("salt":")" +
                                std::string(8000, 'A') +
                                R"("},"cipher":{"name":)"
                                R"("nacl/secretbox","nonce":"AAAA"},"ciphertext":"AAAA"})";
  EXPECT_THROW(parse_private_key(encrypted(huge_salt), "k", kNobody), Error);
}

TEST(KeyFile, IsNeverOverwritten) {
  const pack::Scratch scratch;
  write_new_file(scratch / "k", "first", 0600);
  EXPECT_THROW(write_new_file(scratch / "k", "second", 0600), Error);
  EXPECT_EQ(read_file(scratch / "k"), "first");
  struct stat status {};
  ASSERT_EQ(::stat((scratch / "k").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(scratch.path()), {}), 1);
}

}  // namespace
}  // namespace aiops::sign
