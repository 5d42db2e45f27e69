// SPDX-License-Identifier: Apache-2.0
#include "commands/directory_word.hpp"

#include "base/error.hpp"

#include <sys/stat.h>

#include <cerrno>

namespace aiops::commands {

bool is_directory_word(const std::string& word) {
  struct stat status {};
  if (::stat(word.c_str(), &status) == 0) return S_ISDIR(status.st_mode);
  const int failure = errno;
  if (word.starts_with('/') || word.starts_with("./") || word.starts_with("../") || word == "." ||
      word == "..")
    throw system_error(word, failure);
  return false;
}

}  // namespace aiops::commands
