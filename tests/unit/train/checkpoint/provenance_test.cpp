// SPDX-License-Identifier: Apache-2.0
#include "train/checkpoint/provenance.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace aiops::train {
namespace {

CheckpointManifest some_files() {
  return {{{"config.json", 1, sha256_of("c")},
           {"model.safetensors", 1, sha256_of("m")},
           {"training/manifest.json", 1, sha256_of("i")},
           {"training/optimizer.safetensors", 1, sha256_of("o")},
           {"training/provenance.json", 1, sha256_of("p")},
           {"training/trainer_state.json", 1, sha256_of("t")}}};
}

TrainerState some_state() {
  TrainerState state;
  state.step = 20;
  state.steps = 30;
  state.loss = 2.5;
  state.validation_loss = 2.75;
  state.restarts = 1;
  state.config = R"({"seed":7})";
  state.data_digest = sha256_of("data").str();
  state.data = {{"corpus.txt", std::string(sha256_of("text").hex()), 4}};
  state.base = BaseRecord{"demo:1", sha256_of("base").str(), {}};
  return state;
}

RunRecord some_run() {
  return {"id", "2026-01-02T03:04:05Z", "2026-01-02T03:05:05Z", 2,
          Parent{std::string(sha256_of("parent").hex()), 10}};
}

Json predicate() {
  return Json::parse(make_provenance(some_state(), some_run(), some_files()))["predicate"];
}

TEST(Provenance, RootsAreOfTheFilesInOrderAndLeaveTheStatementOut) {
  const auto raw = [](const char* text) { return sha256_raw(text); };
  EXPECT_EQ(root_of(some_files(), Scope::model), sha256_of(raw("c") + raw("m")).hex());
  EXPECT_EQ(root_of(some_files(), Scope::checkpoint),
            sha256_of(raw("c") + raw("m") + raw("o") + raw("t")).hex());
}

TEST(Provenance, HasWhatSlsaAsksFor) {
  const Json statement = Json::parse(make_provenance(some_state(), some_run(), some_files()));
  EXPECT_EQ(statement["_type"], "https://in-toto.io/Statement/v1");
  EXPECT_EQ(statement["predicateType"], "https://slsa.dev/provenance/v1");
  EXPECT_EQ(statement["subject"][0]["digest"]["sha256"], root_of(some_files(), Scope::checkpoint));
  EXPECT_EQ(statement["subject"][1]["digest"]["sha256"], root_of(some_files(), Scope::model));
  const Json& build = statement["predicate"]["buildDefinition"];
  EXPECT_EQ(build["buildType"], kTrainBuildType);
  EXPECT_EQ(build["externalParameters"]["config"]["seed"], 7);
  EXPECT_EQ(build["internalParameters"]["threads"], 2);
  const Json& run = statement["predicate"]["runDetails"];
  EXPECT_FALSE(run["builder"]["id"].get<std::string>().empty());
  EXPECT_EQ(run["byproducts"][0]["digest"]["sha256"], sha256_of("t").hex());
  for (const Json& dependency : build["resolvedDependencies"])
    EXPECT_EQ(dependency["digest"]["sha256"].get<std::string>().size(), 64u) << dependency;
}

TEST(Provenance, IsReadBack) {
  const Provenance said = read_provenance(predicate(), "p");
  EXPECT_EQ(said.step, 20);
  EXPECT_EQ(said.steps, 30);
  EXPECT_EQ(said.restarts, 1);
  EXPECT_EQ(said.loss, 2.5);
  EXPECT_EQ(said.validation_loss, 2.75);
  EXPECT_EQ(said.parent, some_run().parent);
  ASSERT_TRUE(said.base);
  EXPECT_EQ(said.base->name, "demo:1");
  EXPECT_EQ(said.base->digest, sha256_of("base").str());
  ASSERT_EQ(said.data.size(), 1u);
  EXPECT_EQ(said.data[0].digest, sha256_of("text").str());
}

TEST(Provenance, RefusesWhatNoTrainerWrote) {
  const auto refused = [](const char* pointer, const Json& value) {
    Json changed = predicate();
    changed[Json::json_pointer(pointer)] = value;
    EXPECT_THROW(read_provenance(changed, "p"), Error) << pointer;
  };
  refused("/buildDefinition/buildType", "urn:else");
  refused("/buildDefinition/resolvedDependencies", "none");
  refused("/buildDefinition/resolvedDependencies/0/digest", Json::object());
  refused("/buildDefinition/resolvedDependencies/0/digest/sha256", "short");
  refused("/buildDefinition/internalParameters", nullptr);
  refused("/runDetails/byproducts/0/annotations/step", "ten");
  EXPECT_THROW(read_provenance(Json::array(), "p"), Error);
}

}  // namespace
}  // namespace aiops::train
