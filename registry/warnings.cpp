// SPDX-License-Identifier: Apache-2.0
#include "registry/warnings.hpp"

#include "base/encoding.hpp"
#include "registry/redaction.hpp"

#include <mutex>
#include <set>

namespace aiops::registry {
namespace {

constexpr std::size_t kMost = 8;
constexpr std::size_t kShown = 300;
constexpr std::size_t kRead = 4096;

enum class News { known, fresh, too_many };

// A verb may open a registry more than once; a person wants to hear it once.
News remember(const std::string& text) {
  static std::mutex mutex;
  static std::set<std::string> shown;
  const std::lock_guard lock(mutex);
  if (shown.size() > kMost || shown.contains(text)) return News::known;
  shown.insert(text);
  return shown.size() > kMost ? News::too_many : News::fresh;
}

}  // namespace

std::optional<std::string> parse_warning(std::string_view field) {
  constexpr std::string_view kBegin = "299 - \"";
  if (field.substr(0, kBegin.size()) != kBegin) return std::nullopt;
  std::string text;
  for (std::size_t i = kBegin.size(); i < field.size(); ++i) {
    if (field[i] == '"') return text;
    if (field[i] == '\\' && i + 1 < field.size()) ++i;
    text += field[i];
  }
  return std::nullopt;  // never closed
}

void show_warnings(const Response& response, const std::string& registry, Status& status) {
  for (const auto& field : response.headers.all("Warning")) {
    auto text = parse_warning(field);
    if (!text) continue;
    text = redacted(std::string_view(*text).substr(0, kRead));
    if (text->size() > kShown) text = text->substr(0, kShown) + "…";
    const std::string line = registry + " says: " + printable(*text);
    const News news = remember(line);
    if (news == News::fresh) status.warn(line);
    if (news == News::too_many) status.warn(registry + " has more warnings than are shown");
  }
}

}  // namespace aiops::registry
