// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.hpp"
#include "cli/context.hpp"
#include "cli/verb.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

namespace aiops {

struct FakeEnvironment final : Environment {
  FakeEnvironment() = default;
  FakeEnvironment(std::initializer_list<std::pair<const std::string, std::string>> values)
      : variables(values) {}
  std::optional<std::string> get(std::string_view name) const override {
    const auto at = variables.find(std::string(name));
    if (at == variables.end() || at->second.empty()) return std::nullopt;
    return at->second;
  }
  std::map<std::string, std::string> variables;
};

// A program with one verb of each shape.
inline Verb small_program() {
  Verb push{.name = "push", .summary = "Send an artifact", .description = "Sends."};
  push.positionals = {{.name = "REF", .help = "What", .complete = Complete::reference},
                      {.name = "DST", .help = "Where", .arity = Positional::Arity::optional}};
  push.flags = {
      {.name = "tag", .letter = 't', .value = "TAG", .help = "A tag", .repeat = true},
      {.name = "jobs",
       .letter = 'j',
       .value = "N",
       .help = "How many at once",
       .fallback = "4",
       .setting = "registry.jobs"},
      {.name = "plain-http",
       .help = "No TLS",
       .setting = "registry.plain_http",
       .reach = Reach::user},
      {.name = "format",
       .value = "F",
       .help = "A format",
       .choices = {"raw", "tar"},
       .setting = "pack.format"},
      {.name = "key", .value = "FILE", .help = "A key", .complete = Complete::private_key}};
  Verb gc{.name = "gc", .summary = "Sweep", .description = "Sweeps."};
  Verb info{.name = "info", .summary = "Count", .description = "Counts."};
  Verb store{.name = "store", .summary = "The store", .description = "About it."};
  store.verbs = {gc, info};
  Verb rm{.name = "rm", .summary = "Remove", .description = "Removes."};
  rm.positionals = {{.name = "NAME",
                     .help = "What",
                     .arity = Positional::Arity::at_least_one,
                     .complete = Complete::store_tag}};
  Verb secret{.name = "__secret", .summary = "Hidden", .description = "Hidden.", .hidden = true};
  Verb program{.name = "aiops", .summary = "A program", .description = "About."};
  program.flags = {{.name = "output",
                    .letter = 'o',
                    .value = "FORMAT",
                    .help = "A format",
                    .choices = {"text", "json"},
                    .fallback = "text",
                    .setting = "ui.output"},
                   {.name = "quiet", .letter = 'q', .help = "Less"},
                   {.name = "store",
                    .value = "DIR",
                    .help = "The store",
                    .setting = "store.path",
                    .complete = Complete::directory,
                    .reach = Reach::user},
                   {.name = "chdir",
                    .letter = 'C',
                    .value = "DIR",
                    .help = "Work there",
                    .complete = Complete::directory},
                   {.name = "help", .letter = 'h', .help = "Help"},
                   {.name = "version", .help = "Version"}};
  program.verbs = {push, store, rm, secret};
  return program;
}

// The Error that `action` throws; a failure when it throws none.
template <typename Action>
Error error_of(const Action& action) {
  try {
    action();
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "nothing was thrown";
  return Error(ExitCode::ok, "");
}

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string name = testing::TempDir() + "aiops-cli-XXXXXX";
    path_ = ::mkdtemp(name.data());
  }
  ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name) << text;
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace aiops
