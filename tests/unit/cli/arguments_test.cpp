// SPDX-License-Identifier: Apache-2.0
#include "cli/arguments.hpp"

#include "cli/settings.hpp"
#include "fake.hpp"

namespace aiops {
namespace {

using testing::ElementsAre;

struct ArgumentsTest : testing::Test {
  Verb program = small_program();
  Settings settings;
  Arguments arguments{program.verbs.front(), settings};
};

TEST_F(ArgumentsTest, FlagBeatsSettingBeatsFallback) {
  EXPECT_EQ(arguments.integer("jobs", 1, 64), 4);
  settings.set({"registry.jobs", "4", "default"});
  EXPECT_EQ(arguments.integer("jobs", 1, 64), 4);
  settings.set({"registry.jobs", "9", "environment AIOPS_REGISTRY_JOBS"});
  EXPECT_EQ(arguments.integer("jobs", 1, 64), 9);
  arguments.flags["jobs"] = {"2"};
  EXPECT_EQ(arguments.integer("jobs", 1, 64), 2);
}

TEST_F(ArgumentsTest, NamesTheSourceOfABadNumber) {
  arguments.flags["jobs"] = {"many"};
  EXPECT_EQ(error_of([&] { arguments.integer("jobs", 1, 64); }).message,
            "--jobs is 'many', but must be a whole number from 1 to 64");
  arguments.flags.clear();
  settings.set({"registry.jobs", "99", "/etc/aiops/config.yaml:2:9"});
  EXPECT_EQ(error_of([&] { arguments.integer("jobs", 1, 64); }).message,
            "registry.jobs (/etc/aiops/config.yaml:2:9) is '99', but must be a whole number from 1 "
            "to 64");
  for (const auto* text : {"", "1x", " 1", "0x1", "99999999999999999999"}) {
    arguments.flags["jobs"] = {text};
    EXPECT_EQ(error_of([&] { arguments.integer("jobs", 1, 64); }).code, ExitCode::usage) << text;
  }
}

TEST_F(ArgumentsTest, SwitchesFollowTheirSetting) {
  EXPECT_FALSE(arguments.is_on("plain-http"));
  settings.set({"registry.plain_http", "false", "x"});
  EXPECT_FALSE(arguments.is_on("plain-http"));
  settings.set({"registry.plain_http", "true", "x"});
  EXPECT_TRUE(arguments.is_on("plain-http"));
}

TEST_F(ArgumentsTest, RequiredTextSaysWhatToAdd) {
  const Error error = error_of([&] { arguments.required_text("key"); });
  EXPECT_EQ(error.message, "--key is needed");
  EXPECT_EQ(error.mend, "add --key FILE");
}

TEST_F(ArgumentsTest, TellsGivenFromAbsent) {
  EXPECT_FALSE(arguments.has("tag"));
  EXPECT_FALSE(arguments.text("tag"));
  EXPECT_THAT(arguments.texts("tag"), ElementsAre());
  arguments.flags["tag"] = {"a", "b"};
  EXPECT_THAT(arguments.texts("tag"), ElementsAre("a", "b"));
  EXPECT_FALSE(arguments.optional_word("DST"));
}

TEST_F(ArgumentsTest, AbortsForWhatWasNotDeclared) {
  EXPECT_DEATH(arguments.has("nonsense"), "does not declare");
  EXPECT_DEATH(arguments.words("NONSENSE"), "does not declare");
}

}  // namespace
}  // namespace aiops
