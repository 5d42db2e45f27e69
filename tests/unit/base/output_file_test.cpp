// SPDX-License-Identifier: Apache-2.0
#include "base/output_file.hpp"

#include "base/error.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <future>

namespace aiops {
namespace {

namespace fs = std::filesystem;

class Output : public testing::Test {
 protected:
  fs::path directory = fs::path(testing::TempDir()) / "aiops-output-file-test";
  void SetUp() override { fs::create_directories(directory / "far"); }
  void TearDown() override { fs::remove_all(directory); }

  template <typename Action>
  static Error error_of(Action action) {
    try {
      action();
    } catch (const Error& error) {
      return error;
    }
    return {ExitCode::ok, ""};
  }
};

TEST_F(Output, WritesWhereLinksLead) {
  write_file_atomically(directory / "far/there", "old");
  fs::create_symlink("far/there", directory / "near");
  fs::create_symlink(directory / "near", directory / "nearer");
  write_output(directory / "nearer", "one");
  EXPECT_EQ(read_file(directory / "far/there"), "one");
  EXPECT_TRUE(fs::is_symlink(directory / "near"));
  EXPECT_TRUE(fs::is_symlink(directory / "nearer"));
  EXPECT_EQ(replaceable_file(directory / "nearer"), directory / "far/there");
}

TEST_F(Output, GoesOnInAFileThatTheShellOpened) {
  write_file_atomically(directory / "log", "first ");
  fs::create_hard_link(directory / "log", directory / "same");
  const Fd log(::open((directory / "log").c_str(), O_WRONLY | O_APPEND));
  const fs::path as_stdout = "/proc/self/fd/" + std::to_string(log.get());
  fs::create_symlink(as_stdout, directory / "stdout");  // as /dev/stdout is
  write_output(directory / "stdout", "second ");
  write_output("/dev/fd/" + std::to_string(log.get()), "third");
  EXPECT_EQ(read_file(directory / "log"), "first second third");
  EXPECT_TRUE(fs::equivalent(directory / "log", directory / "same")) << "the file was replaced";
  EXPECT_EQ(error_of([&] { replaceable_file(as_stdout); }).code, ExitCode::usage);
  EXPECT_NE(error_of([&] { write_output("/dev/fd/999", "x"); }).code, ExitCode::ok);
  EXPECT_NE(error_of([&] { write_output("/dev/fd/word", "x"); }).code, ExitCode::ok);
}

TEST_F(Output, MakesWhatALinkLacks) {
  fs::create_symlink("far/absent", directory / "dangling");
  write_output(directory / "dangling", "made");
  EXPECT_TRUE(fs::is_symlink(directory / "dangling"));
  EXPECT_EQ(read_file(directory / "far/absent"), "made");
}

TEST_F(Output, RefusesLinksInARingAndDirectories) {
  fs::create_symlink("b", directory / "a");
  fs::create_symlink("a", directory / "b");
  EXPECT_EQ(error_of([&] { write_output(directory / "a", "x"); }).code, ExitCode::failed);
  EXPECT_EQ(error_of([&] { write_output(directory / "far", "x"); }).code, ExitCode::failed);
  EXPECT_TRUE(fs::is_empty(directory / "far"));
  EXPECT_EQ(error_of([&] { write_output(directory / "no/x", "x"); }).code, ExitCode::not_found);
}

TEST_F(Output, AFifoTakesTheBytesAndStays) {
  const fs::path fifo = directory / "fifo";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  EXPECT_THROW(write_output(fifo, "x", 0644, NoReader::fail), Error);
  auto read = std::async(std::launch::async, [&] { return read_file(fifo); });
  write_output(fifo, "through");
  EXPECT_EQ(read.get(), "through");
  EXPECT_TRUE(fs::is_fifo(fifo));
  EXPECT_EQ(error_of([&] { replaceable_file(fifo); }).code, ExitCode::usage);
  EXPECT_EQ(std::distance(fs::directory_iterator(directory), {}), 2);  // with "far"
}

// Like /dev/full, and under a name of its own: the test must not be able to harm the true one.
TEST_F(Output, ADeviceTakesTheBytesAndStays) {
  const fs::path full = directory / "full";
  if (::mknod(full.c_str(), S_IFCHR | 0666, ::makedev(1, 7)) != 0)
    GTEST_SKIP() << "device nodes are not for this user";
  const Fd probe(::open(full.c_str(), O_WRONLY | O_CLOEXEC));
  if (!probe) GTEST_SKIP() << "devices cannot be opened in " << directory;
  const Error error = error_of([&] { write_output(full, "x"); });
  EXPECT_NE(error.message.find("No space left on device"), std::string::npos) << error.message;
  EXPECT_TRUE(fs::is_character_file(full));
}

}  // namespace
}  // namespace aiops
