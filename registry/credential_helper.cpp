// SPDX-License-Identifier: Apache-2.0
#include "registry/credential_helper.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/json.hpp"

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

extern char** environ;

namespace aiops::registry {
namespace {

constexpr std::size_t kAnswerLimit = 64 << 10;
constexpr const char* kNotFound = "credentials not found in native keychain";

std::string trimmed(std::string text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

// Standard input as a file in memory: a helper that ends without reading cannot raise SIGPIPE here.
Fd input_file(const std::string& text) {
  Fd fd(::memfd_create("credential-helper", MFD_CLOEXEC));
  if (!fd) throw system_error("cannot make a file in memory", errno);
  write_fully(fd.get(), std::as_bytes(std::span(text)), "credential helper input");
  ::lseek(fd.get(), 0, SEEK_SET);
  return fd;
}

pid_t spawn(const std::string& program, const char* verb, int input, int output) {
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, input, 0);
  ::posix_spawn_file_actions_adddup2(&actions, output, 1);
  std::string name = program;
  std::string word = verb;
  std::array<char*, 3> argv = {name.data(), word.data(), nullptr};
  pid_t pid = 0;
  const int error = ::posix_spawnp(&pid, program.c_str(), &actions, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0)
    throw Error(ExitCode::denied,
                "cannot start the credential helper " + program + ": " +
                    (error == ENOENT ? "it is not installed" : "it does not run"),
                "install " + program + ", or take it out of the auth file");
  return pid;
}

}  // namespace

CredentialHelper::CredentialHelper(std::string_view name, std::chrono::seconds limit)
    : program_("docker-credential-" + std::string(name)), limit_(limit) {
  const bool plain = !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
  });
  if (!plain)
    throw Error(ExitCode::usage,
                "'" + printable(name) + "' is not the name of a credential helper");
}

CredentialHelper::Outcome CredentialHelper::run(const char* verb, const std::string& input) const {
  const Fd in = input_file(input);
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw system_error("cannot make a pipe", errno);
  const Fd reading(ends[0]);
  Fd writing(ends[1]);
  const pid_t pid = spawn(program_, verb, in.get(), writing.get());
  writing.reset();

  Outcome outcome;
  const auto deadline = std::chrono::steady_clock::now() + limit_;
  bool late = false;
  while (true) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    pollfd waiting{reading.get(), POLLIN, 0};
    const int ready = left.count() > 0 ? ::poll(&waiting, 1, static_cast<int>(left.count())) : 0;
    if (ready < 0 && errno == EINTR) continue;
    std::array<char, 4096> piece{};
    const ssize_t got = ready > 0 ? ::read(reading.get(), piece.data(), piece.size()) : -1;
    late = ready == 0;
    if (got <= 0) break;
    outcome.output.append(piece.data(), static_cast<std::size_t>(got));
    if (outcome.output.size() > kAnswerLimit) break;
  }
  if (late || outcome.output.size() > kAnswerLimit) ::kill(pid, SIGKILL);
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (late)
    throw Error(ExitCode::denied, "the credential helper " + program_ + " gave no answer in " +
                                      std::to_string(limit_.count()) + " s");
  outcome.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
  return outcome;
}

std::optional<Credentials> CredentialHelper::get(const std::string& host) const {
  const Outcome outcome = run("get", host);
  if (outcome.status != 0) {
    const std::string said = trimmed(outcome.output);
    if (said == kNotFound) return std::nullopt;
    throw Error(ExitCode::denied, "the credential helper " + program_ + " failed for " + host +
                                      (said.empty() ? "" : ": " + printable(said.substr(0, 200))));
  }
  const Json answer = parse_json(outcome.output, "the answer of " + program_);
  Credentials found;
  found.origin = program_;
  const auto text = [&](const char* key) {
    return answer.is_object() && answer.contains(key) && answer[key].is_string()
               ? answer[key].get<std::string>()
               : std::string();
  };
  if (text("Secret").empty()) return std::nullopt;
  if (text("Username") == "<token>") {
    found.identity_token = text("Secret");
  } else {
    found.user = text("Username");
    found.password = text("Secret");
  }
  return found;
}

void CredentialHelper::store(const std::string& host, const Credentials& credentials) const {
  const OrderedJson entry = {
      {"ServerURL", host}, {"Username", credentials.user}, {"Secret", credentials.password}};
  if (run("store", to_text(entry)).status != 0)
    throw Error(ExitCode::failed,
                "the credential helper " + program_ + " did not save the credentials for " + host);
}

bool CredentialHelper::erase(const std::string& host) const {
  return run("erase", host).status == 0;
}

}  // namespace aiops::registry
