// SPDX-License-Identifier: Apache-2.0
// Records kept beside what they measured: a referrer of the artifact, and with a key a statement
// about the artifact that names the records by their digest.
#pragma once

#include "base/digest.hpp"
#include "base/json.hpp"
#include "cli/context.hpp"
#include "commands/repositories.hpp"
#include "sign/key.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aiops::commands {

// The URI of docs/bench-record.schema.json.
inline constexpr std::string_view kBenchPredicate = "urn:aiops:bench-record:v1";

// --attach and --sign
struct AttachOptions {
  pack::Reference artifact;
  std::optional<std::filesystem::path> key;
  RegistryAccess registry;
};

class BenchAttachment {
 public:
  // Before anything is measured: the artifact is looked up and the key opened. What is attached
  // later is attached to what was found now, wherever the tag has gone.
  BenchAttachment(const AttachOptions& options, Context& context);

  // What the records say of the artifact.
  Json subject() const;
  const Digest& digest() const { return root_.descriptor.digest; }
  // Stores the records, of which `lines` is the text, and says so. Returns the referrer's digest.
  Digest store(const std::string& lines, const std::vector<Json>& records);

 private:
  AttachOptions options_;
  Context& context_;
  pack::Document root_;
  std::optional<sign::PrivateKey> key_;
};

}  // namespace aiops::commands
