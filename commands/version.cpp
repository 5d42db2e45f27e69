// SPDX-License-Identifier: Apache-2.0
#include "commands/version.hpp"

#include "base/commit.hpp"
#include "base/version.hpp"
#include "pack/archive_library.hpp"

#include <fmt/core.h>
#include <nlohmann/json.hpp>
#include <openssl/crypto.h>

#include <string>
#include <vector>

namespace aiops::commands {
namespace {

struct Library {
  std::string name;
  std::string version;
};

std::string dotted(int major, int minor, int patch) {
  return std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch);
}

// What is loaded where the library can tell, what was compiled against where it cannot.
std::vector<Library> libraries() {
  std::string archive = pack::libarchive().archive_version_string();  // "libarchive 3.6.2"
  return {
      {"openssl", OpenSSL_version(OPENSSL_VERSION_STRING)},
      {"libarchive", archive.substr(archive.find(' ') + 1)},
      {"fmt", dotted(FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100)},
      {"nlohmann-json", dotted(NLOHMANN_JSON_VERSION_MAJOR, NLOHMANN_JSON_VERSION_MINOR,
                               NLOHMANN_JSON_VERSION_PATCH)},
  };
}

}  // namespace

Verb version_verb() {
  Verb verb;
  verb.name = "version";
  verb.summary = "Show the version, the build and the libraries";
  verb.description =
      "Shows which aiops this is, the commit that it was built from, what it was compiled with and "
      "the libraries that it runs with: "
      "what a report of a fault should carry. 'aiops --version' prints one line.";
  verb.examples = {
      {"aiops version", "what this program is"},
      {"aiops version -o json", "the same for a script"},
  };
  verb.run = [](const Arguments&, Context& context) { version(context); };
  return verb;
}

void version(Context& context) {
  const std::string commit = std::string(kCommit) + (kCommitIsDirty ? ", changed" : "");
  OrderedJson value{{"version", kVersion},
                    {"commit", kCommit},
                    {"dirty", kCommitIsDirty},
                    {"build", {{"compiler", kCompiler}, {"type", kBuildType}}},
                    {"libraries", OrderedJson::object()}};
  std::string text = std::string("aiops ") + kVersion + "\ncommit " + commit + "\nbuilt with " +
                     kCompiler + ", " + kBuildType + "\n";
  for (const auto& [name, number] : libraries()) {
    value["libraries"][name] = number;
    text += name + " " + number + "\n";
  }
  context.report.answer(kVersion, value, text);
}

}  // namespace aiops::commands
