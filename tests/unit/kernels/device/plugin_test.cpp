// SPDX-License-Identifier: Apache-2.0
// Looking for the plug-in, and what is said where there is none. What it does is tested in
// tests/fakes/.
#include "kernels/device/plugin.hpp"

#include "base/error.hpp"
#include "kernels/operators.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>

namespace aiops::kernels::device {
namespace {

namespace fs = std::filesystem;
using testing::EndsWith;
using testing::HasSubstr;

Error refusal(const Search& search) {
  try {
    Plugin::open(search);
  } catch (const Error& error) {
    EXPECT_EQ(error.code, ExitCode::no_gpu);
    EXPECT_FALSE(error.mend.empty());
    return error;
  }
  ADD_FAILURE() << "it opened";
  return {ExitCode::ok, ""};
}

TEST(PluginSearch, LooksBesideTheProgramAndInItsLibraries) {
  const auto candidates = plugin_candidates({});
  ASSERT_EQ(candidates.size(), 2U);
  const fs::path folder = fs::read_symlink("/proc/self/exe").parent_path();
  EXPECT_EQ(candidates[0], folder / "libaiops_cuda.so");
  EXPECT_EQ(candidates[1], folder.parent_path() / "lib/aiops/libaiops_cuda.so");
}

TEST(PluginSearch, TakesAGivenFileAndNoOther) {
  const auto candidates = plugin_candidates({.plugin = "here.so", .library_dirs = {}});
  ASSERT_EQ(candidates.size(), 1U);
  EXPECT_TRUE(candidates[0].is_absolute());
  EXPECT_THAT(candidates[0].string(), EndsWith("/here.so"));
}

TEST(PluginSearch, SaysThatTheFileIsNotThere) {
  EXPECT_THAT(refusal({.plugin = "/nowhere/x.so", .library_dirs = {}}).message,
              HasSubstr("/nowhere/x.so"));
}

TEST(PluginSearch, SaysThatAFileIsNoLibrary) {
  const fs::path file = fs::path(testing::TempDir()) / "aiops-no-library.so";
  std::ofstream(file) << "text";
  EXPECT_THAT(refusal({.plugin = file, .library_dirs = {}}).message, HasSubstr("cannot open"));
  fs::remove(file);
}

TEST(PluginSearch, SaysThatALibraryIsNoPlugIn) {
  EXPECT_THAT(refusal({.plugin = "/proc/self/exe", .library_dirs = {}}).message,
              HasSubstr("/proc/self/exe"));
}

TEST(Interface, HasEveryOperatorByItsName) {
#define AIOPS_EXPECT(which)                              \
  EXPECT_STREQ(OperatorOf<aiops_##which>::name, #which); \
  EXPECT_EQ(OperatorOf<aiops_##which>::value, Operator::which);
  AIOPS_DEVICE_OPERATORS(AIOPS_EXPECT)
#undef AIOPS_EXPECT
}

// Whatever the CPU has, the interface can carry. Random numbers are made on the host.
TEST(Interface, HasParametersForEveryOperatorOfTheRoom) {
  std::set<std::string> names;
#define AIOPS_NAME(name) names.insert(#name);
  AIOPS_DEVICE_OPERATORS(AIOPS_NAME)
#undef AIOPS_NAME
  for (const std::string concept_name : {
#define AIOPS_NAME(name) #name,
           AIOPS_DIFFERENTIABLE_OPERATORS(AIOPS_NAME) AIOPS_OTHER_OPERATORS(AIOPS_NAME)
#undef AIOPS_NAME
       }) {
    const auto has = [&](const char* end) { return names.contains(concept_name + end); };
    const auto backward = names.lower_bound(concept_name + "_backward");  // linear has two
    const bool is_differentiable = has("_forward") && backward != names.end() &&
                                   backward->starts_with(concept_name + "_backward");
    EXPECT_TRUE(has("") || is_differentiable || concept_name == "random") << concept_name;
  }
}

TEST(Interface, AFaultBecomesAnErrorWithItsMend) {
  aiops_fault fault{};
  std::strcpy(fault.message, "it is broken");
  std::strcpy(fault.mend, "mend it");
  EXPECT_NO_THROW(require(AIOPS_OK, fault));
  try {
    require(AIOPS_NO_GPU, fault);
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.code, ExitCode::no_gpu);
    EXPECT_EQ(error.message, "it is broken");
    EXPECT_EQ(error.mend, "mend it");
  }
  EXPECT_THROW(require(AIOPS_FAILED, fault), Error);
}

}  // namespace
}  // namespace aiops::kernels::device
