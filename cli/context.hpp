// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.hpp"
#include "base/status.hpp"
#include "base/stop.hpp"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aiops {

class Settings;

struct Table {
  std::vector<std::string> headers;
  std::vector<std::vector<std::string>> rows;
};

// What came out: stdout. One call of answer() or table() per run; raw() and line() for streams.
class Report {
 public:
  virtual ~Report() = default;
  // -q prints `id` (a digest or a reference; nothing when empty), -o json prints `value`, text
  // prints `text`.
  virtual void answer(std::string_view id, const OrderedJson& value, std::string_view text) = 0;
  // Text: aligned columns with a header on a terminal, tab-separated rows without one in a pipe.
  // -q: the first column.
  virtual void table(const OrderedJson& value, const Table& table) = 0;
  // -o json: one JSON value a line (JSON Lines); text: `text` and a newline. For answers that come
  // one by one.
  virtual void line(const OrderedJson& value, std::string_view text) = 0;
  // Bytes as they are, whatever -o says: a manifest, generated text.
  virtual void raw(std::string_view bytes) = 0;
  virtual bool is_json() const = 0;
};

// The process environment, read by cli/ and by nobody else.
class Environment {
 public:
  virtual ~Environment() = default;
  virtual std::optional<std::string> get(
      std::string_view name) const = 0;  // empty counts as absent
};

// What became of one of several processes: it ended with a code, or by a signal.
struct ProcessEnd {
  std::size_t index = 0;
  int code = 0;
  int signal = 0;  // 0: it ended by itself
};

// All that a verb may know about the world it runs in.
struct Context {
  Report& report;
  Status& status;
  const Settings& settings;
  const Environment& environment;
  const StopFlag& stop;
  std::filesystem::path store;  // --store, AIOPS_STORE, store.path, $XDG_DATA_HOME/aiops/store
  std::filesystem::path config_home;  // $XDG_CONFIG_HOME/aiops
  std::filesystem::path data_home;    // $XDG_DATA_HOME/aiops
  std::filesystem::path state_home;   // $XDG_STATE_HOME/aiops
  // Asks for a secret on the terminal without echo. Throws Error{usage} with `mend` when stdin is
  // not a terminal.
  std::function<std::string(std::string_view prompt, std::string_view mend)> secret;
  // True when -y was given or the person types yes. Throws Error{usage} naming --yes when nobody
  // can be asked.
  std::function<bool(std::string_view question)> confirm;
  // The same for what cannot be undone elsewhere: the person has to type `name`.
  std::function<bool(std::string_view question, std::string_view name)> confirm_by_name;
  // Reads standard input whole, at most `limit` bytes.
  std::function<std::string(std::size_t limit)> standard_input;
  // What standard input has next, at most `most` bytes; empty at its end.
  std::function<std::string(std::size_t most)> more_input;
  // Does every work in a process of its own, all at once, and returns when all have ended. Each
  // ends with 0 or with the code of the Error that its work throws, about which it is silent;
  // `ended` hears of each end and may tell. A request to stop is passed on to all of them. When one
  // fails, those that do not follow within a minute are killed. Only while this process has one
  // thread.
  std::function<void(const std::vector<std::function<void()>>& works,
                     const std::function<void(const ProcessEnd&)>& ended)>
      processes;
};

}  // namespace aiops
