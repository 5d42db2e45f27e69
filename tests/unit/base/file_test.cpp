// SPDX-License-Identifier: Apache-2.0
#include "base/file.hpp"

#include "base/error.hpp"

#include <gtest/gtest.h>

namespace aiops {
namespace {

class File : public testing::Test {
 protected:
  std::filesystem::path directory = std::filesystem::path(testing::TempDir()) / "aiops-file-test";
  void SetUp() override { std::filesystem::create_directories(directory); }
  void TearDown() override { std::filesystem::remove_all(directory); }
};

TEST_F(File, AppearsWholeOrNotAtAll) {
  write_file_atomically(directory / "a", "one");
  write_file_atomically(directory / "a", "two");
  EXPECT_EQ(read_file(directory / "a"), "two");
  {
    TempFile abandoned(directory);
    abandoned.write(std::string_view("half"));
  }
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory), {}), 1);
}

TEST_F(File, ReadSaysWhatIsWrong) {
  const auto code_of = [&](const std::filesystem::path& path, std::uint64_t limit) {
    try {
      read_file(path, limit);
    } catch (const Error& error) {
      return error.code;
    }
    return ExitCode::ok;
  };
  write_file_atomically(directory / "big", std::string(100, 'x'));
  EXPECT_EQ(code_of(directory / "absent", 10), ExitCode::not_found);
  EXPECT_EQ(code_of(directory / "big", 10), ExitCode::failed);
  EXPECT_EQ(code_of(directory, 10), ExitCode::failed);
}

TEST_F(File, MapsEmptyFilesToo) {
  write_file_atomically(directory / "empty", "");
  EXPECT_TRUE(MappedFile(directory / "empty").bytes().empty());
  write_file_atomically(directory / "some", "abc");
  EXPECT_EQ(MappedFile(directory / "some").text(), "abc");
}

}  // namespace
}  // namespace aiops
