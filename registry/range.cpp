// SPDX-License-Identifier: Apache-2.0
#include "registry/range.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"

#include <charconv>
#include <string>

namespace aiops::registry {
namespace {

std::optional<std::uint64_t> take_number(std::string_view& text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

bool take(std::string_view& text, std::string_view prefix) {
  if (text.substr(0, prefix.size()) != prefix) return false;
  text.remove_prefix(prefix.size());
  return true;
}

[[noreturn]] void not_the_blob(const Response& response, const std::string& why) {
  throw verification_error(Reason::digest_mismatch,
                           "the answer of " + response.url.masked() + " is not the blob: " + why);
}

}  // namespace

std::optional<ContentRange> parse_content_range(std::string_view text) {
  ContentRange range;
  if (!take(text, "bytes ")) return std::nullopt;
  const auto first = take_number(text);
  if (!first || !take(text, "-")) return std::nullopt;
  const auto last = take_number(text);
  if (!last || *last < *first || !take(text, "/")) return std::nullopt;
  range.first = *first;
  range.last = *last;
  if (text == "*") return range;
  range.total = take_number(text);
  if (!range.total || !text.empty() || *range.total <= *last) return std::nullopt;
  return range;
}

bool is_part(const Response& response, std::uint64_t begin, std::uint64_t end, std::uint64_t size) {
  if (response.headers.find("Content-Encoding").value_or("identity") != "identity") return false;
  const auto field = response.headers.find("Content-Range");
  const auto range = field ? parse_content_range(*field) : std::nullopt;
  return range && range->first == begin && range->last < end && range->total.value_or(size) == size;
}

std::uint64_t bytes_to_skip(const Response& response, std::uint64_t offset, std::uint64_t size) {
  const auto encoding = response.headers.find("Content-Encoding");
  if (encoding && *encoding != "identity")
    not_the_blob(response, "it is encoded as " + printable(*encoding));
  if (response.status == 206) {
    const auto field = response.headers.find("Content-Range");
    const auto range = field ? parse_content_range(*field) : std::nullopt;
    if (!range || range->first != offset || (range->total && *range->total != size))
      not_the_blob(response, "its Content-Range is '" + printable(field.value_or("")) + "'");
    return 0;
  }
  if (response.status != 200)
    not_the_blob(response, "its status is " + std::to_string(response.status));
  const auto field = response.headers.find("Content-Length");
  if (field) {
    std::string_view text = *field;
    const auto length = take_number(text);
    if (!length || !text.empty() || *length != size)
      not_the_blob(response, "it has " + printable(*field) + " bytes, the descriptor says " +
                                 std::to_string(size));
  }
  return offset;
}

}  // namespace aiops::registry
