// SPDX-License-Identifier: Apache-2.0
#include "registry/exchange.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "registry/address.hpp"
#include "registry/curl_failure.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstring>

namespace aiops::registry {
namespace {

constexpr std::size_t kHeaderLimit = 256 << 10;
// Above this a rejection should come before the body (RFC 9110 §10.1.1), and is worth a round trip.
constexpr std::uint64_t kExpectAbove = 1u << 20;

}  // namespace

Exchange::Exchange(CURL* handle, const Request& request, const HttpOptions& options, Reach reach,
                   const StopFlag& stop)
    : handle_(handle),
      request_(request),
      options_(options),
      reach_(reach),
      stop_(stop),
      proxy_(options.proxies.for_url(request.url)),
      upload_size_(request.upload != nullptr ? request.upload->size : request.body.size()),
      watch_(options.stall_timeout, std::max(upload_size_, request.settles),
             StallWatch::Clock::now()) {
  response_.url = request.url;
  refuse_nearby_behind_proxy();
  curl_.easy_reset(handle_);
  set_connection();
  set_headers();
  set_body();
  set_callbacks();
}

template <typename Value>
void Exchange::set(CURLoption option, Value value) {
  curl_.easy_setopt(handle_, option, value);
}

void Exchange::set_connection() {
  set(CURLOPT_URL, request_.url.str().c_str());
  set(CURLOPT_PATH_AS_IS, 1L);
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_CONNECTTIMEOUT, static_cast<long>(options_.connect_timeout.count()));
  set(CURLOPT_TCP_KEEPALIVE, 1L);
  set(CURLOPT_BUFFERSIZE, static_cast<long>(options_.buffer));
  set(CURLOPT_UPLOAD_BUFFERSIZE, static_cast<long>(options_.buffer));
  set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set(CURLOPT_ERRORBUFFER, error_text_.data());
  set(CURLOPT_PROXY, proxy_.c_str());  // empty: none, whatever the environment says
  set(CURLOPT_NOPROXY, "");
  set(CURLOPT_PROXYAUTH, static_cast<long>(CURLAUTH_ANY));
  if (!options_.ca_file.empty()) set(CURLOPT_CAINFO, options_.ca_file.c_str());
  if (!options_.client_certificate.empty()) {
    set(CURLOPT_SSLCERT, options_.client_certificate.c_str());
    set(CURLOPT_SSLKEY, options_.client_key.c_str());
  }
}

void Exchange::set_headers() {
  const auto add = [&](const std::string& line) {
    curl_slist* longer = curl_.slist_append(headers_.get(), line.c_str());
    if (longer == nullptr) throw std::bad_alloc();
    headers_.release();
    headers_.reset(longer);
  };
  add("User-Agent: " + options_.user_agent);
  add("Accept-Encoding: identity");  // a blob's digest is over its bytes as stored
  // Above it libcurl asks by itself, and waits a second at most.
  if (upload_size_ <= kExpectAbove || request_.expect == Request::Expect::never) add("Expect:");
  bool typed = false;
  for (const auto& [name, value] : request_.headers) {
    add(name + ": " + value);
    typed = typed || name == "Content-Type";
  }
  if (!typed) add("Content-Type:");  // else libcurl calls every POST a form
  set(CURLOPT_HTTPHEADER, headers_.get());
}

void Exchange::set_body() {
  switch (request_.method) {
    case Method::get:
      set(CURLOPT_HTTPGET, 1L);
      break;
    case Method::head:
      set(CURLOPT_NOBODY, 1L);
      break;
    case Method::post:
      set(CURLOPT_POST, 1L);
      set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
      set(CURLOPT_POSTFIELDS, request_.body.c_str());
      break;
    case Method::delete_:
      set(CURLOPT_HTTPGET, 1L);
      set(CURLOPT_CUSTOMREQUEST, name_of(request_.method));
      break;
    case Method::patch:
      set(CURLOPT_CUSTOMREQUEST, name_of(request_.method));
      [[fallthrough]];
    case Method::put:
      set(CURLOPT_UPLOAD, 1L);
      set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(upload_size_));
      break;
  }
}

void Exchange::set_callbacks() {
  set(CURLOPT_HEADERFUNCTION, &on_header);
  set(CURLOPT_HEADERDATA, this);
  set(CURLOPT_WRITEFUNCTION, &on_body);
  set(CURLOPT_WRITEDATA, this);
  if (request_.method == Method::put || request_.method == Method::patch) {
    set(CURLOPT_READFUNCTION, &on_read);
    set(CURLOPT_READDATA, this);
    set(CURLOPT_SEEKFUNCTION, &on_seek);
    set(CURLOPT_SEEKDATA, this);
  }
  set(CURLOPT_NOPROGRESS, 0L);
  set(CURLOPT_XFERINFOFUNCTION, &on_progress);
  set(CURLOPT_XFERINFODATA, this);
  set(CURLOPT_OPENSOCKETFUNCTION, &on_socket);
  set(CURLOPT_OPENSOCKETDATA, this);
}

