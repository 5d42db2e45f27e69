// SPDX-License-Identifier: Apache-2.0
// The attacks of the field on signed artifacts, each against a real layout on disk.
#include "sign/artifact.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "pack/media_type.hpp"
#include "pack/store.hpp"
#include "sign/attestation.hpp"
#include "sign/oms.hpp"
#include "sign/referrer.hpp"
#include "sign/statement.hpp"
#include "tests/unit/pack/scratch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace aiops::sign {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class ArtifactTest : public testing::Test {
 protected:
  pack::Scratch scratch;
  std::unique_ptr<pack::Repository> repository =
      pack::open_layout(scratch / "layout", pack::Create::yes);
  const PrivateKey key = PrivateKey::generate();
  const PrivateKey other = PrivateKey::generate();
  const std::vector<PublicKey> trusted = {key.public_key()};
  const pack::Document root = push_model("v1", {{"config.json", "{}"}, {"w.safetensors", "w"}});

  pack::Document push_model(const std::string& tag,
                            const std::vector<std::pair<std::string, std::string>>& files,
                            const char* type = "application/vnd.cncf.model.weight.v1.raw") {
    const auto config = pack::memory_blob("{}", pack::media_type::kModelConfig);
    repository->push(config, [](std::uint64_t) {});
    pack::Manifest manifest{
        std::string(pack::media_type::kManifest), {}, config.descriptor, {}, {}, {}};
    for (const auto& [name, bytes] : files) {
      auto blob = pack::memory_blob(bytes, type);
      repository->push(blob, [](std::uint64_t) {});
      blob.descriptor.annotations[std::string(pack::annotation::kTitle)] = name;
      manifest.layers.push_back(blob.descriptor);
    }
    auto document = pack::make_document(manifest.to_bytes(), pack::media_type::kManifest);
    repository->push_manifest(document, tag);
    return document;
  }

  void attach(const std::string& payload, const PrivateKey& signer,
              std::string_view predicate = kCosignPredicate) {
    attach_bundle(*repository, root.descriptor,
                  {sign_envelope(payload, signer), sigstore_hint(signer.public_key())}, predicate);
  }

  Verdict verify() { return verify_artifact(*repository, root, trusted); }

  std::string refusal() {
    try {
      verify();
      return "verified";
    } catch (const Error& error) {
      message = error.message;
      return error.code == ExitCode::unverified ? error.reason : aiops::name_of(error.code);
    }
  }
  std::string message;
};

TEST_F(ArtifactTest, SignedOnceIsVerifiedWithBothStatements) {
  EXPECT_EQ(sign_artifact(*repository, root, key).size(), 2u);
  const Verdict verdict = verify();
  EXPECT_EQ(verdict.key, key.public_key().id());
  EXPECT_THAT(verdict.statements,
              ElementsAre(std::string(kOmsPredicate), std::string(kCosignPredicate)));
  EXPECT_EQ(verdict.oms_root,
            oms_root({{"config.json", sha256_of("{}")}, {"w.safetensors", sha256_of("w")}}));
}

TEST_F(ArtifactTest, SigningAgainAddsNothing) {
  const auto first = sign_artifact(*repository, root, key);
  EXPECT_EQ(sign_artifact(*repository, root, key), first);
  EXPECT_EQ(repository->referrers(root.descriptor.digest).size(), 2u);
  EXPECT_EQ(sign_artifact(*repository, root, other).size(), 2u);
  EXPECT_EQ(repository->referrers(root.descriptor.digest).size(), 4u);
}

TEST_F(ArtifactTest, ReferrersAreCosignsManifests) {
  sign_artifact(*repository, root, key);
  for (const auto& referrer : repository->referrers(root.descriptor.digest)) {
    EXPECT_EQ(referrer.artifact_type, pack::media_type::kSigstoreBundle);
    const auto document = repository->fetch_manifest(referrer.digest.str());
    const Json json = Json::parse(document.bytes);
    EXPECT_EQ(json["config"]["mediaType"], pack::media_type::kEmpty);
    EXPECT_EQ(json["layers"].size(), 1u);
    EXPECT_EQ(json["layers"][0]["mediaType"], pack::media_type::kSigstoreBundle);
    EXPECT_EQ(json["subject"]["digest"], root.descriptor.digest.str());
    EXPECT_EQ(json["annotations"]["dev.sigstore.bundle.content"], "dsse-envelope");
    EXPECT_FALSE(json["annotations"].contains("org.opencontainers.image.created"));
  }
}

TEST_F(ArtifactTest, UnsignedAndStrangersAreToldApart) {
  EXPECT_EQ(refusal(), "unsigned");
  sign_artifact(*repository, root, other);
  EXPECT_EQ(refusal(), "untrusted-key");
  sign_artifact(*repository, root, key);
  EXPECT_EQ(refusal(), "verified");
}

