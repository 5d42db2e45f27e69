// SPDX-License-Identifier: Apache-2.0
// Records that are attached to an artifact (commands/bench_attachment.hpp), and who vouches for
// them.
#pragma once

#include "base/status.hpp"
#include "pack/repository.hpp"
#include "sign/key.hpp"

#include <string>
#include <vector>

namespace aiops::commands {

// Who made a statement about records, the better the larger.
enum class Maker {
  nobody,    // there is none
  stranger,  // with a key that is not trusted, or without keys to ask
  broken,    // it names a trusted key, and was not made with it
  trusted,
};

struct AttachedRecords {
  std::string where;  // "demo@sha256:0123…", of the referrer
  std::string lines;  // JSON Lines, not looked into
  Maker maker;
  std::string standing;  // "signed by the trusted key 0123…", "not signed: a claim"
};

struct AttachedSearch {
  std::vector<AttachedRecords> found;  // oldest first
  std::size_t unreadable = 0;          // each was named by a warning
};

// Without keys nothing is verified, and it is said which records bring a signature.
AttachedSearch attached_records(pack::Repository& repository, const Digest& subject,
                                const std::vector<sign::PublicKey>& keys, Status& status);

}  // namespace aiops::commands
