// SPDX-License-Identifier: Apache-2.0
// Rules that every verb of the program keeps, so that help, completion and configuration hold
// together.
#include "cli/configuration.hpp"
#include "cli/global_flags.hpp"
#include "cli/help.hpp"
#include "cli/text.hpp"
#include "cli/usage.hpp"
#include "fake.hpp"

#include <algorithm>
#include <set>

namespace aiops {
namespace {

using Path = std::vector<const Verb*>;

struct VerbTable : testing::Test {
  void each(const std::function<void(const Path&)>& check) const {
    for_each_verb(program, [&](const Path& path) {
      SCOPED_TRACE(full_name(path));
      check(path);
    });
  }
  Verb program = program_verb();
};

TEST_F(VerbTable, HasNoNameTwice) {
  each([&](const Path& path) {
    std::set<std::string> names;
    std::set<char> letters;
    std::vector<const Verb*> owners{path.front()};
    if (path.size() > 1) owners.push_back(path.back());
    for (const Verb* owner : owners) {
      for (const auto& flag : owner->flags) {
        EXPECT_TRUE(names.insert(flag.name).second) << "--" << flag.name;
        if (flag.letter == '\0') continue;
        EXPECT_TRUE(letters.insert(flag.letter).second) << flag.letter;
      }
    }
    std::set<std::string> verbs;
    for (const auto& verb : path.back()->verbs)
      EXPECT_TRUE(verbs.insert(verb.name).second) << verb.name;
  });
}

TEST_F(VerbTable, RunsOrHasVerbs) {
  each([](const Path& path) {
    if (path.size() == 1 || path.back()->name == "help") return;
    EXPECT_TRUE(path.back()->run || !path.back()->verbs.empty());
    EXPECT_TRUE(path.back()->verbs.empty() || path.back()->positionals.empty());
  });
}

TEST_F(VerbTable, ExplainsItself) {
  each([](const Path& path) {
    const Verb& verb = *path.back();
    EXPECT_FALSE(verb.summary.empty());
    EXPECT_FALSE(verb.summary.ends_with('.'));
    EXPECT_LE(display_width(verb.summary), 72u);
    EXPECT_FALSE(verb.description.empty());
    for (const auto& flag : verb.flags) {
      EXPECT_FALSE(flag.help.empty()) << "--" << flag.name;
      EXPECT_FALSE(flag.help.ends_with('.')) << "--" << flag.name;
    }
    for (const auto& positional : verb.positionals)
      EXPECT_FALSE(positional.help.empty()) << positional.name;
    if (!verb.verbs.empty()) return;
    EXPECT_GE(verb.examples.size(), 2u) << "a verb has two to four examples";
    EXPECT_LE(verb.examples.size(), 4u) << "a verb has two to four examples";
  });
}

TEST_F(VerbTable, HasFallbacksThatAreChoices) {
  each([](const Path& path) {
    for (const auto& flag : path.back()->flags) {
      if (flag.choices.empty() || flag.fallback.empty()) continue;
      EXPECT_EQ(std::ranges::count(flag.choices, flag.fallback), 1) << "--" << flag.name;
    }
  });
}

// One key, one meaning: two flags may share a key only when they agree on what it holds.
TEST_F(VerbTable, HasSettingsThatAgree) {
  std::map<std::string, const Flag*> seen;
  each([&](const Path& path) {
    for (const auto& flag : path.back()->flags) {
      if (flag.setting.empty()) continue;
      EXPECT_NE(flag.setting.find('.'), std::string::npos) << flag.setting << " has no section";
      const auto [at, fresh] = seen.emplace(flag.setting, &flag);
      if (fresh) continue;
      EXPECT_EQ(at->second->value.empty(), flag.value.empty()) << flag.setting;
      EXPECT_EQ(at->second->choices, flag.choices) << flag.setting;
      EXPECT_EQ(at->second->fallback, flag.fallback) << flag.setting;
      EXPECT_EQ(at->second->reach, flag.reach) << flag.setting;
    }
  });
  std::set<std::string> variables;
  for (const auto& setting : all_settings(program))
    EXPECT_TRUE(variables.insert(environment_name(setting.key)).second) << setting.key;
}

}  // namespace
}  // namespace aiops
