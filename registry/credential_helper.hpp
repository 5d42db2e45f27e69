// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "registry/credentials.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace aiops::registry {

// A program docker-credential-NAME (docker/docker-credential-helpers protocol): verb as argument,
// input on stdin, answer on stdout. Started without a shell; ended after the time limit.
class CredentialHelper {
 public:
  // Throws Error{usage} when `name` holds a slash or anything else that no helper's name has.
  explicit CredentialHelper(std::string_view name,
                            std::chrono::seconds limit = std::chrono::seconds(60));

  const std::string& program() const { return program_; }
  // Nothing when the helper has none for the host. Throws Error{denied} when it is missing or
  // fails.
  std::optional<Credentials> get(const std::string& host) const;
  void store(const std::string& host, const Credentials& credentials) const;
  bool erase(const std::string& host) const;  // false when it had none

 private:
  struct Outcome {
    int status = 0;
    std::string output;
  };
  Outcome run(const char* verb, const std::string& input) const;

  std::string program_;
  std::chrono::seconds limit_;
};

}  // namespace aiops::registry
