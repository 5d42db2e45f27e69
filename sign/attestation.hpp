// SPDX-License-Identifier: Apache-2.0
// Statements about an artifact that are no signature of it: where it comes from, how fast it is.
#pragma once

#include "pack/repository.hpp"
#include "sign/key.hpp"
#include "sign/statement.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace aiops::sign {

// What a statement about the artifact `root` is about: its manifest, under `name`, and where every
// layer is a plain file the root of the layers.
std::vector<Subject> subjects_of(const pack::Document& root, const std::string& name);

// Attaches the statement, signed. What this key has attached already, byte for byte, is not
// attached again.
void attach_statement(pack::Repository& repository, const pack::Document& root,
                      const std::string& statement, std::string_view predicate_type,
                      const PrivateKey& key);

}  // namespace aiops::sign
