// SPDX-License-Identifier: Apache-2.0
#include "cli/completion.hpp"

#include "fake.hpp"

namespace aiops {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using Words = std::vector<std::string>;

struct CompletionTest : testing::Test {
  CompletionTest() {
    environment.variables = {{"HOME", directory.path()},
                             {"AIOPS_STORE", directory.path() / "store"}};
  }
  Completion answer(const Words& words) const { return complete(program, words, environment); }
  Words offers(const Words& words) const {
    Words values;
    for (const auto& item : answer(words).items) values.push_back(item.value);
    return values;
  }
  void store(const std::string& index) const { directory.write("store/index.json", index); }

  Verb program = small_program();
  TemporaryDirectory directory;
  FakeEnvironment environment;
};

constexpr const char* kIndex =
    R"({"schemaVersion":2,"manifests":[
      {"digest":"sha256:22","annotations":{"org.opencontainers.image.ref.name":"mistral:7b"}},
      {"digest":"sha256:11","annotations":{"org.opencontainers.image.ref.name":"llama:8b"}},
      {"digest":"sha256:33"},
      {"digest":"sha256:44","annotations":{"org.opencontainers.image.ref.name":7}}]})";

TEST_F(CompletionTest, OffersVerbsByPrefixAndHidesTheHidden) {
  EXPECT_THAT(offers({""}), ElementsAre("push", "store", "rm"));
  EXPECT_THAT(offers({"pu"}), ElementsAre("push"));
  EXPECT_THAT(offers({"store", "g"}), ElementsAre("gc"));
  EXPECT_THAT(offers({"-o", "json", "st"}), ElementsAre("store"));
  EXPECT_THAT(offers({"store", "gc", ""}), IsEmpty());
  EXPECT_THAT(offers({"__"}), IsEmpty());
  EXPECT_EQ(answer({""}).directive, kNoFiles);
}

TEST_F(CompletionTest, OffersFlagsOfVerbAndProgramOnce) {
  EXPECT_THAT(offers({"push", "--ta"}), ElementsAre("--tag"));
  EXPECT_THAT(offers({"push", "--out"}), ElementsAre("--output"));
  EXPECT_THAT(offers({"push", "-q", "--q"}), IsEmpty());
  EXPECT_THAT(offers({"push", "--jobs=3", "--jo"}), IsEmpty());
  EXPECT_THAT(offers({"push", "--tag", "x", "--ta"}), ElementsAre("--tag"));
  EXPECT_THAT(offers({"push", "-t"}), ElementsAre("-t"));
  EXPECT_THAT(offers({"push", "--", "--ta"}), IsEmpty());
}

// `generate run/model`: where a plain name may be a directory, TAB finds it as a shell would.
TEST_F(CompletionTest, OffersDirectoriesBesideReferences) {
  store(kIndex);
  directory.write("models/run/model/config.json", "{}");
  directory.write("models/notes.txt", "x");
  const auto values = [&](std::string_view prefix) {
    const CompletionPlace place{
        &program,
        &environment,
        {{"chdir", directory.path() / "models"}, {"store", directory.path() / "store"}},
        {}};
    Words found;
    for (const auto& item :
         complete_value(Complete::reference_or_directory, {}, "", prefix, place).items)
      found.push_back(item.value);
    return found;
  };
  EXPECT_THAT(values(""), Contains("llama:8b"));
  EXPECT_THAT(values(""), Contains("run/"));
  EXPECT_THAT(values("r"), Contains("run/"));
  EXPECT_THAT(values("r"), Not(Contains("notes.txt")));
  EXPECT_THAT(values("run/m"), Contains("run/model/"));
  EXPECT_THAT(values("llama:"), Not(Contains("run/")));
}

TEST_F(CompletionTest, OffersEveryVisibleFlagOfEveryVerb) {
  for (const auto& verb : program.verbs) {
    if (verb.hidden || !verb.verbs.empty()) continue;
    for (const auto& flag : verb.flags)
      EXPECT_THAT(offers({verb.name, "-"}), Contains("--" + flag.name));
  }
}

