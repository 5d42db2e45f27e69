// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pack/descriptor.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aiops::pack {

// What a file of a model is for, in the order in which layers are written.
enum class FileKind { config, weight, code, doc, dataset };

// The words people type after --only: "config", "weights", "code", "docs", "datasets".
const char* name_of(FileKind kind);
const std::vector<std::string>& file_kind_names();
// Throws Error{usage} naming the word and the nearest known one.
FileKind parse_file_kind(std::string_view word);

// By name, as Hugging Face repositories use names; a file of unknown name is a weight above 128 MB
// and code below (the rule of modctl).
FileKind kind_of_file(std::string_view path, std::uint64_t size);
bool has_weight_extension(std::string_view path);

// The part of a ModelPack media type between `application/vnd.cncf.model.` and `.v1.`:
// "weight.config", "weight", …
std::string_view model_layer_word(FileKind kind);

// What a layer holds, whoever wrote it: by its media type where that says so, else by its path.
FileKind kind_of_layer(const Descriptor& layer, std::string_view path);

// True when `path` matches: `*` and `?` stay inside one part, `**` spans parts, `[…]` is a set. A
// pattern without '/' is matched against the last part, so that "*.json" finds files at any depth.
bool matches_glob(std::string_view pattern, std::string_view path);
bool matches_any(const std::vector<std::string>& patterns, std::string_view path);

}  // namespace aiops::pack
