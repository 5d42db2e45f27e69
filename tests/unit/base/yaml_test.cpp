// SPDX-License-Identifier: Apache-2.0
#include "base/yaml.hpp"

#include "base/error.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace aiops {
namespace {

std::string complaint(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.code, ExitCode::usage);
    return error.message;
  }
  return "no complaint";
}

TEST(YamlMap, ReadsTypedValues) {
  auto root = YamlMap::load(
      "t.yaml", "steps: 10\nrate: 1e-3\nname: demo\nfiles: [a, b]\nmodel: {layers: 2}\non: true\n");
  EXPECT_EQ(root.integer("steps", 1, 100), 10);
  EXPECT_DOUBLE_EQ(root.number("rate", 0, 1).value(), 1e-3);
  EXPECT_EQ(root.text("name"), "demo");
  EXPECT_EQ(root.texts("files").size(), 2u);
  EXPECT_EQ(root.map("model").integer("layers", 1, 9), 2);
  EXPECT_EQ(root.boolean("on"), true);
  EXPECT_FALSE(root.text("absent").has_value());
  EXPECT_NO_THROW(root.finish());
}

TEST(YamlMap, RefusesAKeyGivenTwice) {
  EXPECT_EQ(complaint([] { YamlMap::load("t.yaml", "a: 1\nb: 2\na: 3\n"); }),
            "t.yaml:3:1: 'a' is given twice");
  EXPECT_EQ(complaint([] { YamlMap::load("t.yaml", "m: {a: 1, a: 3}\n").map("m"); }),
            "t.yaml:1:11: 'a' is given twice");
  EXPECT_EQ(complaint([] { YamlMap::load("t.yaml", "l: [{a: 1, a: 3}]\n").maps("l"); }),
            "t.yaml:1:12: 'a' is given twice");
}

TEST(YamlMap, NamesLineAndColumn) {
  EXPECT_EQ(complaint([] { YamlMap::load("t.yaml", "a: 1\nb: [1, 2\n"); }).substr(0, 9),
            "t.yaml:3:");
  EXPECT_EQ(complaint([] { YamlMap::load("t.yaml", "a: 1\nb: x\n").integer("b", 0, 9); }),
            "t.yaml:2:4: 'b' must be a whole number");
  EXPECT_EQ(complaint([] { YamlMap::load("t.yaml", "b: -3\n").integer("b", 0, 9); }),
            "t.yaml:1:4: 'b' must be between 0 and 9");
}

TEST(YamlMap, RefusesUnknownKeysAtEveryLevel) {
  auto root = YamlMap::load("t.yaml", "model:\n  layerz: 2\n");
  root.map("model").integer("layers", 1, 9);
  EXPECT_EQ(complaint([&] { root.finish(); }), "t.yaml:2:3: unknown key 'layerz'");
}

TEST(YamlMap, TakesOverridesAndNamesThemInComplaints) {
  auto root = YamlMap::load("t.yaml", "steps: 10\nmodel: {layers: 2}\n");
  root.set("steps", "20");
  root.set("model.layers", "-1");
  root.set("optimiser.lr", "0.1");
  root.set("optimiser.lrr", "1");
  EXPECT_EQ(root.integer("steps", 1, 100), 20);
  EXPECT_DOUBLE_EQ(root.map("optimiser").number("lr", 0, 1).value(), 0.1);
  root.set("seed", "soon");
  EXPECT_EQ(complaint([&] { root.integer("seed", 0, 9); }),
            "--set seed: 'seed' must be a whole number");
  EXPECT_EQ(complaint([&] { root.map("model").integer("layers", 1, 9); }),
            "--set model.layers: 'layers' must be between 1 and 9");
  EXPECT_EQ(complaint([&] { root.set("steps.more", "1"); }),
            "--set steps.more: a key on the way holds a value, not keys");
  EXPECT_EQ(complaint([&] { root.finish(); }), "--set optimiser.lrr: unknown key 'lrr'");
}

TEST(YamlMap, AnOverrideMayBeAList) {
  auto root = YamlMap::load("t.yaml", "files: one\nquoted: '[a, b]'\n");
  const auto given = [&](const char* value) {
    root.set("data.files", value);
    return root.map("data").texts("files");
  };
  using Texts = std::vector<std::string>;
  EXPECT_EQ(given("[a, 'b c',d]"), (Texts{"a", "b c", "d"}));
  EXPECT_EQ(given("[a]"), Texts{"a"});
  EXPECT_EQ(given("[]"), Texts{});
  EXPECT_EQ(given("a, b"), Texts{"a, b"});
  EXPECT_EQ(given("[INST] Hello [/INST]"), Texts{"[INST] Hello [/INST]"}) << "a text";
  EXPECT_EQ(given("[[a], b]"), Texts{"[[a], b]"}) << "not of scalars alone";
  EXPECT_EQ(root.texts("quoted"), Texts{"[a, b]"}) << "the file has lists of its own";
}

TEST(Yaml, RefusesAListAsAKeyWithItsPlace) {
  const YamlMap root = YamlMap::load("f.yaml", "? [a]\n: b\n");
  try {
    root.finish();
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.message, "f.yaml:1:3: a key must be a text");
  }
}

}  // namespace
}  // namespace aiops
