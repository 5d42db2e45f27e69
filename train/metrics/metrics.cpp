// SPDX-License-Identifier: Apache-2.0
#include "train/metrics/metrics.hpp"

#include "base/error.hpp"
#include "base/file.hpp"

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace aiops::train {
namespace {

constexpr std::uint64_t kMostMetrics = std::uint64_t{4} << 30;

bool belongs(std::string_view line, std::int64_t last_step) {
  const Json json = Json::parse(line, nullptr, false);
  if (!json.is_object()) return false;
  const auto step = json.find("step");
  return step != json.end() && step->is_number_integer() && *step <= last_step;
}

std::string kept_lines(const std::string& text, std::int64_t last_step) {
  std::string kept;
  for (std::size_t at = 0, end; (end = text.find('\n', at)) != std::string::npos; at = end + 1) {
    const auto line = std::string_view(text).substr(at, end - at);
    if (belongs(line, last_step)) kept.append(line).append("\n");
  }
  return kept;
}

}  // namespace

Metrics::Metrics(const std::filesystem::path& file, std::int64_t last_step, Status& status,
                 const StopFlag& stop)
    : path_(file), space_(file.parent_path(), status, stop) {
  std::error_code ignored;
  if (std::filesystem::exists(file, ignored)) {
    const std::string text = read_file(file, kMostMetrics);
    if (const auto kept = kept_lines(text, last_step); kept != text)
      space_.wait_for([&] { write_file_atomically(file, kept); });
  }
  file_ = open_file(file, O_WRONLY | O_CREAT | O_APPEND);
}

void Metrics::write(const OrderedJson& line) {
  const std::string text = to_text(line) + "\n";
  const ::off_t before = ::lseek(file_.get(), 0, SEEK_END);
  space_.wait_for([&] {
    try {
      write_fully(file_.get(), std::as_bytes(std::span(text)), path_);
    } catch (const Error&) {
      [[maybe_unused]] const int cut = ::ftruncate(file_.get(), before);  // no half line
      throw;
    }
  });
}

}  // namespace aiops::train
