// SPDX-License-Identifier: Apache-2.0
#include "commands/completion.hpp"

#include "cli/arguments.hpp"
#include "commands/completion_scripts.hpp"

namespace aiops::commands {

Verb completion_verb() {
  Verb verb;
  verb.name = "completion";
  verb.summary = "Print the TAB completion of a shell";
  verb.description =
      "Prints a script that makes TAB complete verbs, flags, values and the names in your local "
      "store. Packages install it; these lines do it for you alone:\n\n"
      "  bash  aiops completion bash > ~/.local/share/bash-completion/completions/aiops\n"
      "  zsh   aiops completion zsh > DIR/_aiops, where DIR is in your $fpath\n"
      "  fish  aiops completion fish > ~/.config/fish/completions/aiops.fish\n\n"
      "The script only asks the program, so it stays right when aiops is upgraded. TAB never "
      "touches the network.";
  verb.positionals = {{.name = "SHELL",
                       .help = "The shell",
                       .complete = Complete::choice,
                       .choices = {"bash", "zsh", "fish"}}};
  verb.examples = {
      {"aiops completion bash > aiops.bash && source ./aiops.bash", "try it in this bash"},
      {"aiops completion fish > aiops.fish", "write the script of another shell to a file"},
  };
  verb.run = [](const Arguments& arguments, Context& context) {
    completion({.shell = arguments.word("SHELL")}, context);
  };
  return verb;
}

void completion(const CompletionOptions& options, Context& context) {
  if (options.shell == "bash") context.report.raw(kBashCompletion);
  if (options.shell == "zsh") context.report.raw(kZshCompletion);
  if (options.shell == "fish") context.report.raw(kFishCompletion);
}

}  // namespace aiops::commands
