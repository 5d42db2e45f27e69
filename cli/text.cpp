// SPDX-License-Identifier: Apache-2.0
#include "cli/text.hpp"

namespace aiops {
namespace {

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

void wrap_paragraph(std::string_view paragraph, std::size_t width, std::vector<std::string>& out) {
  std::string line;
  std::size_t columns = 0;
  for (const auto& word : split(paragraph, ' ')) {
    if (word.empty()) continue;
    const std::size_t size = display_width(word);
    if (!line.empty() && columns + 1 + size > width) {
      out.push_back(std::move(line));
      line.clear();
      columns = 0;
    }
    if (!line.empty()) {
      line += ' ';
      ++columns;
    }
    line += word;
    columns += size;
  }
  if (!line.empty()) out.push_back(std::move(line));
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t columns = 0;
  for (const char c : text) columns += is_continuation(c) ? 0 : 1;
  return columns;
}

std::string clip(std::string_view text, std::size_t width) {
  if (display_width(text) <= width) return std::string(text);
  if (width == 0) return {};
  std::size_t columns = 0;
  std::size_t end = 0;
  while (end < text.size() && (columns < width - 1 || is_continuation(text[end]))) {
    if (!is_continuation(text[end])) ++columns;
    ++end;
  }
  while (end < text.size() && is_continuation(text[end])) ++end;
  return std::string(text.substr(0, end)) + "…";
}

std::string pad(std::string_view text, std::size_t width) {
  const std::size_t columns = display_width(text);
  return std::string(text) + std::string(columns < width ? width - columns : 0, ' ');
}

std::vector<std::string> wrap(std::string_view text, std::size_t width) {
  std::vector<std::string> lines;
  std::string paragraph;
  const auto flush = [&] {
    wrap_paragraph(paragraph, width, lines);
    paragraph.clear();
  };
  for (const auto& line : split(text, '\n')) {
    if (!line.empty() && line.front() != ' ') {
      paragraph += line + ' ';
      continue;
    }
    flush();
    lines.push_back(line);
  }
  flush();
  return lines;
}

std::string indented(std::string_view text, std::size_t indent, std::size_t width) {
  std::string result;
  for (const auto& line : wrap(text, width > indent + 20 ? width - indent : 20)) {
    if (!line.empty()) result += std::string(indent, ' ') + line;
    result += '\n';
  }
  return result;
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    const auto at = text.find(separator);
    parts.emplace_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
  std::string result;
  for (const auto& part : parts) {
    if (&part != &parts.front()) result += separator;
    result += part;
  }
  return result;
}

}  // namespace aiops
