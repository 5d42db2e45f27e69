// SPDX-License-Identifier: Apache-2.0
#include "cli/topics.hpp"

#include "base/error.hpp"
#include "cli/configuration.hpp"
#include "cli/help.hpp"
#include "cli/text.hpp"

namespace aiops {
namespace {

std::string row(std::string_view left, std::size_t width, std::string_view right) {
  return "  " + pad(left, width) + "  " + std::string(right) + "\n";
}

std::string environment_text(const Verb& program) {
  std::string text =
      "A flag beats the environment, the environment beats a project's aiops.yaml, that beats "
      "$XDG_CONFIG_HOME/aiops/config.yaml, that beats /etc/aiops/config.yaml, and that beats the "
      "default. Every configuration key has a variable; 'aiops config show --origin' tells which "
      "value holds and why.\n\n"
      "A project's aiops.yaml carries its settings below 'config:'. Keys marked * name a program "
      "or "
      "widen trust: a project file may not set them.\n\n";
  for (const auto& setting : all_settings(program)) {
    const bool guarded = setting.flag->reach == Reach::user;
    text += row(environment_name(setting.key) + (guarded ? " *" : ""), 28,
                setting.key + ": " + setting.flag->help);
  }
  text += "\nThese have no configuration key:\n\n";
  for (const auto& [name, meaning] : std::vector<std::pair<const char*, const char*>>{
           {"AIOPS_STORE", "Short for AIOPS_STORE_PATH"},
           {"AIOPS_PASSPHRASE", "Passphrase of a private key"},
           {"AIOPS_MPI_PLUGIN", "The MPI plug-in, libaiops_mpi.so"},
           {"NO_COLOR, CLICOLOR, CLICOLOR_FORCE", "Colour, after --color"},
           {"SOURCE_DATE_EPOCH", "Time stamp of what pack writes"},
           {"XDG_CONFIG_HOME", "Configuration, keys, trusted keys"},
           {"XDG_DATA_HOME", "The local store"},
           {"XDG_STATE_HOME", "Uploads that can be resumed"},
       })
    text += row(name, 34, meaning);
  return text;
}

std::string exit_codes_text() {
  std::string text =
      "The codes are stable. A script should treat a code that it does not know as failure.\n\n";
  for (const auto& entry : exit_codes())
    text += row(std::to_string(static_cast<int>(entry.code)), 3,
                pad(entry.name, 11) + "  " + entry.meaning);
  text +=
      "\nWith -o json an error is one JSON object on standard error:\n\n"
      "  {\"error\":{\"code\":5,\"name\":\"not-found\",\"message\":\"…\",\"mend\":\"…\"}}\n\n"
      "A verification that fails (code 3) also has a \"reason\", which is stable: unsigned, "
      "untrusted-key, bad-signature, digest-mismatch, extra-file, missing-file, policy, expired, "
      "rollback or figure-mismatch.\n";
  return text;
}

constexpr const char* kFormats =
    "The answer goes to standard output in one of two formats.\n\n"
    "  -o text  for people; in a pipe, tables are tab-separated rows without a header, whole\n"
    "  -o json  one JSON value, or one a line for answers that come one by one\n\n"
    "With -q only the id is printed: a digest or a reference, one a line. It fits into another "
    "command:\n\n"
    "  aiops inspect \"$(aiops -q pack demo -t demo:2)\"\n\n"
    "Member names in JSON are stable; new members may appear. There is no template language: use "
    "jq. Progress, warnings and errors go to standard error and never mix with the answer.\n";

constexpr const char* kReferences =
    "A reference names an artifact and where it is.\n\n"
    "  demo, demo:1, demo@sha256:…       in the local store\n"
    "  registry.example.com/team/demo:1  in a registry; the first part has a dot or a colon, or "
    "is\n"
    "                                    localhost\n"
    "  oci:DIR, oci:DIR:TAG              in an OCI image layout\n"
    "  archive:FILE.tar:TAG              in an OCI image layout inside a tar file\n"
    "  dir:PATH                          plain files\n\n"
    "Without a tag or a digest the tag 'latest' is meant. A digest never changes its meaning: name "
    "artifacts by digest where it matters. Registries on localhost may be reached by plain HTTP; "
    "others need --plain-http.\n";

}  // namespace

std::vector<Topic> topics(const Verb& program) {
  return {
      {"environment", "Configuration and environment variables", environment_text(program)},
      {"exit-codes", "What the exit status says", exit_codes_text()},
      {"formats", "Text, JSON and quiet output", kFormats},
      {"references", "How artifacts are named", kReferences},
  };
}

}  // namespace aiops
