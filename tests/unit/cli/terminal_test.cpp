// SPDX-License-Identifier: Apache-2.0
#include "cli/terminal.hpp"

#include "cli/global_flags.hpp"
#include "fake.hpp"

namespace aiops {
namespace {

// A stream that the seam declares to be a terminal.
FakeEnvironment on_terminal(std::initializer_list<std::pair<const std::string, std::string>> more) {
  FakeEnvironment environment(more);
  environment.variables.insert({{"AIOPS_FORCE_TTY", "1"}, {"TERM", "xterm"}});
  return environment;
}

TEST(Color, FollowsTheOrder) {
  EXPECT_TRUE(may_color(When::automatic, 1, on_terminal({})));
  EXPECT_FALSE(
      may_color(When::automatic, 1, FakeEnvironment{{"AIOPS_FORCE_TTY", "0"}, {"TERM", "xterm"}}));
  EXPECT_FALSE(may_color(When::automatic, 1, on_terminal({{"NO_COLOR", "0"}})));
  EXPECT_FALSE(
      may_color(When::automatic, 1, on_terminal({{"NO_COLOR", "1"}, {"CLICOLOR_FORCE", "1"}})));
  EXPECT_TRUE(may_color(When::always, 1, on_terminal({{"NO_COLOR", "1"}})));
  EXPECT_FALSE(may_color(When::never, 1, on_terminal({{"CLICOLOR_FORCE", "1"}})));
  EXPECT_TRUE(may_color(When::automatic, 1,
                        FakeEnvironment{{"AIOPS_FORCE_TTY", "0"}, {"CLICOLOR_FORCE", "1"}}));
  EXPECT_FALSE(may_color(When::automatic, 1, on_terminal({{"CLICOLOR", "0"}})));
  EXPECT_FALSE(
      may_color(When::automatic, 1, FakeEnvironment{{"AIOPS_FORCE_TTY", "1"}, {"TERM", "dumb"}}));
  EXPECT_FALSE(may_color(When::automatic, 1, FakeEnvironment{{"AIOPS_FORCE_TTY", "1"}}));
}

TEST(Color, PaintsOnlyWhenOn) {
  EXPECT_EQ(Style{}.bold("x"), "x");
  EXPECT_EQ(Style{true}.bold("x"), "\033[1mx\033[0m");
}

TEST(Prompt, RefusesWithoutATerminalAndNamesTheFlag) {
  const FakeEnvironment nobody{{"AIOPS_FORCE_TTY", "0"}};
  const Error yes = error_of([&] { ask_yes("remove it?", nobody); });
  EXPECT_EQ(yes.code, ExitCode::usage);
  EXPECT_THAT(yes.mend, testing::HasSubstr("--yes"));
  const Error secret = error_of([&] { ask_secret("password", "use --password-stdin", nobody); });
  EXPECT_EQ(secret.code, ExitCode::usage);
  EXPECT_EQ(secret.mend, "use --password-stdin");
}

TEST(Format, IsGuessedFromAnyLine) {
  const FakeEnvironment none;
  EXPECT_EQ(guess_format({"-o", "json", "nonsense"}, none), Format::json);
  EXPECT_EQ(guess_format({"x", "--output=json"}, none), Format::json);
  EXPECT_EQ(guess_format({"x", "-ojson"}, none), Format::json);
  EXPECT_EQ(guess_format({"x", "--", "-ojson"}, none), Format::text);
  EXPECT_EQ(guess_format({"x"}, FakeEnvironment{{"AIOPS_UI_OUTPUT", "json"}}), Format::json);
  EXPECT_EQ(guess_format({"-o", "text"}, FakeEnvironment{{"AIOPS_UI_OUTPUT", "json"}}),
            Format::text);
}

}  // namespace
}  // namespace aiops
