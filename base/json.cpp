// SPDX-License-Identifier: Apache-2.0
#include "base/json.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"

#include <nlohmann/json.hpp>

#include <set>
#include <utility>
#include <vector>

namespace aiops {
namespace {

[[noreturn]] void refuse(std::string_view what, const std::string& why) {
  throw Error(ExitCode::failed, std::string(what) + ": " + why);
}

// Watches a parse go by: depth, and keys that an object has already had (RFC 8259 §4 leaves them
// undefined; readers that disagree about which one wins are how a signed document means two
// things).
class Watch {
 public:
  Watch(std::string_view what, std::size_t depth_limit) : what_(what), depth_limit_(depth_limit) {}

  bool operator()(int depth, Json::parse_event_t event, Json& parsed) {
    using Event = Json::parse_event_t;
    if (depth > static_cast<int>(depth_limit_)) refuse(what_, "JSON nested too deeply");
    if (event == Event::object_start) {
      keys_.emplace_back();
    } else if (event == Event::object_end) {
      keys_.pop_back();
    } else if (event == Event::key) {
      const auto& key = parsed.get_ref<const std::string&>();
      if (!keys_.back().insert(key).second)
        refuse(what_, "JSON has the key '" + printable(key) + "' twice");
    }
    return true;
  }

 private:
  std::string_view what_;
  std::size_t depth_limit_;
  std::vector<std::set<std::string>> keys_;
};

}  // namespace

Json parse_json(std::string_view bytes, std::string_view what, JsonLimits limits) {
  if (bytes.size() > limits.bytes)
    refuse(what, "JSON larger than " + std::to_string(limits.bytes) + " bytes");
  if (!is_utf8(bytes)) refuse(what, "JSON is not valid UTF-8");
  try {
    return Json::parse(bytes, Watch(what, limits.depth));
  } catch (const Json::parse_error& error) {
    refuse(what, "not valid JSON at byte " + std::to_string(error.byte));
  } catch (const Json::exception&) {  // a number that no double holds
    refuse(what, "JSON has a number out of range");
  }
}

template <typename Whole>
Whole whole_number(const Json& value) {
  if (value.is_number_unsigned()) {
    const auto number = value.get<std::uint64_t>();
    if (std::in_range<Whole>(number)) return static_cast<Whole>(number);
  } else if (value.is_number_integer()) {
    const auto number = value.get<std::int64_t>();
    if (std::in_range<Whole>(number)) return static_cast<Whole>(number);
  }
  throw Json::type_error::create(302, "not a whole number in range: " + to_text(value), &value);
}

template std::int64_t whole_number(const Json& value);
template std::uint64_t whole_number(const Json& value);

std::string to_text(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string to_text(const OrderedJson& value) {
  return value.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

}  // namespace aiops
