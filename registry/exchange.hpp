// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/stop.hpp"
#include "registry/curl_library.hpp"
#include "registry/http_client.hpp"
#include "registry/stall_watch.hpp"

#include <array>
#include <exception>
#include <string>
#include <vector>

namespace aiops::registry {

// One request on one borrowed handle: sets the options, runs it, and stands behind libcurl's
// callbacks. Exceptions do not cross C: a callback keeps what was thrown and stops the transfer.
class Exchange {
 public:
  Exchange(CURL* handle, const Request& request, const HttpOptions& options, Reach reach,
           const StopFlag& stop);
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  Response run();  // throws as HttpClient::exchange

 private:
  template <typename Value>
  void set(CURLoption option, Value value);
  void set_connection();
  void set_headers();
  void set_body();
  void set_callbacks();

  void header_line(std::string_view line);
  void open_body();
  void take(std::string_view bytes);
  void flush();
  std::size_t give(std::span<std::byte> buffer);
  bool must_abort(std::uint64_t moved, std::uint64_t sent);
  curl_socket_t open_socket(const curl_sockaddr& address);
  void refuse_nearby_behind_proxy() const;
  void hold_to_rate(std::size_t bytes);
  void count() const;
  bool reply_stands(CURLcode code) const;
  [[noreturn]] void fail(CURLcode code);

  // Runs `work` for a callback; keeps what it throws and returns `on_failure` instead.
  template <typename Result, typename Work>
  Result guarded(Result on_failure, const Work& work) noexcept;

  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t on_read(char* data, std::size_t size, std::size_t count, void* self);
  static int on_seek(void* self, curl_off_t offset, int origin);
  static int on_progress(void* self, curl_off_t, curl_off_t down, curl_off_t, curl_off_t up);
  static curl_socket_t on_socket(void* self, curlsocktype, curl_sockaddr* address);

  const CurlLibrary& curl_ = CurlLibrary::get();
  CURL* handle_;
  const Request& request_;
  const HttpOptions& options_;
  Reach reach_;
  const StopFlag& stop_;
  std::string proxy_;  // empty: none

  Response response_;
  std::size_t header_bytes_ = 0;
  bool body_open_ = false;
  ByteSink sink_;
  std::vector<std::byte> gathered_;  // for the sink: libcurl delivers 16 KiB at most
  std::uint64_t upload_size_ = 0;
  std::uint64_t upload_offset_ = 0;
  StallWatch watch_;
  bool stalled_ = false;
  bool abandoned_ = false;
  std::exception_ptr thrown_;
  HeaderList headers_;
  std::array<char, CURL_ERROR_SIZE> error_text_{};
};

}  // namespace aiops::registry
