// SPDX-License-Identifier: Apache-2.0
#include "registry/http_client.hpp"

#include "base/error.hpp"
#include "base/time.hpp"
#include "registry/exchange.hpp"

#include <mutex>

namespace aiops::registry {

struct HttpClient::State {
  HttpOptions options;
  Status& status;
  const StopFlag& stop;
  std::mutex mutex;
  std::vector<EasyHandle> idle;  // the one used last is taken first: its connection is the warmest

  EasyHandle borrow() {
    {
      const std::lock_guard lock(mutex);
      if (!idle.empty()) {
        EasyHandle handle = std::move(idle.back());
        idle.pop_back();
        return handle;
      }
    }
    EasyHandle handle(CurlLibrary::get().easy_init());
    if (!handle) throw std::bad_alloc();
    return handle;
  }

  void give_back(EasyHandle handle) {
    const std::lock_guard lock(mutex);
    idle.push_back(std::move(handle));
  }

  // Method, URL without its query, outcome: nothing in it is a secret.
  void log(const Request& request, const std::string& outcome, double started) const {
    const auto ms = static_cast<long>((monotonic_seconds() - started) * 1000);
    status.debug(std::string(name_of(request.method)) + " " + request.url.masked() + " " + outcome +
                 " " + std::to_string(ms) + " ms");
  }
};

Reach reach_of(const Url& url, const Url& base) {
  if (url.host() == base.host()) return Reach::anywhere;
  return is_loopback_host(base.host()) ? Reach::this_machine : Reach::elsewhere;
}

HttpClient::HttpClient(HttpOptions options, Status& status, const StopFlag& stop)
    : state_(new State{std::move(options), status, stop, {}, {}}) {}

HttpClient::~HttpClient() = default;

Traffic& HttpClient::traffic() const { return *state_->options.traffic; }

Response HttpClient::exchange(const Request& request, Reach reach) {
  state_->stop.check();
  ++traffic().requests;
  const double started = monotonic_seconds();
  EasyHandle handle = state_->borrow();
  try {
    Exchange exchange(handle.get(), request, state_->options, reach, state_->stop);
    Response response = exchange.run();
    state_->log(request, std::to_string(response.status), started);
    state_->give_back(std::move(handle));
    return response;
  } catch (const TransportFailure& failure) {
    state_->log(request, failure.message, started);
    throw;
  }
}

}  // namespace aiops::registry
