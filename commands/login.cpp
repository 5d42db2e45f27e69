// SPDX-License-Identifier: Apache-2.0
#include "commands/login.hpp"

#include "base/error.hpp"
#include "cli/arguments.hpp"
#include "commands/registry_options.hpp"

#include <nlohmann/json.hpp>

namespace aiops::commands {
namespace {

constexpr std::size_t kLongestPassword = 64 << 10;

LoginOptions resolve_options(const Arguments& arguments) {
  LoginOptions options;
  options.host = registry_host(arguments.word("HOST"));
  options.user = arguments.required_text("user");
  if (options.user.find(':') != std::string::npos)
    throw Error(ExitCode::usage, "a user name cannot hold a colon");
  if (arguments.is_on("password-stdin")) options.password = LoginOptions::Password::standard_input;
  options.registry = registry_access(arguments);
  return options;
}

std::string ask_password(const LoginOptions& options, Context& context) {
  std::string password;
  if (options.password == LoginOptions::Password::prompt) {
    password = context.secret("password of " + options.user + " at " + options.host + ": ",
                              "--password-stdin");
  } else {
    password = context.standard_input(kLongestPassword);
    while (!password.empty() && (password.back() == '\n' || password.back() == '\r'))
      password.pop_back();
  }
  if (password.empty()) throw Error(ExitCode::usage, "the password is empty");
  return password;
}

}  // namespace

Verb login_verb() {
  Verb verb;
  verb.name = "login";
  verb.summary = "Save the credentials for a registry";
  verb.description =
      "Asks the registry whether it takes the user and the password, and saves them if so. The "
      "password is asked for on the terminal or read from standard input; it is never an argument, "
      "where others could see it.\n\n"
      "They are saved where podman and skopeo save theirs, readable by you alone: in "
      "$REGISTRY_AUTH_FILE, else $XDG_RUNTIME_DIR/containers/auth.json, else "
      "~/.config/containers/auth.json; or in the credential helper that this file names. When "
      "credentials are looked up, these files and then docker's ~/.docker/config.json are asked, "
      "in "
      "this order, for the longest name that fits: host/team/model, host/team, host.";
  verb.positionals = {{.name = "HOST", .help = "The registry: HOST[:PORT]"}};
  verb.flags = {
      {.name = "user", .letter = 'u', .value = "USER", .help = "User name"},
      {.name = "password-stdin", .help = "Read the password from standard input"},
  };
  for (auto& flag : registry_flags()) verb.flags.push_back(std::move(flag));
  verb.examples = {
      {"echo s3cret | aiops login registry.example.com -u alice --password-stdin",
       "log in from a script"},
      {"aiops login registry.example.com --user alice --password-stdin < aiops.pub",
       "the password from a file"},
  };
  verb.run = [](const Arguments& arguments, Context& context) {
    login(resolve_options(arguments), context);
  };
  return verb;
}

void login(const LoginOptions& options, Context& context) {
  registry::Credentials credentials;
  credentials.user = options.user;
  credentials.password = ask_password(options, context);
  credentials.origin = "this login";
  const auto remote = remote_options(options.host, options.registry, context);
  registry::check_credentials(remote, credentials, context.status, context.stop);
  const std::string place = registry::save_credentials(remote.auth, options.host, credentials);
  const OrderedJson value = {
      {"registry", options.host}, {"user", options.user}, {"saved_in", place}};
  context.report.answer(
      options.host, value,
      "logged in to " + options.host + " as " + options.user + ", saved in " + place);
}

}  // namespace aiops::commands
