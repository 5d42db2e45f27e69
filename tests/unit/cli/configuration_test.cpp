// SPDX-License-Identifier: Apache-2.0
#include "cli/configuration.hpp"

#include "fake.hpp"

namespace aiops {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

struct ConfigurationTest : testing::Test {
  Settings resolve() const { return resolve_settings(all_settings(program), files, environment); }
  std::string value(const char* key) const { return resolve().find(key)->value; }
  std::string origin(const char* key) const { return resolve().find(key)->origin; }
  Error refusal() const {
    const Error error = error_of([&] { resolve(); });
    EXPECT_EQ(error.code, ExitCode::usage);
    return error;
  }
  void user(const std::string& yaml) { files.user = directory.write("user.yaml", yaml); }
  void system(const std::string& yaml) { files.system = directory.write("system.yaml", yaml); }
  void project(const std::string& yaml) { files.project = directory.write("aiops.yaml", yaml); }

  Verb program = small_program();
  TemporaryDirectory directory;
  ConfigurationFiles files{
      .system = directory.path() / "none", .user = directory.path() / "none", .project = {}};
  FakeEnvironment environment;
};

TEST_F(ConfigurationTest, ResolvesInOrder) {
  EXPECT_EQ(value("registry.jobs"), "4");
  EXPECT_EQ(origin("registry.jobs"), "default");
  system("registry:\n  jobs: 5\n");
  EXPECT_EQ(value("registry.jobs"), "5");
  user("registry:\n  jobs: 6\n");
  EXPECT_EQ(value("registry.jobs"), "6");
  EXPECT_EQ(origin("registry.jobs"), files.user.string() + ":2:9");
  project("name: demo\nconfig:\n  registry:\n    jobs: 7\n");
  EXPECT_EQ(value("registry.jobs"), "7");
  environment.variables["AIOPS_REGISTRY_JOBS"] = "8";
  EXPECT_EQ(value("registry.jobs"), "8");
  EXPECT_EQ(origin("registry.jobs"), "environment AIOPS_REGISTRY_JOBS");
}

TEST_F(ConfigurationTest, KnowsTheShortNameOfTheStore) {
  environment.variables["AIOPS_STORE"] = "/short";
  EXPECT_EQ(value("store.path"), "/short");
  environment.variables["AIOPS_STORE_PATH"] = "/long";
  EXPECT_EQ(value("store.path"), "/long");
}

TEST_F(ConfigurationTest, NamesPlaceAndNearestOfUnknownKeys) {
  user("registry:\n  jobz: 5\n");
  EXPECT_EQ(refusal().message, files.user.string() + ":2:3: unknown key 'jobz'");
  EXPECT_EQ(refusal().mend, "did you mean 'jobs'?");
  user("registri:\n  jobs: 5\n");
  EXPECT_EQ(refusal().mend, "did you mean 'registry'?");
}

TEST_F(ConfigurationTest, NamesThePlaceOfBadYaml) {
  user("registry:\n  jobs: [\n");
  EXPECT_THAT(refusal().message, HasSubstr(files.user.string() + ":3:1: not valid YAML"));
  user("- a list\n");
  EXPECT_THAT(refusal().message, HasSubstr(files.user.string() + ":1:1: "));
}

TEST_F(ConfigurationTest, ChecksChoicesAndSwitches) {
  user("ui:\n  output: xml\n");
  EXPECT_THAT(refusal().message, HasSubstr(":2:11: 'ui.output' must be one of text, json"));
  user("registry:\n  plain_http: maybe\n");
  EXPECT_THAT(refusal().message, HasSubstr("'registry.plain_http' must be true or false"));
  user("registry:\n  plain_http: yes\n");
  EXPECT_EQ(value("registry.plain_http"), "true");
  files.user = directory.path() / "none";
  environment.variables["AIOPS_UI_OUTPUT"] = "xml";
  EXPECT_THAT(refusal().message, HasSubstr("AIOPS_UI_OUTPUT: 'ui.output' must be"));
}

TEST_F(ConfigurationTest, AProjectMayNotWidenTrust) {
  project("config:\n  registry:\n    plain_http: true\n");
  EXPECT_THAT(refusal().message,
              HasSubstr("aiops.yaml:3:17: a project file may not set 'registry.plain_http'"));
  EXPECT_THAT(refusal().mend, HasSubstr("AIOPS_REGISTRY_PLAIN_HTTP"));
}

TEST_F(ConfigurationTest, LeavesTheRestOfTheProjectFileToPack) {
  project("nonsense: [1, 2]\nconfig:\n  pack: {format: tar}\n");
  EXPECT_EQ(value("pack.format"), "tar");
}

TEST_F(ConfigurationTest, AGivenFileMustExist) {
  files.user_is_required = true;
  EXPECT_EQ(error_of([&] { resolve(); }).code, ExitCode::not_found);
}

TEST_F(ConfigurationTest, ProjectFileIsFoundUpwardsToTheRepository) {
  directory.write("aiops.yaml", "");
  directory.write("repository/.git/HEAD", "");
  directory.write("repository/deep/er/file", "");
  const fs::path root = directory.path();
  EXPECT_EQ(find_project_file(root / "repository/deep/er", "/nowhere"), std::nullopt);
  const auto own = directory.write("repository/aiops.yaml", "");
  EXPECT_EQ(find_project_file(root / "repository/deep/er", "/nowhere"), own);
}

TEST_F(ConfigurationTest, ProjectFileIsNotLookedForAboveHome) {
  directory.write("aiops.yaml", "");
  directory.write("home/deep/file", "");
  EXPECT_EQ(find_project_file(directory.path() / "home/deep", directory.path() / "home"),
            std::nullopt);
}

}  // namespace
}  // namespace aiops
