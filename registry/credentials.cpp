// SPDX-License-Identifier: Apache-2.0
#include "registry/credentials.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "base/output_file.hpp"
#include "registry/credential_helper.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>

namespace aiops::registry {
namespace {

namespace fs = std::filesystem;

constexpr const char* kDockerHubKey = "https://index.docker.io/v1/";
constexpr std::uint64_t kAuthFileLimit = 1u << 20;

bool is_docker_hub(std::string_view host) {
  return host == "docker.io" || host == "index.docker.io" || host == "registry-1.docker.io";
}

// What credential helpers know a registry by.
std::string helper_key(std::string_view host) {
  return is_docker_hub(host) ? kDockerHubKey : std::string(host);
}

OrderedJson load(const fs::path& path) {
  if (!fs::exists(path)) return OrderedJson::object();
  const std::string text = read_file(path, kAuthFileLimit);
  parse_json(text,
             path.string());  // strict; the ordered form below then keeps the file's own order
  OrderedJson file = OrderedJson::parse(text);
  if (!file.is_object()) throw Error(ExitCode::usage, path.string() + " is not a JSON object");
  return file;
}

const OrderedJson& member(const OrderedJson& file, const char* key) {
  static const OrderedJson kNone = OrderedJson::object();
  const auto found = file.find(key);
  return found != file.end() && found->is_object() ? *found : kNone;
}

std::string text_of(const OrderedJson& object, const std::string& key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<Credentials> read_entry(const OrderedJson& entry, const fs::path& path) {
  Credentials found;
  found.origin = path.string();
  found.identity_token = text_of(entry, "identitytoken");
  if (!found.identity_token.empty()) return found;
  const std::string auth = text_of(entry, "auth");
  if (auth.empty()) return std::nullopt;
  std::string pair;
  try {
    pair = from_base64(auth);
  } catch (const Error&) {
    throw Error(ExitCode::usage, path.string() + " holds an `auth` that is not base64");
  }
  const auto colon = pair.find(':');
  if (colon == std::string::npos)
    throw Error(ExitCode::usage, path.string() + " holds an `auth` without a colon");
  found.user = pair.substr(0, colon);
  found.password = pair.substr(colon + 1);
  while (!found.password.empty() && found.password.back() == '\0') found.password.pop_back();
  if (found.user == "<token>") return Credentials{"", "", found.password, found.origin};
  return found;
}

std::optional<Credentials> ask_helper(const std::string& name, std::string_view host,
                                      Purpose purpose, Status& status) {
  try {
    return CredentialHelper(name).get(helper_key(host));
  } catch (const Error& error) {
    if (purpose != Purpose::read) throw;
    status.warn(error.message + "; going on without credentials");
    return std::nullopt;
  }
}

std::optional<Credentials> find_in_file(const fs::path& path, std::string_view host,
                                        std::string_view repository, Purpose purpose,
                                        Status& status) {
  const OrderedJson file = load(path);
  const std::string helper = text_of(member(file, "credHelpers"), std::string(host));
  if (!helper.empty()) return ask_helper(helper, host, purpose, status);
  const auto& auths = member(file, "auths");
  for (const auto& wanted : auth_keys(host, repository)) {
    if (const auto exact = auths.find(wanted); exact != auths.end())
      if (auto found = read_entry(*exact, path)) return found;
    for (const auto& [key, entry] : auths.items())
      if (key != wanted && plain_auth_key(key) == wanted)
        if (auto found = read_entry(entry, path)) return found;
  }
  const std::string store = text_of(file, "credsStore");
  if (!store.empty()) return ask_helper(store, host, purpose, status);
  return std::nullopt;
}

std::string helper_for(const OrderedJson& file, std::string_view host) {
  const std::string own = text_of(member(file, "credHelpers"), std::string(host));
  return own.empty() ? text_of(file, "credsStore") : own;
}

std::string auth_key_to_write(std::string_view host) {
  return is_docker_hub(host) ? kDockerHubKey : std::string(host);
}

void write_auth_file(const fs::path& path, const OrderedJson& file) {
  make_directories(path.parent_path());
  write_output(path, file.dump(2) + "\n", 0600);
}

}  // namespace

std::vector<std::string> auth_keys(std::string_view host, std::string_view repository) {
  std::vector<std::string> keys;
  std::string key = std::string(host);
  if (!repository.empty()) key.append("/").append(repository);
  while (key.size() > host.size()) {
    keys.push_back(key);
    key.resize(key.rfind('/'));
  }
  keys.emplace_back(host);
  if (is_docker_hub(host))
    for (const char* alias : {"docker.io", "index.docker.io"})
      if (host != alias) keys.emplace_back(alias);
  return keys;
}

std::string plain_auth_key(std::string_view key) {
  const auto scheme = key.find("://");
  if (scheme == std::string_view::npos) return std::string(key);
  key.remove_prefix(scheme + 3);
  return std::string(key.substr(0, key.find('/')));
}

std::optional<Credentials> find_credentials(const AuthFiles& files, std::string_view host,
                                            std::string_view repository, Purpose purpose,
                                            Status& status) {
  for (const auto& path : files.read)
    if (auto found = find_in_file(path, host, repository, purpose, status)) return found;
  return std::nullopt;
}

std::string save_credentials(const AuthFiles& files, std::string_view host,
                             const Credentials& credentials) {
  OrderedJson file = load(files.write);
  const std::string helper = helper_for(file, host);
  const std::string key = auth_key_to_write(host);
  if (!helper.empty()) {
    const CredentialHelper program(helper);
    program.store(helper_key(host), credentials);
    return program.program();
  }
  OrderedJson& auths = file["auths"];
  if (!auths.is_null() && !auths.is_object())
    throw Error(ExitCode::usage, files.write.string() + " holds `auths` that are not an object");
  auths[key] = {{"auth", to_base64(credentials.user + ":" + credentials.password)}};
  write_auth_file(files.write, file);
  return files.write.string();
}

std::vector<std::string> forget_credentials(const AuthFiles& files, std::string_view host) {
  std::vector<std::string> held;
  for (const auto& path : files.read) {
    OrderedJson file = load(path);
    if (const std::string helper = helper_for(file, host); !helper.empty()) {
      const CredentialHelper program(helper);
      if (program.erase(helper_key(host))) held.push_back(program.program());
    }
    const auto auths = file.find("auths");
    if (auths == file.end() || !auths->is_object()) continue;
    const auto keys = auth_keys(host, {});
    std::vector<std::string> found;
    for (const auto& [key, entry] : auths->items())
      if (std::find(keys.begin(), keys.end(), plain_auth_key(key)) != keys.end())
        found.push_back(key);
    for (const auto& key : found) auths->erase(key);
    if (found.empty()) continue;
    write_auth_file(path, file);
    held.push_back(path.string());
  }
  return held;
}

}  // namespace aiops::registry
