// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace aiops::commands {

// Whether a word that may be a directory or a reference is a directory. One that begins as only a
// path can ('/', './', '../') is no reference, so what hides its directory is thrown: not_found, or
// denied. Of the others nothing is thrown: they may name an artifact from any working directory.
bool is_directory_word(const std::string& word);

}  // namespace aiops::commands