TEST_F(CompletionTest, OffersValues) {
  EXPECT_THAT(offers({"--output", "j"}), ElementsAre("json"));
  EXPECT_THAT(offers({"--output=j"}), ElementsAre("json"));
  EXPECT_THAT(offers({"push", "-qo", "j"}), ElementsAre("json"));
  EXPECT_THAT(offers({"push", "-qoj"}), ElementsAre("-qojson"));
  EXPECT_THAT(offers({"push", "--format", ""}), ElementsAre("raw", "tar"));
  EXPECT_EQ(answer({"push", "--key", "x"}).directive, kFilesBySuffix);
  EXPECT_THAT(offers({"push", "--key", "x"}), ElementsAre("key"));
  EXPECT_EQ(answer({"--store", ""}).directive, kDirectories);
  EXPECT_THAT(offers({"push", "--tag", ""}), IsEmpty());
}

TEST_F(CompletionTest, OffersNamesOfTheStore) {
  store(kIndex);
  EXPECT_THAT(offers({"rm", ""}), ElementsAre("llama:8b", "mistral:7b"));
  EXPECT_THAT(offers({"rm", "llama:8b", "mi"}), ElementsAre("mistral:7b"));
  EXPECT_THAT(offers({"rm", "llama:"}), ElementsAre("llama:8b"));
  EXPECT_THAT(offers({"rm", "\"mis"}), ElementsAre("mistral:7b"));
  EXPECT_THAT(offers({"push", "mi"}), ElementsAre("mistral:7b"));
  EXPECT_THAT(offers({"push", "mistral:7b", ""}), IsEmpty());
}

TEST_F(CompletionTest, OffersNamesOfTheStoreThatTheLineNames) {
  directory.write("other/index.json", kIndex);
  EXPECT_THAT(offers({"rm", ""}), IsEmpty());
  EXPECT_THAT(offers({"--store", directory.path() / "other", "rm", "m"}),
              ElementsAre("mistral:7b"));
  EXPECT_THAT(offers({"-C", directory.path(), "--store=other", "rm", "m"}),
              ElementsAre("mistral:7b"));
}

TEST_F(CompletionTest, IsSilentAboutABrokenStoreOrConfiguration) {
  for (const auto* index : {"", "{", "[]", "{\"manifests\":7}", "{\"manifests\":[7,{}]}"}) {
    store(index);
    EXPECT_THAT(offers({"rm", ""}), IsEmpty()) << index;
  }
  environment.variables = {{"HOME", directory.path()}};
  directory.write(".config/aiops/config.yaml", "{broken");
  EXPECT_THAT(offers({"rm", ""}), IsEmpty());
}

TEST_F(CompletionTest, OffersLayoutsAfterATransport) {
  directory.write("models/tiny/oci-layout", "");
  directory.write("models/tiny.tar", "");
  directory.write("models/notes.txt", "");
  const std::string root = directory.path();
  EXPECT_THAT(offers({"push", "oc"}), ElementsAre("oci:"));
  EXPECT_TRUE(answer({"push", "oc"}).directive & kNoSpace);
  EXPECT_THAT(offers({"push", "oci:" + root + "/models/"}),
              ElementsAre("oci:" + root + "/models/tiny/"));
  EXPECT_THAT(
      offers({"push", "archive:" + root + "/models/t"}),
      ElementsAre("archive:" + root + "/models/tiny.tar", "archive:" + root + "/models/tiny/"));
  EXPECT_THAT(offers({"-C", root, "push", "dir:mo"}), ElementsAre("dir:models/"));
  EXPECT_THAT(offers({"push", "oci:/nowhere/at/all/"}), IsEmpty());
  EXPECT_EQ(answer({"push", "./mo"}).directive, kDirectories);
}

TEST_F(CompletionTest, RemovesOneLevelOfQuoting) {
  EXPECT_EQ(unquoted("a\\ b"), "a b");
  EXPECT_EQ(unquoted("'a \"b\\'"), "a \"b\\");
  EXPECT_EQ(unquoted("\"a\\\"b\""), "a\"b");
  EXPECT_EQ(unquoted("\"open"), "open");
  EXPECT_EQ(unquoted("$(touch x)"), "$(touch x)");
}

TEST_F(CompletionTest, LeavesOutWhatCouldDriveATerminal) {
  EXPECT_EQ(format_completion({{{"a", "help"}, {"b\nc", ""}, {"d\033", ""}, {"e", "x\ny"}}, 4}),
            "a\thelp\ne\tx\\x0ay\n:4\n");
}

}  // namespace
}  // namespace aiops
