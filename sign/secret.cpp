// SPDX-License-Identifier: Apache-2.0
#include "sign/secret.hpp"

#include "base/error.hpp"
#include "base/fd.hpp"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <sys/stat.h>

#include <span>

namespace aiops::sign {

void wipe(void* bytes, std::size_t size) noexcept { OPENSSL_cleanse(bytes, size); }

Secret Secret::take(std::string& text) {
  Secret secret{std::string_view(text)};
  wipe(text.data(), text.size());
  text.clear();
  return secret;
}

Secret read_secret_file(const std::filesystem::path& path, std::size_t limit) {
  const Fd fd = open_file(path, O_RDONLY);
  struct stat status {};
  if (::fstat(fd.get(), &status) == 0 && S_ISDIR(status.st_mode))
    throw Error(ExitCode::failed, path.string() + ": is a directory, not a file");
  Secret bytes(limit + 1);  // one more than allowed tells "too large" from "just fits"
  const std::size_t n =
      read_fully(fd.get(), std::as_writable_bytes(std::span(bytes.data(), bytes.size())), path);
  if (n > limit)
    throw Error(ExitCode::failed, path.string() + ": larger than the " + std::to_string(limit) +
                                      " bytes allowed here");
  bytes.resize(n);
  return bytes;
}

}  // namespace aiops::sign