TEST_F(ArtifactTest, AnAttestationIsNoSignature) {
  attach(make_statement({{"", {{"sha256", std::string(root.descriptor.digest.hex())}}}},
                        "https://cosign.sigstore.dev/attestation/vuln/v1", OrderedJson::object()),
         key);
  EXPECT_EQ(refusal(), "unsigned");
  EXPECT_THAT(message, HasSubstr("vuln"));
}

TEST_F(ArtifactTest, SignedGarbageIsNoSignature) {
  attach("garbage", key);
  EXPECT_EQ(refusal(), "bad-signature");
}

TEST_F(ArtifactTest, ASignatureOfAnotherArtifactIsNoSignature) {
  attach(make_cosign_statement(sha256_of("another")), key);
  EXPECT_EQ(refusal(), "digest-mismatch");
}

TEST_F(ArtifactTest, ASecondSubjectIsNoSignature) {
  attach(make_statement({{"", {{"sha256", std::string(sha256_of("another").hex())}}},
                         {"", {{"sha256", std::string(root.descriptor.digest.hex())}}}},
                        kCosignPredicate, OrderedJson::object()),
         key);
  EXPECT_EQ(refusal(), "unsigned");
}

TEST_F(ArtifactTest, ABrokenSignatureOfATrustedKeyIsCalledThat) {
  Bundle bundle{sign_envelope(make_cosign_statement(root.descriptor.digest), other),
                sigstore_hint(key.public_key())};
  attach_bundle(*repository, root.descriptor, bundle, kCosignPredicate);
  EXPECT_EQ(refusal(), "bad-signature");
}

TEST_F(ArtifactTest, AnotherPayloadTypeIsNoStatement) {
  Envelope envelope = sign_envelope(make_cosign_statement(root.descriptor.digest), key);
  envelope.payload_type = "text/plain";
  envelope.signature = key.sign(pae(envelope.payload_type, envelope.payload));
  attach_bundle(*repository, root.descriptor, {envelope, ""}, kCosignPredicate);
  EXPECT_EQ(refusal(), "bad-signature");
}

// Junk that anyone may push must not keep a good signature from being found.
TEST_F(ArtifactTest, JunkBesideAGoodSignatureDoesNoHarm) {
  const auto junk = pack::memory_blob("not json", pack::media_type::kSigstoreBundle);
  const auto config = pack::memory_blob("{}", pack::media_type::kEmpty);
  repository->push(junk, [](std::uint64_t) {});
  repository->push(config, [](std::uint64_t) {});
  const pack::Manifest manifest{std::string(pack::media_type::kManifest),
                                std::string(pack::media_type::kSigstoreBundle),
                                config.descriptor,
                                {junk.descriptor},
                                root.descriptor,
                                {}};
  repository->push_manifest(pack::make_document(manifest.to_bytes(), pack::media_type::kManifest),
                            {});
  EXPECT_EQ(refusal(), "bad-signature");
  sign_artifact(*repository, root, other);
  attach(make_oms_statement({{"elsewhere", sha256_of("x")}}, "m"), other, kOmsPredicate);
  sign_artifact(*repository, root, key);
  EXPECT_EQ(refusal(), "verified");
}

TEST_F(ArtifactTest, AModelStatementMustListTheLayers) {
  attach(make_cosign_statement(root.descriptor.digest), key);
  EXPECT_EQ(refusal(), "verified");
  EXPECT_EQ(verify().oms_root, "");
  attach(make_oms_statement({{"config.json", sha256_of("{}")}, {"w.safetensors", sha256_of("x")}},
                            "m"),
         key, kOmsPredicate);
  EXPECT_EQ(refusal(), "digest-mismatch");
  EXPECT_THAT(message, HasSubstr("w.safetensors"));
  sign_artifact(*repository, root, key);  // one that agrees is enough
  EXPECT_EQ(refusal(), "verified");
}

TEST_F(ArtifactTest, AModelStatementNamesMissingAndExtraFiles) {
  attach(make_cosign_statement(root.descriptor.digest), key);
  attach(make_oms_statement({{"config.json", sha256_of("{}")}}, "m"), key, kOmsPredicate);
  EXPECT_EQ(refusal(), "extra-file");
}

TEST_F(ArtifactTest, AModelStatementAloneIsNoSignature) {
  attach(make_oms_statement({{"config.json", sha256_of("{}")}, {"w.safetensors", sha256_of("w")}},
                            "m"),
         key, kOmsPredicate);
  EXPECT_EQ(refusal(), "unsigned");
}

TEST_F(ArtifactTest, ArchivesAreSignedByTheirManifestOnly) {
  const auto tar =
      push_model("tar", {{"m.tar", "tar"}}, "application/vnd.cncf.model.weight.v1.tar");
  EXPECT_EQ(sign_artifact(*repository, tar, key).size(), 1u);
  EXPECT_EQ(verify_artifact(*repository, tar, trusted).oms_root, "");
}