Response Exchange::run() {
  const CURLcode code = curl_.easy_perform(handle_);
  count();
  if (thrown_) std::rethrow_exception(thrown_);
  if (code != CURLE_OK && !reply_stands(code)) {
    if (body_open_) flush();  // what did arrive is good: a resumed download goes on from there
    fail(code);
  }
  if (response_.status == 407 && !proxy_.empty())
    throw_proxy_refusal(shown_proxy(proxy_), response_.status, request_.url);
  if (!body_open_) open_body();
  flush();
  return std::move(response_);
}

void Exchange::count() const {
  curl_off_t up = 0, down = 0;
  curl_.easy_getinfo(handle_, CURLINFO_SIZE_UPLOAD_T, &up);
  curl_.easy_getinfo(handle_, CURLINFO_SIZE_DOWNLOAD_T, &down);
  options_.traffic->sent += static_cast<std::uint64_t>(up);
  options_.traffic->received += static_cast<std::uint64_t>(down);
}

// A server that rejects a body early closes the connection: sending then fails, but the reason has
// arrived (registries answer 401 or 413 in the middle of a body).
bool Exchange::reply_stands(CURLcode code) const {
  return response_.status >= 400 && !sink_ &&
         (code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR || code == CURLE_PARTIAL_FILE);
}

void Exchange::fail(CURLcode code) {
  stop_.check();
  using Kind = TransportFailure::Kind;
  if (abandoned_) throw TransportFailure(Kind::abandoned, "the transfer was given up");
  if (stalled_) throw TransportFailure(Kind::broken, "the transfer stalled");
  long proxy_status = 0;
  curl_.easy_getinfo(handle_, CURLINFO_HTTP_CONNECTCODE, &proxy_status);
  const char* text = error_text_[0] != '\0' ? error_text_.data() : curl_.easy_strerror(code);
  throw_failure({code, text, shown_proxy(proxy_), proxy_status}, options_, request_.url);
}

void Exchange::header_line(std::string_view line) {
  header_bytes_ += line.size();
  if (header_bytes_ > kHeaderLimit)
    throw Error(ExitCode::failed, request_.url.host() + " sent more than 256 KiB of headers");
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
  if (line.substr(0, 5) == "HTTP/") {  // also after a 100 Continue: start over
    response_.headers.fields.clear();
    response_.status = 0;
    const auto space = line.find(' ');
    if (space != std::string_view::npos)
      std::from_chars(line.data() + space + 1, line.data() + line.size(), response_.status);
    return;
  }
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return;
  auto value = line.substr(colon + 1);
  while (!value.empty() && (value.front() == ' ' || value.front() == '\t')) value.remove_prefix(1);
  while (!value.empty() && (value.back() == ' ' || value.back() == '\t')) value.remove_suffix(1);
  response_.headers.fields.emplace_back(line.substr(0, colon), value);
}

void Exchange::open_body() {
  body_open_ = true;
  if (request_.receive && response_.ok()) sink_ = request_.receive(response_);
  if (sink_) gathered_.reserve(options_.buffer / 2);
}

void Exchange::take(std::string_view bytes) {
  if (!body_open_) open_body();
  hold_to_rate(bytes.size());
  if (!sink_) {
    if (response_.body.size() + bytes.size() > request_.body_limit)
      throw Error(ExitCode::failed, "the answer of " + request_.url.masked() + " is larger than " +
                                        std::to_string(request_.body_limit) + " bytes");
    response_.body.append(bytes);
    return;
  }
  const auto* data = reinterpret_cast<const std::byte*>(bytes.data());
  gathered_.insert(gathered_.end(), data, data + bytes.size());
  if (gathered_.size() + (16 << 10) > options_.buffer / 2) flush();
}

void Exchange::hold_to_rate(std::size_t bytes) {
  if (options_.rate_limit) watch_.excuse(options_.rate_limit->take(bytes, stop_));
}

void Exchange::flush() {
  if (gathered_.empty()) return;
  const auto before = StallWatch::Clock::now();
  sink_(gathered_);
  gathered_.clear();
  watch_.excuse(StallWatch::Clock::now() - before);
}

