// SPDX-License-Identifier: Apache-2.0
#include "pack/model_facts.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace aiops::pack {
namespace {

// Hugging Face's licence identifiers are SPDX's in lower case; these are the ones in use.
constexpr std::array<std::string_view, 44> kSpdx = {"Apache-2.0",
                                                    "MIT",
                                                    "MIT-0",
                                                    "BSD-2-Clause",
                                                    "BSD-3-Clause",
                                                    "BSD-3-Clause-Clear",
                                                    "GPL-2.0-only",
                                                    "GPL-2.0-or-later",
                                                    "GPL-3.0-only",
                                                    "GPL-3.0-or-later",
                                                    "LGPL-2.1-only",
                                                    "LGPL-3.0-only",
                                                    "AGPL-3.0-only",
                                                    "MPL-2.0",
                                                    "EPL-1.0",
                                                    "EPL-2.0",
                                                    "EUPL-1.1",
                                                    "EUPL-1.2",
                                                    "ISC",
                                                    "Zlib",
                                                    "Unlicense",
                                                    "WTFPL",
                                                    "BSL-1.0",
                                                    "NCSA",
                                                    "PostgreSQL",
                                                    "OFL-1.1",
                                                    "ODbL-1.0",
                                                    "PDDL-1.0",
                                                    "CC0-1.0",
                                                    "CC-BY-2.0",
                                                    "CC-BY-3.0",
                                                    "CC-BY-4.0",
                                                    "CC-BY-SA-3.0",
                                                    "CC-BY-SA-4.0",
                                                    "CC-BY-NC-2.0",
                                                    "CC-BY-NC-3.0",
                                                    "CC-BY-NC-4.0",
                                                    "CC-BY-ND-4.0",
                                                    "CC-BY-NC-ND-4.0",
                                                    "CC-BY-NC-SA-3.0",
                                                    "CC-BY-NC-SA-4.0",
                                                    "Artistic-2.0",
                                                    "CDLA-Permissive-2.0",
                                                    "AFL-3.0"};

struct Alias {
  std::string_view from, to;
};
// Written without what SPDX has come to require.
constexpr std::array<Alias, 9> kAliases = {{{"gpl-2.0", "GPL-2.0-only"},
                                            {"gpl-3.0", "GPL-3.0-only"},
                                            {"lgpl-2.1", "LGPL-2.1-only"},
                                            {"lgpl-3.0", "LGPL-3.0-only"},
                                            {"agpl-3.0", "AGPL-3.0-only"},
                                            {"odbl", "ODbL-1.0"},
                                            {"pddl", "PDDL-1.0"},
                                            {"apache 2.0", "Apache-2.0"},
                                            {"cc0", "CC0-1.0"}}};

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

}  // namespace

std::string spdx_licence(std::string_view text) {
  const auto word = lower(text);
  for (const auto id : kSpdx)
    if (lower(id) == word) return std::string(id);
  for (const auto& alias : kAliases)
    if (alias.from == word) return std::string(alias.to);
  std::string reference = "LicenseRef-";
  for (const char c : text)
    reference += std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' ? c : '-';
  return reference;
}

std::string_view front_matter(std::string_view readme) {
  if (readme.starts_with("\xef\xbb\xbf")) readme.remove_prefix(3);
  if (!readme.starts_with("---\n") && !readme.starts_with("---\r\n")) return {};
  readme.remove_prefix(readme.find('\n') + 1);
  for (std::size_t start = 0; start < readme.size();) {
    const auto end = std::min(readme.find('\n', start), readme.size());
    auto line = readme.substr(start, end - start);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line == "---") return readme.substr(0, start);
    start = end + 1;
  }
  return {};
}

}  // namespace aiops::pack
