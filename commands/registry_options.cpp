// SPDX-License-Identifier: Apache-2.0
#include "commands/registry_options.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "base/version.hpp"
#include "registry/url.hpp"

#include <algorithm>
#include <array>

namespace aiops::commands {
namespace {

namespace fs = std::filesystem;

fs::path from_environment(const Context& context, const char* name) {
  return context.environment.get(name).value_or("");
}

// The first file in `directory` that ends in `suffix`, by name.
fs::path first_with_suffix(const fs::path& directory, const char* suffix) {
  std::error_code ignored;
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(directory, ignored))
    if (entry.path().extension() == suffix) found.push_back(entry.path());
  return found.empty() ? fs::path() : *std::min_element(found.begin(), found.end());
}

// containers-certs.d(5): HOST[:PORT]/*.crt is a certificate authority, *.cert and *.key are ours.
void find_certificates(registry::HttpOptions& http, const std::string& host,
                       const Context& context) {
  const std::array<fs::path, 3> places = {context.config_home.parent_path() / "containers/certs.d",
                                          "/etc/containers/certs.d", "/etc/docker/certs.d"};
  for (const auto& place : places) {
    const fs::path directory = place / host;
    if (!fs::is_directory(directory)) continue;
    if (http.ca_file.empty()) http.ca_file = first_with_suffix(directory, ".crt");
    if (!http.client_certificate.empty()) continue;
    http.client_certificate = first_with_suffix(directory, ".cert");
    if (!http.client_certificate.empty())
      http.client_key = fs::path(http.client_certificate).replace_extension(".key");
  }
}

// The variables that all programs share, in small letters first, as curl and Go read them.
registry::Proxies proxies(const Context& context) {
  const auto either = [&](const char* small, const char* large) {
    const auto found = context.environment.get(small);
    return found ? *found : context.environment.get(large).value_or("");
  };
  return {either("http_proxy", "HTTP_PROXY"), either("https_proxy", "HTTPS_PROXY"),
          either("all_proxy", "ALL_PROXY"), either("no_proxy", "NO_PROXY")};
}

registry::Scheme scheme_for(const std::string& host, const RegistryAccess& access,
                            const fs::path& ca_file) {
  using Wanted = RegistryAccess::Scheme;
  if (access.scheme == Wanted::http) return registry::Scheme::http;
  if (access.scheme == Wanted::https || !ca_file.empty()) return registry::Scheme::https;
  const auto name = registry::Url{"http", host, "/"}.host();
  return registry::is_loopback_host(name) ? registry::Scheme::http : registry::Scheme::https;
}

}  // namespace

registry::AuthFiles auth_files(const Context& context) {
  registry::AuthFiles files;
  const fs::path config = context.config_home.parent_path() / "containers/auth.json";
  const fs::path own = from_environment(context, "REGISTRY_AUTH_FILE");
  const fs::path runtime = from_environment(context, "XDG_RUNTIME_DIR");
  if (!own.empty()) files.read.push_back(own);
  if (!runtime.empty()) files.read.push_back(runtime / "containers/auth.json");
  files.read.push_back(config);
  files.write = files.read.front();
  const fs::path docker = from_environment(context, "DOCKER_CONFIG");
  const fs::path home = from_environment(context, "HOME");
  if (!docker.empty())
    files.read.push_back(docker / "config.json");
  else if (!home.empty())
    files.read.push_back(home / ".docker/config.json");
  return files;
}

registry::RemoteOptions remote_options(const std::string& host, const RegistryAccess& access,
                                       const Context& context) {
  registry::RemoteOptions options;
  options.host = host;
  options.http.user_agent = std::string("aiops/") + kVersion;
  options.http.ca_file = access.ca_file;
  // All connections together stay within 12 MiB, however many there are.
  options.http.buffer = std::clamp<std::size_t>((8U << 20) / access.jobs, 64U << 10, 512U << 10);
  options.http.stall_timeout = std::chrono::seconds(access.timeout_seconds);
  options.http.connect_timeout = std::chrono::seconds(std::min(access.timeout_seconds, 20));
  options.http.proxies = proxies(context);
  options.http.rate_limit = access.rate_limit;
  find_certificates(options.http, host, context);
  options.scheme = scheme_for(host, access, options.http.ca_file);
  options.auth = auth_files(context);
  options.retries = access.retries;
  options.state = context.state_home;
  options.chunk = access.chunk;
  options.http.traffic = access.traffic;
  options.spool = context.environment.get("TMPDIR").value_or("/var/tmp");
  return options;
}

std::string registry_host(const std::string& text) {
  std::string host = text.substr(text.find("://") == std::string::npos ? 0 : text.find("://") + 3);
  while (!host.empty() && host.back() == '/') host.pop_back();
  const bool path = host.find('/') != std::string::npos;
  try {
    if (!path) return registry::Url::parse("https://" + host, "the registry").authority;
  } catch (const Error&) {  // said below, in the words of the command line
  }
  throw Error(ExitCode::usage, "'" + printable(text) + "' is not a registry", "HOST[:PORT]");
}

}  // namespace aiops::commands
