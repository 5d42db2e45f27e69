// SPDX-License-Identifier: Apache-2.0
#include "commands/logout.hpp"

#include "cli/arguments.hpp"
#include "commands/registry_options.hpp"

#include <nlohmann/json.hpp>

namespace aiops::commands {

Verb logout_verb() {
  Verb verb;
  verb.name = "logout";
  verb.summary = "Forget the credentials for a registry";
  verb.description =
      "Removes what login saved for a registry from the auth files and credential helpers that are "
      "asked for credentials, those of podman, skopeo and docker included. The help of 'login' "
      "lists "
      "them.";
  verb.positionals = {{.name = "HOST", .help = "The registry: HOST[:PORT]"}};
  verb.examples = {
      {"aiops logout registry.example.com", "forget this registry"},
      {"aiops logout registry.example.com -o json", "for a script; it may come twice"}};
  verb.run = [](const Arguments& arguments, Context& context) {
    logout({registry_host(arguments.word("HOST"))}, context);
  };
  return verb;
}

void logout(const LogoutOptions& options, Context& context) {
  const auto held = registry::forget_credentials(auth_files(context), options.host);
  std::string text = "not logged in to " + options.host;
  if (!held.empty()) {
    text = "logged out of " + options.host + ", removed from";
    for (const auto& place : held) text += (place == held.front() ? " " : ", ") + place;
  }
  context.report.answer(options.host, {{"registry", options.host}, {"removed_from", held}}, text);
}

}  // namespace aiops::commands
