// SPDX-License-Identifier: Apache-2.0
#include "registry/credentials.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "registry/credential_helper.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

namespace aiops::registry {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;

class AuthFileTest : public testing::Test {
 protected:
  AuthFileTest() : directory_(fs::temp_directory_path() / "aiops-auth-XXXXXX") {
    std::string path = directory_.string();
    directory_ = ::mkdtemp(path.data());
  }
  ~AuthFileTest() override { fs::remove_all(directory_); }

  fs::path write(const std::string& name, const std::string& text) {
    write_file_atomically(directory_ / name, text);
    return directory_ / name;
  }
  std::string user(const AuthFiles& files, std::string_view host, std::string_view repository) {
    const auto found = find_credentials(files, host, repository, Purpose::read, status_);
    return found ? found->user : "(none)";
  }
  static std::string entry(const std::string& user) {
    return R"({"auth":")" + to_base64(user + ":pa:ss") + "\"}";
  }

  fs::path directory_;
  SilentStatus status_;
};

TEST_F(AuthFileTest, TheLongestPrefixWins) {
  const AuthFiles files{
      {write("a.json", R"({"auths":{"h:5000":)" + entry("host") + R"(,"h:5000/team":)" +
                           entry("team") + R"(,"h:5000/team/model":)" + entry("model") + "}}")},
      {}};
  EXPECT_EQ(user(files, "h:5000", "team/model"), "model");
  EXPECT_EQ(user(files, "h:5000", "team/model2"), "team");
  EXPECT_EQ(user(files, "h:5000", "teams"), "host");
  EXPECT_EQ(user(files, "h", "team/model"), "(none)");
  EXPECT_EQ(find_credentials(files, "h:5000", "x", Purpose::read, status_)->password, "pa:ss");
}

TEST_F(AuthFileTest, TheFirstFileThatKnowsTheRegistryWins) {
  const AuthFiles files{
      {directory_ / "absent.json", write("a.json", R"({"auths":{"x":)" + entry("a") + "}}"),
       write("b.json", R"({"auths":{"x":)" + entry("b") + R"(,"y":)" + entry("b") + "}}")},
      {}};
  EXPECT_EQ(user(files, "x", "r"), "a");
  EXPECT_EQ(user(files, "y", "r"), "b");
}

TEST_F(AuthFileTest, OldKeysCarrySchemeAndPath) {
  const AuthFiles files{
      {write("a.json", R"({"auths":{"https://index.docker.io/v1/":)" + entry("hub") +
                           R"(,"https://reg.example/v2/":)" + entry("old") + "}}")},
      {}};
  EXPECT_EQ(user(files, "docker.io", "library/x"), "hub");
  EXPECT_EQ(user(files, "reg.example", "x"), "old");
  EXPECT_EQ(plain_auth_key("https://reg.example:5000/v1/"), "reg.example:5000");
  EXPECT_THAT(auth_keys("h", "a/b"), ElementsAre("h/a/b", "h/a", "h"));
}

TEST_F(AuthFileTest, BrokenEntriesAreNamed) {
  const AuthFiles files{{write("a.json", R"({"auths":{"h":{"auth":"!!"}}})")}, {}};
  EXPECT_THROW(user(files, "h", ""), Error);
  const AuthFiles twice{{write("b.json", R"({"auths":{},"auths":{}})")}, {}};
  EXPECT_THROW(user(twice, "h", ""), Error);
}

TEST_F(AuthFileTest, SavingKeepsTheRestAndHidesTheFile) {
  const auto path = write("a.json", R"({"zebra":1,"auths":{"other":)" + entry("o") + "}}");
  const AuthFiles files{{path}, path};
  EXPECT_EQ(save_credentials(files, "h:5000", {"u", "secret", "", ""}), path.string());
  struct stat info {};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  EXPECT_EQ(user(files, "h:5000", "r"), "u");
  EXPECT_EQ(user(files, "other", "r"), "o");
  EXPECT_NE(read_file(path).find("zebra"), std::string::npos);
  EXPECT_THAT(forget_credentials(files, "h:5000"), ElementsAre(path.string()));
  EXPECT_EQ(user(files, "h:5000", "r"), "(none)");
  EXPECT_EQ(user(files, "other", "r"), "o");
  EXPECT_TRUE(forget_credentials(files, "h:5000").empty());
}

TEST(CredentialHelperName, IsNoPath) {
  for (const char* bad : {"", "../x", "a/b", "a b", "a;b"})
    EXPECT_THROW(CredentialHelper{bad}, Error) << bad;
}

TEST_F(AuthFileTest, AMissingHelperStopsWritesOnly) {
  const AuthFiles files{{write("a.json", R"({"credHelpers":{"h":"no-such-helper-here"}})")}, {}};
  EXPECT_EQ(user(files, "h", ""), "(none)");
  EXPECT_THROW(find_credentials(files, "h", "", Purpose::write, status_), Error);
}

}  // namespace
}  // namespace aiops::registry
