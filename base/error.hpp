// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception>
#include <span>
#include <string>
#include <utility>

namespace aiops {

// The process's answer to the shell. Stable: scripts depend on the numbers. An unknown code must be
// treated as failure.
enum class ExitCode : int {
  ok = 0,             // everything that was asked for was done
  failed = 1,         // it could not be done; the message says why
  usage = 2,          // the command line or a configuration file is wrong
  unverified = 3,     // a digest, a signature or a policy did not hold
  denied = 4,         // not authenticated, or not allowed
  not_found = 5,      // a reference, a file or a tag does not exist
  unavailable = 6,    // the network or the registry gave no usable answer after retries
  no_gpu = 7,         // no usable GPU, driver or library
  partial = 8,        // some items failed; each was named
  regression = 9,     // a benchmark got slower
  undecided = 10,     // a benchmark was too noisy, or had too few runs, for a verdict
  conflict = 11,      // the place keeps something else under that name
  stopped = 75,       // stopped on request with a checkpoint written; run it again to go on
  interrupted = 130,  // SIGINT
  terminated = 143,   // SIGTERM
};

// The stable word for a code, as in JSON errors: "usage", "not-found", …
const char* name_of(ExitCode code);

// Every code with its word and what it says: the help topic, the man pages and the markdown
// reference are made from this table.
struct ExitCodeEntry {
  ExitCode code;
  const char* name;
  const char* meaning;
};
std::span<const ExitCodeEntry> exit_codes();

// The only exception that crosses a room. Thrown where the failure is known, caught once, in cli/.
//
// `message` names the object and one cause, in lower case, without a final dot; `mend` is something
// a person can type or do, or empty. `reason` is set on verification failures only (see Reason).
struct Error : std::exception {
  Error(ExitCode error_code, std::string error_message, std::string error_mend = {})
      : code(error_code), message(std::move(error_message)), mend(std::move(error_mend)) {}

  const char* what() const noexcept override { return message.c_str(); }

  ExitCode code;
  std::string message;
  std::string mend;
  std::string reason;
};

// Why a verification failed. The words are stable and appear in JSON errors.
enum class Reason {
  unsigned_,
  untrusted_key,
  bad_signature,
  digest_mismatch,
  extra_file,
  missing_file,
  policy,
  expired,
  rollback,
};

const char* name_of(Reason reason);

// An Error with ExitCode::unverified and its reason.
Error verification_error(Reason reason, std::string message, std::string mend = {});

// An Error from errno: "WHAT: No space left on device". ENOENT becomes not_found, EACCES and EPERM
// become denied.
Error system_error(const std::string& what, int error_number);

}  // namespace aiops
