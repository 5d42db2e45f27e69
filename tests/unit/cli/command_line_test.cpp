// SPDX-License-Identifier: Apache-2.0
#include "cli/command_line.hpp"

#include "cli/settings.hpp"
#include "fake.hpp"

namespace aiops {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Words = std::vector<std::string>;

struct CommandLineTest : testing::Test {
  CommandLine parse(const Words& words) const {
    return parse_command_line(program, words, settings);
  }
  Error refusal(const Words& words) const {
    const Error error = error_of([&] { parse(words); });
    EXPECT_EQ(error.code, ExitCode::usage);
    return error;
  }
  Verb program = small_program();
  Settings settings;
};

TEST_F(CommandLineTest, TakesGlobalFlagsOnEitherSideOfTheVerb) {
  for (const Words& words : {Words{"-o", "json", "push", "m:1"}, Words{"push", "-o", "json", "m:1"},
                             Words{"push", "m:1", "--output=json"}, Words{"push", "m:1", "-ojson"},
                             Words{"-qo", "json", "push", "m:1"}}) {
    const auto line = parse(words);
    EXPECT_EQ(line.globals.text("output"), "json");
    EXPECT_EQ(line.path.back()->name, "push");
    EXPECT_EQ(line.arguments.word("REF"), "m:1");
  }
}

TEST_F(CommandLineTest, DescendsIntoFamilies) {
  const auto line = parse({"store", "gc", "-q"});
  ASSERT_EQ(line.path.size(), 3u);
  EXPECT_EQ(line.path.back()->name, "gc");
  EXPECT_FALSE(line.bare);
  EXPECT_TRUE(line.globals.is_on("quiet"));
}

TEST_F(CommandLineTest, IsBareWithoutAVerb) {
  EXPECT_TRUE(parse({}).bare);
  EXPECT_TRUE(parse({"-q"}).bare);
  EXPECT_TRUE(parse({"store"}).bare);
}

TEST_F(CommandLineTest, TakesVerbNamesAsPlainWordsAfterTheVerb) {
  const auto line = parse({"push", "push", "store"});
  EXPECT_EQ(line.arguments.word("REF"), "push");
  EXPECT_EQ(line.arguments.word("DST"), "store");
}

TEST_F(CommandLineTest, KeepsEveryValueAsItWasTyped) {
  const auto line = parse({"push", "--tag", "[a,b]", "-t", "--quiet", "--tag=", "--tag=x=y",
                           "-tstuck", "--", "-m", "++"});
  EXPECT_THAT(line.arguments.texts("tag"), ElementsAre("[a,b]", "--quiet", "", "x=y", "stuck"));
  EXPECT_EQ(line.arguments.word("REF"), "-m");
  EXPECT_EQ(line.arguments.word("DST"), "++");
  EXPECT_FALSE(line.globals.is_on("quiet"));
}

TEST_F(CommandLineTest, KeepsBracketsInPositionals) {
  EXPECT_THAT(parse({"rm", "[a,b]", "c"}).arguments.words("NAME"), ElementsAre("[a,b]", "c"));
}

TEST_F(CommandLineTest, TakesASingleDashAsAWord) {
  EXPECT_EQ(parse({"push", "-"}).arguments.word("REF"), "-");
}

TEST_F(CommandLineTest, NamesTheNearestVerb) {
  EXPECT_EQ(refusal({"pussh", "m:1", "--key", "k"}).message, "unknown verb 'pussh'");
  EXPECT_EQ(refusal({"pussh"}).mend, "did you mean 'aiops push'?");
  EXPECT_EQ(refusal({"store", "gcc"}).message, "aiops store has no verb 'gcc'");
  EXPECT_EQ(refusal({"store", "gcc"}).mend, "did you mean 'aiops store gc'?");
  EXPECT_EQ(refusal({"zzzzzz"}).mend, "aiops --help");
  EXPECT_EQ(refusal({"__secre"}).mend, "aiops --help");  // hidden verbs are not offered
}

TEST_F(CommandLineTest, NamesTheNearestFlag) {
  EXPECT_EQ(refusal({"push", "--tagg", "x", "m"}).message, "unknown flag '--tagg' for aiops push");
  EXPECT_EQ(refusal({"push", "--tagg=x", "m"}).mend, "did you mean '--tag'?");
  EXPECT_EQ(refusal({"push", "--outptu", "json", "m"}).mend, "did you mean '--output'?");
  EXPECT_EQ(refusal({"--outptu", "json"}).message, "unknown flag '--outptu'");
  EXPECT_EQ(refusal({"push", "-z", "m"}).message, "unknown flag '-z' for aiops push");
}

TEST_F(CommandLineTest, RefusesWhatIsMissing) {
  EXPECT_EQ(refusal({"push"}).message, "aiops push needs REF");
  EXPECT_EQ(refusal({"rm"}).message, "aiops rm needs NAME");
  EXPECT_EQ(refusal({"push", "m", "--tag"}).message, "--tag needs a value");
  EXPECT_EQ(refusal({"push", "m", "--tag"}).mend, "--tag TAG");
  EXPECT_EQ(refusal({"push", "m", "-qt"}).message, "--tag needs a value");
  EXPECT_EQ(refusal({"push", "m", "-o"}).message, "--output needs a value");
}

TEST_F(CommandLineTest, RefusesWhatIsTooMuch) {
  EXPECT_EQ(refusal({"push", "a", "b", "c"}).message, "unexpected word 'c' for aiops push");
  EXPECT_EQ(refusal({"push", "a", "--quiet=no"}).message, "--quiet takes no value");
  EXPECT_EQ(refusal({"push", "a", "-j1", "-j2"}).message, "--jobs is given 2 times");
}

TEST_F(CommandLineTest, RefusesValuesThatAreNoChoice) {
  const Error error = refusal({"push", "a", "--format", "tra"});
  EXPECT_EQ(error.message, "--format must be one of raw, tar, not 'tra'");
  EXPECT_EQ(error.mend, "did you mean 'tar'?");
}

// A family that runs by itself too: its flags are its own, not its verbs'.
TEST_F(CommandLineTest, RunsAFamilyThatHasItsOwnRun) {
  Verb plan{.name = "plan", .summary = "Plan", .description = "Plans."};
  Verb device{.name = "device", .summary = "Look", .description = "Looks."};
  device.flags = {{.name = "require", .value = "WHAT", .help = "What must be there"}};
  device.verbs = {plan};
  device.run = [](const Arguments&, Context&) {};
  program.verbs.push_back(device);
  const auto line = parse({"device", "--require", "cuda"});
  EXPECT_FALSE(line.bare);
  EXPECT_EQ(line.arguments.text("require"), "cuda");
  EXPECT_EQ(parse({"device", "plan"}).path.back()->name, "plan");
  for (const Words& words :
       {Words{"device", "--require", "cuda", "plan"}, Words{"device", "plan", "--require", "cuda"}})
    EXPECT_EQ(refusal(words).message, "unknown flag '--require' for aiops device plan");
  EXPECT_EQ(refusal({"device", "plam"}).mend, "did you mean 'aiops device plan'?");
}

TEST_F(CommandLineTest, EscapesControlCharactersInMessages) {
  EXPECT_THAT(refusal({"pu\033[31msh"}).message, HasSubstr("\\x1b"));
}

TEST_F(CommandLineTest, HelpAndVersionExcuseWhatIsMissing) {
  EXPECT_TRUE(parse({"push", "--help"}).globals.has("help"));
  EXPECT_EQ(parse({"push", "-h"}).path.back()->name, "push");
  EXPECT_TRUE(parse({"--version", "nonsense"}).globals.has("version"));
}

}  // namespace
}  // namespace aiops
