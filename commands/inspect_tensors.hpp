// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/context.hpp"
#include "pack/manifest.hpp"
#include "pack/repository.hpp"

#include <string>

namespace aiops::commands {

// Lists the tensors of every safetensors and GGUF layer, reading their headers only. Throws
// not_found when the artifact has none.
void show_tensors(pack::Repository& repository, const pack::Manifest& manifest,
                  const std::string& what, Context& context);

}  // namespace aiops::commands
