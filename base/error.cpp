// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"

#include <cerrno>
#include <system_error>

namespace aiops {

const char* name_of(ExitCode code) {
  switch (code) {
    case ExitCode::ok:
      return "ok";
    case ExitCode::failed:
      return "failed";
    case ExitCode::usage:
      return "usage";
    case ExitCode::unverified:
      return "unverified";
    case ExitCode::denied:
      return "denied";
    case ExitCode::not_found:
      return "not-found";
    case ExitCode::unavailable:
      return "unavailable";
    case ExitCode::no_gpu:
      return "no-gpu";
    case ExitCode::partial:
      return "partial";
    case ExitCode::regression:
      return "regression";
    case ExitCode::undecided:
      return "undecided";
    case ExitCode::stopped:
      return "stopped";
    case ExitCode::interrupted:
      return "interrupted";
    case ExitCode::terminated:
      return "terminated";
  }
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
