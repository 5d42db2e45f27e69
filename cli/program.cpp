// SPDX-License-Identifier: Apache-2.0
// One run: parse, resolve the configuration, make the Context, run the verb. The only catch of
// Error.
#include "cli/program.hpp"

#include "base/error.hpp"
#include "base/version.hpp"
#include "cli/command_line.hpp"
#include "cli/completion.hpp"
#include "cli/configuration.hpp"
#include "cli/global_flags.hpp"
#include "cli/help.hpp"
#include "cli/help_json.hpp"
#include "cli/output.hpp"
#include "cli/processes.hpp"
#include "cli/signals.hpp"
#include "cli/text.hpp"
#include "cli/verbs_about_verbs.hpp"

#include <nlohmann/json.hpp>
#include <unistd.h>

#include <new>

namespace aiops {
namespace {

namespace fs = std::filesystem;

int report_error(const Error& error, Format format, When color, const Environment& environment) {
  if (format == Format::json) {
    OrderedJson body{{"code", static_cast<int>(error.code)},
                     {"name", name_of(error.code)},
                     {"message", error.message},
                     {"mend", error.mend}};
    if (!error.reason.empty()) body["reason"] = error.reason;
    const OrderedJson whole{{"error", std::move(body)}};
    write_talk(whole.dump(-1, ' ', false, OrderedJson::error_handler_t::replace) + "\n");
  } else {
    const Style style{may_color(color, STDERR_FILENO, environment)};
    const std::string reason = error.reason.empty() ? "" : " (" + error.reason + ")";
    std::string text = style.error("aiops:") + " " + printable(error.message) + reason + "\n";
    if (!error.mend.empty()) text += "  " + style.bold("try:") + " " + printable(error.mend) + "\n";
    write_talk(text);
  }
  return static_cast<int>(error.code);
}

void enter_directory(const Arguments& globals) {
  const auto directory = globals.path("chdir");
  if (!directory) return;
  if (::chdir(directory->c_str()) != 0)
    throw system_error("cannot work in " + directory->string(), errno);
}

ConfigurationFiles find_files(const Arguments& globals, const Homes& homes) {
  std::error_code ignored;
  ConfigurationFiles files;
  files.system = "/etc/aiops/config.yaml";
  files.user = globals.path("config").value_or(homes.config / "config.yaml");
  files.user_is_required = globals.has("config");
  files.project = find_project_file(fs::current_path(ignored), homes.home);
  return files;
}

fs::path store_path(const Globals& globals, const Homes& homes) {
  return globals.store ? *globals.store : homes.data / "store";
}

struct Channels {
  std::unique_ptr<Report> report;
  std::unique_ptr<Status> status;
};

Channels open_channels(const Globals& globals, const Environment& environment) {
  const Style out{may_color(globals.color, STDOUT_FILENO, environment)};
  const Style err{may_color(globals.color, STDERR_FILENO, environment)};
  const auto term = environment.get("TERM");
  const bool redraws = is_terminal(STDERR_FILENO, environment) && term && *term != "dumb";
  return {make_report({globals.format, globals.volume, is_terminal(STDOUT_FILENO, environment), out,
                       columns(STDOUT_FILENO, environment)}),
          make_status({globals.volume, globals.progress, redraws, err,
                       [&environment] { return columns(STDERR_FILENO, environment); }})};
}

void run_verb(const CommandLine& line, const Settings& settings, const Homes& homes,
              const Environment& environment) {
  const Globals globals = resolve_globals(line.globals);
  const Channels channels = open_channels(globals, environment);
  Context context{
      .report = *channels.report,
      .status = *channels.status,
      .settings = settings,
      .environment = environment,
      .stop = watch_signals(),
      .store = store_path(globals, homes),
      .config_home = homes.config,
      .data_home = homes.data,
      .state_home = homes.state,
      .secret = [&](std::string_view prompt,
                    std::string_view mend) { return ask_secret(prompt, mend, environment); },
      .confirm =
          [&](std::string_view question) { return globals.yes || ask_yes(question, environment); },
      .confirm_by_name =
          [&](std::string_view question, std::string_view name) {
            return globals.yes || ask_name(question, name, environment);
          },
      .standard_input = read_standard_input,
      .more_input = read_more_input,
      .processes = [](const auto& works,
                      const auto& ended) { run_processes(works, ended, noted_stop()); },
  };
  line.path.back()->run(line.arguments, context);
}

int print_version(Format format) {
  const std::string version = kVersion;
  write_out(STDOUT_FILENO, format == Format::json ? "{\"version\":\"" + version + "\"}\n"
                                                  : "aiops " + version + "\n");
  return 0;
}

// Help goes to standard output; exit 2 when it was not asked for.
int show_help(const CommandLine& line, Format format, const Style& style, std::size_t width) {
  const bool asked = line.globals.flags.contains("help");
  const bool json = format == Format::json;
  write_out(STDOUT_FILENO, json ? to_text(help_value(line.path)) + "\n"
                           : line.path.size() == 1 && !asked
                               ? short_help(*line.path.front(), width, style)
                               : help_page(line.path, width, style));
  return static_cast<int>(asked ? ExitCode::ok : ExitCode::usage);
}

// The verbs that explain the program work even where a configuration file is broken.
bool needs_configuration(const Verb& verb) {
  return verb.name != "version" && verb.name != "completion";
}

int run(const std::vector<std::string>& words, Format format, const Environment& environment) {
  // Scripts ask this often, and the answer needs no table of verbs.
  if (words.size() == 1 && words.front() == "--version") return print_version(format);
  const Verb program = program_verb();
  Settings settings;
  const CommandLine line = parse_command_line(program, words, settings);
  if (line.globals.flags.contains("version")) return print_version(format);
  const Style style{may_color(guess_color(words, environment), STDOUT_FILENO, environment)};
  const std::size_t width = columns(STDOUT_FILENO, environment);
  if (line.bare || line.globals.flags.contains("help"))
    return show_help(line, format, style, width);
  if (is_about_verbs(*line.path.back())) {
    run_about_verbs(line, format, style, width);
    return 0;
  }
  enter_directory(line.globals);
  const Homes homes = find_homes(environment);
  if (needs_configuration(*line.path.back())) {
    settings =
        resolve_settings(all_settings(program), find_files(line.globals, homes), environment);
    // The one default that only the environment knows.
    if (settings.find("store.path")->origin == kDefaultOrigin)
      settings.set({"store.path", homes.data / "store", kDefaultOrigin});
  }
  run_verb(line, settings, homes, environment);
  return 0;
}

// Before anything else that could print, fail or take time. An adaptor of another protocol gets
// "nothing to offer".
int answer_completion(const std::vector<std::string>& words, const Environment& environment) {
  const auto protocol = environment.get("AIOPS_COMPLETE_PROTO");
  Completion completion{{}, kError};
  if (!protocol || *protocol == "1") completion = complete(program_verb(), words, environment);
  try {
    write_out(STDOUT_FILENO, format_completion(completion));
  } catch (const ClosedOutput&) {
  } catch (const Error&) {  // a shell that does not listen is no reason to talk
  }
  return 0;
}

}  // namespace

int run_program(int argc, char** argv) {
  const std::vector<std::string> words(argv + (argc > 0 ? 1 : 0), argv + argc);
  const ProcessEnvironment environment;
  occupy_standard_streams();
  survive_closed_pipes();
  if (!words.empty() && words.front() == "__complete")
    return answer_completion({words.begin() + 1, words.end()}, environment);
  const Format format = guess_format(words, environment);
  const When color = guess_color(words, environment);
  const auto fail = [&](const Error& error) {
    return report_error(error, format, color, environment);
  };
  try {
    return run(words, format, environment);
  } catch (const Error& error) {
    return fail(error);
  } catch (const ClosedOutput&) {  // whoever read the answer has read enough
    return 0;
  } catch (const std::bad_alloc&) {
    return fail(Error(ExitCode::failed, "out of memory"));
  } catch (const std::filesystem::filesystem_error& error) {
    return fail(Error(ExitCode::failed, error.what()));
  }
}

}  // namespace aiops
