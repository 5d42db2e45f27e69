// SPDX-License-Identifier: Apache-2.0
#include "commands/keys.hpp"

#include "base/error.hpp"
#include "base/file.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <system_error>

namespace aiops::commands {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxKeyFile = 64u << 10;
constexpr std::size_t kMaxPassphraseFile = 4096;
constexpr std::size_t kMaxTrustedKeys = 1000;
constexpr const char* kPassphraseMend =
    "give --passphrase-file FILE or set AIOPS_PASSPHRASE where nobody can be asked";

// The first line, as an editor or echo writes it.
sign::Secret read_passphrase(const fs::path& file) {
  sign::Secret text = sign::read_secret_file(file, kMaxPassphraseFile);
  text.resize(std::min(text.view().find('\n'), text.size()));
  if (!text.empty() && text.view().back() == '\r') text.resize(text.size() - 1);
  return text;
}

// The passphrase, when it does not have to be asked for.
std::optional<sign::Secret> given_passphrase(const std::optional<fs::path>& file,
                                             const Context& context) {
  if (file) return read_passphrase(*file);
  if (auto text = context.environment.get("AIOPS_PASSPHRASE")) return sign::Secret::take(*text);
  return std::nullopt;
}

std::vector<std::string> trusted_files(const fs::path& directory) {
  std::vector<std::string> files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(directory, error))
    if (entry.path().extension() == ".pub") files.push_back(entry.path().string());
  if (error && error != std::errc::no_such_file_or_directory)
    throw system_error(directory.string(), error.value());
  if (files.size() > kMaxTrustedKeys)
    throw Error(ExitCode::usage, directory.string() + ": more than " +
                                     std::to_string(kMaxTrustedKeys) + " trusted keys");
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

std::vector<sign::PublicKey> trusted_keys(const std::vector<std::string>& files, Context& context) {
  const fs::path directory = context.config_home / "trusted";
  std::vector<sign::PublicKey> keys;
  for (const std::string& file : files.empty() ? trusted_files(directory) : files) {
    auto key = sign::PublicKey::parse(read_file(file, kMaxKeyFile), file);
    const bool known = std::any_of(keys.begin(), keys.end(),
                                   [&](const auto& other) { return other.id() == key.id(); });
    if (!known) keys.push_back(std::move(key));
  }
  if (keys.empty())
    throw Error(ExitCode::usage, "no key to verify with",
                "give --key KEY.pub, or copy the keys you trust to " + directory.string());
  return keys;
}

std::vector<sign::PublicKey> known_keys(const std::vector<std::string>& files, Context& context) {
  try {
    return trusted_keys(files, context);
  } catch (const Error& error) {
    if (error.code != ExitCode::usage || !files.empty()) throw;
    return {};
  }
}

sign::LoadedKey load_private_key(const fs::path& file,
                                 const std::optional<fs::path>& passphrase_file, Context& context) {
  const sign::Secret pem = sign::read_secret_file(file, kMaxKeyFile);
  auto loaded = sign::parse_private_key(pem.view(), file.string(), [&] {
    if (auto passphrase = given_passphrase(passphrase_file, context)) return std::move(*passphrase);
    std::string text = context.secret("passphrase of " + file.string() + ": ", kPassphraseMend);
    return sign::Secret::take(text);
  });
  struct stat status {};
  if (::stat(file.c_str(), &status) == 0 && S_ISREG(status.st_mode) && (status.st_mode & 077) != 0)
    context.status.warn(file.string() + " may be read by others; chmod 600 keeps it to you");
  return loaded;
}

sign::Secret new_passphrase(const std::optional<fs::path>& passphrase_file, Context& context) {
  auto passphrase = given_passphrase(passphrase_file, context);
  if (!passphrase) {
    const std::string mend = std::string(kPassphraseMend) +
                             ", or --no-passphrase for a key that "
                             "its file permissions protect";
    std::string first = context.secret("passphrase for the new key: ", mend);
    passphrase = sign::Secret::take(first);
    std::string second = context.secret("the same again: ", mend);
    if (sign::Secret::take(second).view() != passphrase->view())
      throw Error(ExitCode::usage, "the two passphrases differ");
  }
  if (passphrase->empty())
    throw Error(ExitCode::usage, "the passphrase is empty",
                "--no-passphrase makes a key without one");
  return std::move(*passphrase);
}

Flag passphrase_file_flag() {
  return {.name = "passphrase-file",
          .value = "FILE",
          .help = "Take the key's passphrase from the first line of FILE",
          .complete = Complete::file};
}

}  // namespace aiops::commands
