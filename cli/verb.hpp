// SPDX-License-Identifier: Apache-2.0
// A verb as data. Parsing, help, man pages, the markdown reference, completion and the environment
// table are all made from these structs, so they cannot disagree.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace aiops {
class Arguments;
struct Context;

// What TAB offers for a value.
enum class Complete {
  nothing,
  file,  // any file, or those with Flag::suffixes
  directory,
  reference,               // names of the local store, and oci:, archive:, dir: paths
  reference_or_directory,  // the same, and directories by their plain names
  store_tag,               // names of the local store only
  private_key,
  public_key,
  choice,  // Flag::choices
  verb,
  topic,
  config_key,
};

// Who may set a flag's configuration key. A project file comes with somebody else's code, so it may
// not name programs to run, nor widen trust.
enum class Reach { project, user };

struct Flag {
  std::string name = {};   // long name without dashes: "tag"
  char letter = '\0';      // short name, or none
  std::string value = {};  // placeholder, "REF"; empty: a switch
  std::string help = {};   // one phrase: "Name of the artifact in the store"
  std::vector<std::string> choices = {};
  std::string fallback = {};  // what holds when the flag is absent, shown and parsed
  std::string setting =
      {};  // configuration key, "registry.jobs" = AIOPS_REGISTRY_JOBS; empty: flag only
  bool repeat = false;      // may be given several times
  bool structured = false;  // the value is YAML: lists and maps in a file, one line elsewhere
  Complete complete = Complete::nothing;
  std::string suffixes = {};  // for Complete::file: ".yaml .yml"
  Reach reach = Reach::project;
};

struct Positional {
  enum class Arity { required, optional, any, at_least_one };
  std::string name = {};  // "REF"
  std::string help = {};
  Arity arity = Arity::required;
  Complete complete = Complete::nothing;
  std::string suffixes = {};
  std::vector<std::string> choices = {};  // with Complete::file: offered, and not the only words
};

struct Example {
  std::string
      command;  // a line that a test runs in a prepared directory (see tests/cli/examples.sh)
  std::string explanation;  // what it does, in a phrase
};

struct Verb {
  std::string name;
  std::string summary;      // one phrase without a final dot: "Pack a directory into an artifact"
  std::string description;  // paragraphs in plain text, separated by an empty line
  std::vector<Positional> positionals = {};
  std::vector<Flag> flags = {};
  std::vector<Example> examples = {};
  // `store gc`: a family has verbs. One that runs too, as `device` does, takes no positionals.
  std::vector<Verb> verbs = {};
  std::function<void(const Arguments&, Context&)> run = {};
  bool hidden = false;
};

}  // namespace aiops