std::size_t Exchange::give(std::span<std::byte> buffer) {
  const auto size = static_cast<std::size_t>(
      std::min<std::uint64_t>(buffer.size(), upload_size_ - upload_offset_));
  if (size == 0) return 0;
  if (request_.upload != nullptr) {
    const auto before = StallWatch::Clock::now();
    request_.upload->read(upload_offset_, buffer.first(size));
    watch_.excuse(StallWatch::Clock::now() - before);
  } else {
    std::memcpy(buffer.data(), request_.body.data() + upload_offset_, size);
  }
  hold_to_rate(size);
  upload_offset_ += size;
  if (request_.upload != nullptr && request_.upload->sent) request_.upload->sent(upload_offset_);
  return size;
}

bool Exchange::must_abort(std::uint64_t moved, std::uint64_t sent) {
  if (stop_.requested()) return true;
  abandoned_ = request_.abandon && request_.abandon();
  if (abandoned_) return true;
  // Only what was sent takes a registry time; what is asked for begins to come at once.
  const bool asking = request_.method == Method::get || request_.method == Method::head;
  const bool awaiting_reply = !asking && response_.status < 200 && sent >= upload_size_;
  stalled_ = watch_.stalled(moved, awaiting_reply, StallWatch::Clock::now());
  return stalled_;
}

namespace {

bool may_reach(Reach reach, Nearness nearness) {
  switch (reach) {
    case Reach::anywhere:
      return true;
    case Reach::this_machine:
      return nearness != Nearness::link_local;
    case Reach::elsewhere:
      break;
  }
  return nearness == Nearness::far;
}

[[noreturn]] void refuse_reach(const std::string& host, const std::string& address) {
  throw Error(ExitCode::denied, "refused to connect to " + host +
                                    ", a host that the registry named: it is " + address);
}

}  // namespace

// Behind a proxy the address that we connect to is the proxy's: what can be judged is a host that
// is written as an address.
void Exchange::refuse_nearby_behind_proxy() const {
  const std::string host = request_.url.host();
  if (!proxy_.empty() && !may_reach(reach_, nearness_of_literal(host))) refuse_reach(host, host);
}

curl_socket_t Exchange::open_socket(const curl_sockaddr& address) {
  if (proxy_.empty() && !may_reach(reach_, nearness_of(address.addr)))
    refuse_reach(request_.url.host(), address_text(address.addr));
  return ::socket(address.family, address.socktype | SOCK_CLOEXEC, address.protocol);
}

template <typename Result, typename Work>
Result Exchange::guarded(Result on_failure, const Work& work) noexcept {
  try {
    return work();
  } catch (...) {
    thrown_ = std::current_exception();
    return on_failure;
  }
}

std::size_t Exchange::on_header(char* data, std::size_t size, std::size_t count, void* self) {
  auto* exchange = static_cast<Exchange*>(self);
  return exchange->guarded(std::size_t{0}, [&] {
    exchange->header_line({data, size * count});
    return size * count;
  });
}

std::size_t Exchange::on_body(char* data, std::size_t size, std::size_t count, void* self) {
  auto* exchange = static_cast<Exchange*>(self);
  const std::size_t total = size * count;
  return exchange->guarded(total + 1, [&] {  // any other number than `total` stops the transfer
    exchange->take({data, total});
    return total;
  });
}

std::size_t Exchange::on_read(char* data, std::size_t size, std::size_t count, void* self) {
  auto* exchange = static_cast<Exchange*>(self);
  return exchange->guarded(std::size_t{CURL_READFUNC_ABORT}, [&] {
    return exchange->give({reinterpret_cast<std::byte*>(data), size * count});
  });
}

int Exchange::on_seek(void* self, curl_off_t offset, int origin) {
  if (origin != SEEK_SET || offset < 0) return CURL_SEEKFUNC_CANTSEEK;
  static_cast<Exchange*>(self)->upload_offset_ = static_cast<std::uint64_t>(offset);
  return CURL_SEEKFUNC_OK;
}

int Exchange::on_progress(void* self, curl_off_t, curl_off_t down, curl_off_t, curl_off_t up) {
  return static_cast<Exchange*>(self)->must_abort(static_cast<std::uint64_t>(down + up),
                                                  static_cast<std::uint64_t>(up))
             ? 1
             : 0;
}

curl_socket_t Exchange::on_socket(void* self, curlsocktype, curl_sockaddr* address) {
  auto* exchange = static_cast<Exchange*>(self);
  return exchange->guarded(curl_socket_t{CURL_SOCKET_BAD},
                           [&] { return exchange->open_socket(*address); });
}

}  // namespace aiops::registry