TEST_F(ArtifactTest, AnIndexIsSigned) {
  pack::Index index;
  index.manifests = {root.descriptor};
  const auto document = pack::make_document(index.to_bytes(), pack::media_type::kIndex);
  repository->push_manifest(document, "all");
  EXPECT_EQ(sign_artifact(*repository, document, key).size(), 1u);
  EXPECT_NO_THROW(verify_artifact(*repository, document, trusted));
}

TEST_F(ArtifactTest, ManifestBytesMustHaveTheDigestThatIsVerified) {
  sign_artifact(*repository, root, key);
  pack::Document swapped = root;
  swapped.bytes += " ";
  EXPECT_THROW(verify_artifact(*repository, swapped, trusted), Error);
}

// A layout in which one thing is broken on the way.
class Wrapped : public pack::Repository {
 public:
  explicit Wrapped(pack::Repository& inner) : inner_(inner) {}
  std::string name() const override { return inner_.name(); }
  pack::Document fetch_manifest(std::string_view what) override {
    ++fetched;
    return inner_.fetch_manifest(what);
  }
  bool has(const pack::Descriptor& blob) override { return inner_.has(blob); }
  pack::Blob blob(const pack::Descriptor& what) override { return inner_.blob(what); }
  pack::BlobFate push(const pack::Blob& blob,
                      const std::function<void(std::uint64_t)>& moved) override {
    return inner_.push(blob, moved);
  }
  void push_manifest(const pack::Document& document, std::string_view tag) override {
    inner_.push_manifest(document, tag);
  }
  std::vector<pack::Descriptor> referrers(const Digest& subject) override {
    if (code != ExitCode::ok) throw Error(code, "registry.example.com: 503");
    auto list = inner_.referrers(subject);
    if (artifact_type)
      for (auto& referrer : list) referrer.artifact_type = *artifact_type;
    for (std::size_t i = list.size(); i > 0 && i < copies; ++i) list.push_back(list[0]);
    return list;
  }
  std::vector<std::string> tags() override { return inner_.tags(); }

  ExitCode code = ExitCode::ok;
  std::optional<std::string> artifact_type;
  std::size_t copies = 0;
  std::size_t fetched = 0;

 private:
  pack::Repository& inner_;
};

TEST_F(ArtifactTest, ARegistryThatDoesNotAnswerIsNotUnsigned) {
  Wrapped wrapped(*repository);
  for (const ExitCode code : {ExitCode::unavailable, ExitCode::denied}) {
    wrapped.code = code;
    try {
      verify_artifact(wrapped, root, trusted);
      FAIL();
    } catch (const Error& error) {
      EXPECT_EQ(error.code, code);
      EXPECT_EQ(error.reason, "");
    }
  }
}

TEST_F(ArtifactTest, AWrongArtifactTypeInTheListingHidesNothing) {
  sign_artifact(*repository, root, key);
  Wrapped wrapped(*repository);
  wrapped.artifact_type = std::string(pack::media_type::kEmpty);
  EXPECT_NO_THROW(verify_artifact(wrapped, root, trusted));
}

TEST_F(ArtifactTest, EndlessReferrersEnd) {
  sign_artifact(*repository, root, other);
  Wrapped wrapped(*repository);
  wrapped.copies = 100'000;
  EXPECT_THROW(verify_artifact(wrapped, root, trusted), Error);
  EXPECT_LE(wrapped.fetched, 256u);
}

TEST_F(ArtifactTest, AStatementAboutItIsAttachedOnceByEachKeyAndSignsNothing) {
  const auto statement =
      make_statement(subjects_of(root, "layout"), "urn:test:speed", {{"fast", true}});
  for (int i = 0; i < 2; ++i)
    for (const PrivateKey* each : {&key, &other})
      attach_statement(*repository, root, statement, "urn:test:speed", *each);
  EXPECT_EQ(repository->referrers(root.descriptor.digest).size(), 2u);
  EXPECT_THAT(refusal(), HasSubstr("unsigned"));
}

TEST_F(ArtifactTest, StatementsAreAboutTheManifestAndThePlainFiles) {
  const auto subjects = subjects_of(root, "layout");
  ASSERT_EQ(subjects.size(), 2u);
  EXPECT_EQ(subjects[0].name, "layout");
  EXPECT_EQ(subjects[0].digest.at("sha256"), root.descriptor.digest.hex());
  EXPECT_EQ(subjects[1].digest.at("sha256"), oms_root(*resources_of(root)));
  const auto archives =
      push_model("tar", {{"all.tar", "x"}}, "application/vnd.cncf.model.weight.v1.tar");
  EXPECT_EQ(subjects_of(archives, "layout").size(), 1u);
  const auto index = pack::make_document("{}", pack::media_type::kIndex);
  EXPECT_EQ(subjects_of(index, "layout").size(), 1u);
}

}  // namespace
}  // namespace aiops::sign
