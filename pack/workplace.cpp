// SPDX-License-Identifier: Apache-2.0
#include "pack/workplace.hpp"

#include "base/error.hpp"
#include "base/file.hpp"

#include <cerrno>
#include <cstdlib>
#include <string>

namespace aiops::pack {

Workplace::Workplace(const std::filesystem::path& layout) {
  create_layout(layout);
  const auto ingest = layout / "ingest";
  make_directories(ingest);
  collector_ = FileLock(ingest, FileLock::Mode::shared);
  std::string name = (ingest / "work-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw system_error(ingest.string(), errno);
  path_ = name;
}

Workplace::~Workplace() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace aiops::pack
