// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"

#include <cerrno>
#include <system_error>

namespace aiops {

namespace {

constexpr ExitCodeEntry kExitCodes[] = {
    {ExitCode::ok, "ok", "everything that was asked for was done"},
    {ExitCode::failed, "failed", "it could not be done; the message says why"},
    {ExitCode::usage, "usage", "the command line or a configuration file is wrong"},
    {ExitCode::unverified, "unverified", "a digest, a signature or a policy did not hold"},
    {ExitCode::denied, "denied", "not authenticated, or not allowed"},
    {ExitCode::not_found, "not-found", "a reference, a file or a tag does not exist"},
    {ExitCode::unavailable, "unavailable",
     "the network or the registry gave no usable answer after retries"},
    {ExitCode::no_gpu, "no-gpu", "no usable GPU, driver or library"},
    {ExitCode::partial, "partial", "some items failed; each was named"},
    {ExitCode::regression, "regression", "a benchmark got slower"},
    {ExitCode::undecided, "undecided",
     "a benchmark was too noisy, or had too few runs, for a verdict"},
    {ExitCode::conflict, "conflict", "the place keeps something else under that name"},
    {ExitCode::stopped, "stopped",
     "stopped on request with a checkpoint written; run it again to go on"},
    {ExitCode::interrupted, "interrupted", "ended by SIGINT"},
    {ExitCode::terminated, "terminated", "ended by SIGTERM"},
};

}  // namespace

std::span<const ExitCodeEntry> exit_codes() { return kExitCodes; }

const char* name_of(ExitCode code) {
  for (const auto& entry : kExitCodes)
    if (entry.code == code) return entry.name;
  return "failed";
}

const char* name_of(Reason reason) {
  switch (reason) {
    case Reason::unsigned_:
      return "unsigned";
    case Reason::untrusted_key:
      return "untrusted-key";
    case Reason::bad_signature:
      return "bad-signature";
    case Reason::digest_mismatch:
      return "digest-mismatch";
    case Reason::extra_file:
      return "extra-file";
    case Reason::missing_file:
      return "missing-file";
    case Reason::policy:
      return "policy";
    case Reason::expired:
      return "expired";
    case Reason::rollback:
      return "rollback";
  }
  return "policy";
}

Error verification_error(Reason reason, std::string message, std::string mend) {
  Error error(ExitCode::unverified, std::move(message), std::move(mend));
  error.reason = name_of(reason);
  return error;
}

namespace {

ExitCode code_of_errno(int error_number) {
  switch (error_number) {
    case ENOENT:
    case ENOTDIR:
      return ExitCode::not_found;
    case EACCES:
    case EPERM:
    case EROFS:
      return ExitCode::denied;
    default:
      return ExitCode::failed;
  }
}

}  // namespace

Error system_error(const std::string& what, int error_number) {
  std::string mend;
  if (error_number == ENOSPC || error_number == EDQUOT)
    mend = "free some disk space and run the command again";
  return Error(code_of_errno(error_number),
               what + ": " + std::generic_category().message(error_number), std::move(mend));
}

}  // namespace aiops
