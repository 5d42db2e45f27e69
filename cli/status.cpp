// SPDX-License-Identifier: Apache-2.0
// One renderer, three behaviours. On a terminal the task is one line, redrawn in place; in a log it
// is a whole line now and then; with --progress none it is nothing. Every frame leaves in a single
// write(2), so lines of several threads never mix.
#include "base/time.hpp"
#include "base/units.hpp"
#include "cli/debug_log.hpp"
#include "cli/output.hpp"
#include "cli/text.hpp"

#include <unistd.h>

#include <mutex>

namespace aiops {
namespace {

constexpr double kFrame = 0.1;      // seconds between two frames on a terminal
constexpr double kLogEvery = 10.0;  // seconds between two lines in a log
constexpr double kSettle = 1.0;     // no rate or remaining time is told before
constexpr std::size_t kBar = 24;    // columns of a whole bar; it shrinks by steps of 4 down to 8

struct Work {
  std::string label;
  std::string note;
  std::uint64_t done = 0;
  std::uint64_t total = 0;
  Status::Unit unit = Status::Unit::bytes;
  double started = 0;
  double shown = 0;  // when it was last drawn
};

std::string amount(std::uint64_t value, Status::Unit unit) {
  return unit == Status::Unit::bytes ? format_bytes(value) : std::to_string(value);
}

std::string bar(double fraction, std::size_t width) {
  const auto full = static_cast<std::size_t>(fraction * static_cast<double>(width) + 0.5);
  std::string text;
  for (std::size_t i = 0; i < width; ++i) text += i < full ? "━" : "┈";
  return text;
}

struct Drawing {
  std::size_t bar = 0;  // its columns; 0 for none
  bool amounts = true;
};

// "pushing  ━━━━┈┈┈┈  42%  1.2 GiB / 2.9 GiB  88 MiB/s  20s left  note"
std::string describe(const Work& work, double now, Drawing drawing) {
  std::vector<std::string> parts{work.label};
  const double seconds = now - work.started;
  const double rate = seconds > 0 ? static_cast<double>(work.done) / seconds : 0;
  if (work.total > 0) {
    const double fraction =
        std::min(1.0, static_cast<double>(work.done) / static_cast<double>(work.total));
    if (drawing.bar > 0) parts.push_back(bar(fraction, drawing.bar));
    parts.push_back(std::to_string(static_cast<int>(fraction * 100)) + "%");
    if (drawing.amounts)
      parts.push_back(amount(work.done, work.unit) + " / " + amount(work.total, work.unit));
  } else if (work.done > 0) {
    parts.push_back(amount(work.done, work.unit));
  }
  if (seconds >= kSettle && work.done > 0 && work.unit == Status::Unit::bytes)
    parts.push_back(format_bytes(static_cast<std::uint64_t>(rate)) + "/s");
  if (seconds >= kSettle && rate > 0 && work.total > work.done)
    parts.push_back(format_duration(static_cast<double>(work.total - work.done) / rate) + " left");
  if (!work.note.empty()) parts.push_back(work.note);
  return printable(join(parts, "  "));
}

class StandardStatus final : public Status {
 public:
  explicit StandardStatus(StatusOptions options) : options_(std::move(options)) {
    redraws_ = options_.terminal && options_.progress == ProgressMode::automatic;
    logs_ = !redraws_ && options_.progress != ProgressMode::none;
    if (options_.volume == Volume::quiet) redraws_ = logs_ = false;
  }
  ~StandardStatus() override { end(); }

  void step(std::string_view what) override {
    if (options_.volume != Volume::quiet) say(printable(what));
  }
  void detail(std::string_view what) override {
    if (options_.volume >= Volume::verbose) say(options_.style.faint(printable(what)));
  }
  void debug(std::string_view what) override {
    if (options_.volume < Volume::debug) return;
    const std::lock_guard lock(mutex_);
    erase();
    log_debug(what);
    drawn_ = false;
  }
  void warn(std::string_view what) override {
    say("aiops: " + options_.style.warning("warning:") + " " + printable(what));
  }

  void begin(std::string_view label, std::uint64_t total, Unit unit) override {
    const std::lock_guard lock(mutex_);
    erase();
    const double now = monotonic_seconds();
    work_ = Work{std::string(label), {}, 0, total, unit, now, now};
    active_ = true;
    if (redraws_) draw(now);
  }
  void advance(std::uint64_t amount) override {
    const std::lock_guard lock(mutex_);
    work_.done += amount;
    tick();
  }
  void note(std::string_view text) override {
    const std::lock_guard lock(mutex_);
    work_.note = text;
    tick();
  }
  void end() override {
    const std::lock_guard lock(mutex_);
    if (!active_) return;
    erase();
    const double now = monotonic_seconds();
    if (logs_ && now - work_.started >= kSettle) write_talk(describe(work_, now, {}) + "\n");
    active_ = false;
  }

 private:
  void say(const std::string& line) {
    const std::lock_guard lock(mutex_);
    std::string frame = drawn_ ? "\r\033[K" : "";
    frame += line + '\n';
    if (active_ && redraws_) {
      frame += live_line(monotonic_seconds());
      drawn_ = true;
    }
    write_talk(frame);
  }
  void tick() {
    if (!active_) return;
    const double now = monotonic_seconds();
    if (redraws_ && now - work_.shown >= kFrame) draw(now);
    if (logs_ && now - work_.shown >= kLogEvery) {
      work_.shown = now;
      write_talk(describe(work_, now, {}) + "\n");
    }
  }
  std::string live_line(double now) const {
    const std::size_t width = options_.width ? options_.width() : 80;
    const std::string words = describe(work_, now, {});
    const std::size_t used = display_width(words) + 2;  // a part costs two blanks
    // A narrow window loses the bar first, then the amounts: what it says of the work stays.
    if (used > width + 1) return clip(describe(work_, now, {.amounts = false}), width - 1);
    const std::size_t room = used < width ? std::min(kBar, (width - 1 - used) / 4 * 4) : 0;
    return work_.total > 0 && room >= 8 ? describe(work_, now, {.bar = room}) : words;
  }
  void draw(double now) {
    work_.shown = now;
    write_talk("\r\033[K" + live_line(now));
    drawn_ = true;
  }
  void erase() {
    if (drawn_) write_talk("\r\033[K");
    drawn_ = false;
  }

  StatusOptions options_;
  bool redraws_ = false;
  bool logs_ = false;
  std::mutex mutex_;
  Work work_;
  bool active_ = false;
  bool drawn_ = false;
};

}  // namespace

std::unique_ptr<Status> make_status(const StatusOptions& options) {
  return std::make_unique<StandardStatus>(options);
}

void write_talk(std::string_view bytes) noexcept {
  try {
    write_out(STDERR_FILENO, bytes);
  } catch (...) {  // nobody is left to be told
  }
}

}  // namespace aiops
