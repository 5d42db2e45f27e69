// SPDX-License-Identifier: Apache-2.0
#include "pack/layout_index.hpp"

#include "base/error.hpp"
#include "pack/json_members.hpp"
#include "pack/media_type.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace aiops::pack {
namespace {

constexpr JsonLimits kLimits{.bytes = 64u << 20, .depth = 64};
constexpr const char* kRefName = annotation::kRefName.data();

}  // namespace

LayoutIndex::LayoutIndex() : value_(std::make_unique<Json>()) {
  (*value_)["schemaVersion"] = 2;
  (*value_)["mediaType"] = media_type::kIndex;
  (*value_)["manifests"] = Json::array();
}

LayoutIndex::LayoutIndex(LayoutIndex&&) noexcept = default;
LayoutIndex& LayoutIndex::operator=(LayoutIndex&&) noexcept = default;
LayoutIndex::~LayoutIndex() = default;

LayoutIndex LayoutIndex::parse(std::string_view bytes, std::string_view what) {
  LayoutIndex index;
  *index.value_ = parse_json(bytes, what, kLimits);
  const auto& value = *index.value_;
  if (!value.is_object()) throw Error(ExitCode::failed, std::string(what) + ": not a JSON object");
  const auto manifests = value.find("manifests");
  if (manifests == value.end() || !manifests->is_array())
    refuse_json(what, "manifests", "is not an array");
  for (const auto& item : *manifests) {
    Entry entry{Descriptor::from_json(item, std::string(what) + ": an entry of 'manifests'"), {}};
    const auto name = entry.descriptor.annotations.extract(kRefName);
    if (!name.empty()) entry.name = name.mapped();
    index.entries_.push_back(std::move(entry));
  }
  return index;
}

std::string LayoutIndex::to_bytes() const { return to_text(*value_); }

std::optional<Descriptor> LayoutIndex::find(std::string_view name) const {
  for (const auto& entry : entries_)
    if (entry.name == name) return entry.descriptor;
  return std::nullopt;
}

std::optional<Descriptor> LayoutIndex::find(const Digest& digest) const {
  for (const auto& entry : entries_)
    if (entry.descriptor.digest == digest) return entry.descriptor;
  return std::nullopt;
}

void LayoutIndex::set(const Descriptor& descriptor, std::string_view name) {
  if (name.empty() && find(descriptor.digest)) return;  // reachable already
  remove(name);
  remove_unnamed(descriptor.digest);
  Json item = Json::parse(to_text(descriptor.to_json()));
  if (!name.empty()) item["annotations"][kRefName] = name;
  (*value_)["manifests"].push_back(std::move(item));
  entries_.push_back({descriptor, std::string(name)});
}

bool LayoutIndex::remove(std::string_view name) {
  bool removed = false;
  for (std::size_t i = entries_.size(); !name.empty() && i-- > 0;)
    if (entries_[i].name == name) {
      erase(i);
      removed = true;
    }
  return removed;
}

void LayoutIndex::remove_unnamed(const Digest& digest) {
  for (std::size_t i = entries_.size(); i-- > 0;)
    if (entries_[i].name.empty() && entries_[i].descriptor.digest == digest) erase(i);
}

void LayoutIndex::erase(std::size_t index) {
  (*value_)["manifests"].erase(index);
  entries_.erase(entries_.begin() + static_cast<std::ptrdiff_t>(index));
}

namespace {

// The digest that a referrers tag is made of, a sha512 with only half of its digits.
std::string digits_of(std::string_view tag) {
  const auto dash = tag.find('-');
  if (dash == tag.npos) return {};
  return std::string(tag.substr(0, dash)) + ":" + std::string(tag.substr(dash + 1));
}

// The least digest whose referrers the tag can list.
std::optional<Digest> least_subject(std::string_view tag) {
  std::string text = digits_of(tag);
  if (text.starts_with("sha512:") && text.size() == sizeof "sha512:" - 1 + 64) text.append(64, '0');
  if (!Digest::is_valid(text)) return std::nullopt;
  return Digest::parse(text);
}

}  // namespace

bool is_referrers_tag(std::string_view name) { return least_subject(name).has_value(); }

bool lists_referrers_of_any(std::string_view tag, const std::set<Digest>& digests) {
  const auto least = least_subject(tag);
  if (!least) return false;
  const auto found = digests.lower_bound(*least);
  return found != digests.end() && found->str().starts_with(digits_of(tag));
}

}  // namespace aiops::pack
