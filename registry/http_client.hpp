// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/status.hpp"
#include "base/stop.hpp"
#include "registry/http.hpp"
#include "registry/proxy.hpp"
#include "registry/rate_limit.hpp"
#include "registry/traffic.hpp"

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

namespace aiops::registry {

// How connections are made.
struct HttpOptions {
  std::string user_agent = "aiops";
  // Bytes of each connection's buffer; half as much is gathered before it is handed on, which with
  // this value fits the second-level cache on its way to the hash.
  std::size_t buffer = 512 << 10;
  std::filesystem::path ca_file;             // trusted besides the system's; empty: none
  std::filesystem::path client_certificate;  // PEM, with client_key; empty: none
  std::filesystem::path client_key;
  std::chrono::seconds connect_timeout{20};
  std::chrono::seconds stall_timeout{30};  // less than 1 KiB/s for this long breaks an exchange
  std::shared_ptr<Traffic> traffic = std::make_shared<Traffic>();
  Proxies proxies;
  std::shared_ptr<RateLimit> rate_limit;  // shared with whoever else is to keep it; none: no limit
};

// Which addresses a host name may lead to, decided on the address connected to, not on the name.
enum class Reach {
  anywhere,      // a registry, which the user chose
  this_machine,  // named by a registry on this machine: not link-local, where clouds keep metadata
  elsewhere,     // named by any other registry: not this machine either
};

// For a host that the registry at `base` named: in a redirect, a Location, a realm.
Reach reach_of(const Url& url, const Url& base);

// Makes exchanges over HTTP/1.1, keeping connections open. May be used by several threads at once:
// each exchange borrows a handle with its own connections. Registry blobs over HTTP/2 cost 1.75
// times the CPU.
class HttpClient {
 public:
  HttpClient(HttpOptions options, Status& status, const StopFlag& stop);
  ~HttpClient();

  // Throws TransportFailure, whatever a callback of the request threw, Error{failed} when a
  // collected body is over its limit, and Error{interrupted|terminated} on a stop.
  Response exchange(const Request& request, Reach reach = Reach::anywhere);

  Traffic& traffic() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace aiops::registry
