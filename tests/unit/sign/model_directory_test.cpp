// SPDX-License-Identifier: Apache-2.0
#include "sign/model_directory.hpp"

#include "base/digest.hpp"
#include "base/file.hpp"
#include "sign/bundle.hpp"
#include "sign/model_files.hpp"
#include "tests/unit/pack/scratch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace aiops::sign {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

class ModelTest : public testing::Test {
 protected:
  pack::Scratch scratch;
  const fs::path model = scratch / "model";
  const fs::path signature = model / "model.sig";
  const PrivateKey key = PrivateKey::generate();
  const std::vector<PublicKey> trusted = {key.public_key()};
  pack::DigestMemory known;
  SilentStatus status;
  StopFlag stop;

  void SetUp() override {
    put("w.safetensors", "weights");
    put("sub/config.json", "{}");
    put("empty", "");
  }
  void put(const std::string& name, const std::string& bytes) {
    fs::create_directories((model / name).parent_path());
    write_file_atomically(model / name, bytes);
  }
  SignedModel sign() { return sign_model(model, signature, key, known, status, stop); }
  ModelVerdict verify(Unsigned may_be = Unsigned::as_signed) {
    return verify_model(model, signature, trusted, may_be, status, stop);
  }
  // A signature by the trusted key over any payload at all.
  void sign_payload(const std::string& payload) {
    write_file_atomically(signature, to_bytes({sign_envelope(payload, key), ""}));
  }
  std::string refusal() {
    try {
      return verify().differences.empty() ? "verified" : "differs";
    } catch (const Error& error) {
      return error.code == ExitCode::unverified ? error.reason : aiops::name_of(error.code);
    }
  }
};

TEST_F(ModelTest, SignsEveryFileAndVerifies) {
  const auto made = sign();
  EXPECT_EQ(made.files, 3u);
  EXPECT_EQ(made.oms_root, oms_root({{"empty", sha256_of("")},
                                     {"sub/config.json", sha256_of("{}")},
                                     {"w.safetensors", sha256_of("weights")}}));
  const auto verdict = verify();
  EXPECT_THAT(verdict.differences, IsEmpty());
  EXPECT_EQ(verdict.oms_root, made.oms_root);
  EXPECT_THAT(verdict.ignored, IsEmpty());  // the signature is not reported as unsigned
  EXPECT_THAT(sign().ignored, IsEmpty());
}

TEST_F(ModelTest, GitsOwnIsLeftOutAtTheTopOnly) {
  put(".git/HEAD", "x");
  put("sub/.git/HEAD", "y");
  EXPECT_THAT(sign().ignored, ElementsAre(".git"));
  EXPECT_THAT(verify().ignored, ElementsAre(".git"));
  EXPECT_THAT(verify(Unsigned::nothing).differences,
              ElementsAre(Difference{Reason::extra_file, ".git/HEAD"}));
  put("sub/.git/HEAD", "z");
  EXPECT_THAT(verify().differences,
              ElementsAre(Difference{Reason::digest_mismatch, "sub/.git/HEAD"}));
}

// A statement that lists a file and ignores it: the file was signed, so it is checked.
TEST_F(ModelTest, AnIgnoredPathHidesNoSignedFile) {
  const auto files = hash_files(model, list_files(model, {}).files, known, status, stop);
  put("cache/x", "not signed");
  sign_payload(
      make_oms_statement(files, "m", {"sub", "sub/config.json", "cache", "../model", "."}));
  EXPECT_EQ(refusal(), "verified");
  EXPECT_THAT(verify().ignored, ElementsAre("cache"));
  put("sub/config.json", "{ }");
  EXPECT_EQ(refusal(), "differs");
  put("sub/config.json", "{}");
  put("sub/extra", "");
  EXPECT_THAT(verify().differences, ElementsAre(Difference{Reason::extra_file, "sub/extra"}));
}

TEST_F(ModelTest, AFileThatCannotBeHashedEqualsNothing) {
  sign();
  fs::remove(model / "empty");
  fs::create_symlink("w.safetensors", model / "empty");
  EXPECT_THAT(verify().differences, ElementsAre(Difference{Reason::digest_mismatch, "empty"}));
}

TEST_F(ModelTest, LinksAreNotFollowedEvenWhenTheyAppearAfterTheListing) {
  const auto listing = list_files(model, {});
  fs::rename(model / "sub", scratch / "elsewhere");
  fs::create_directory_symlink(scratch / "elsewhere", model / "sub");
  EXPECT_THROW(hash_files(model, listing.files, known, status, stop), Error);
  EXPECT_THAT(list_files(model, {}).odd, ElementsAre("sub"));
}

TEST_F(ModelTest, SignaturesThatSayNothingAboutThisModelAreRefused) {
  EXPECT_EQ(refusal(), "unsigned");
  for (const char* payload : {"garbage", "{}", "\xEF\xBB\xBF{}", ""}) {
    sign_payload(payload);
    EXPECT_EQ(refusal(), "bad-signature") << payload;
  }
  sign_payload(make_cosign_statement(sha256_of("x")));
  EXPECT_EQ(refusal(), "bad-signature");
  const std::string good = make_oms_statement({{"w.safetensors", sha256_of("weights")}}, "m");
  for (const char* name : {"../w.safetensors", "/etc/passwd", "./w.safetensors", ""}) {
    Json payload = Json::parse(good);
    payload["predicate"]["resources"][0]["name"] = name;
    sign_payload(payload.dump());
    EXPECT_EQ(refusal(), "bad-signature") << name;
  }
  write_file_atomically(signature, "not a bundle");
  EXPECT_EQ(refusal(), "bad-signature");
  write_file_atomically(signature,
                        to_bytes({sign_envelope(good, PrivateKey::generate()), "somebody's hint"}));
  EXPECT_EQ(refusal(), "untrusted-key");
  sign();
  EXPECT_EQ(refusal(), "verified");
}

TEST_F(ModelTest, OneFileIsAModelToo) {
  const fs::path file = model / "w.safetensors";
  const fs::path detached = default_signature_of(file);
  EXPECT_EQ(detached, model / "w.safetensors.sig");
  sign_model(file, detached, key, known, status, stop);
  EXPECT_THAT(verify_model(file, detached, trusted, Unsigned::as_signed, status, stop).differences,
              IsEmpty());
  put("w.safetensors", "Weights");
  EXPECT_THAT(verify_model(file, detached, trusted, Unsigned::as_signed, status, stop).differences,
              ElementsAre(Difference{Reason::digest_mismatch, "w.safetensors"}));
}

TEST_F(ModelTest, StopsWhenAsked) {
  stop.request(2);
  EXPECT_THROW(sign(), Error);
  EXPECT_FALSE(fs::exists(signature));
}

}  // namespace
}  // namespace aiops::sign
