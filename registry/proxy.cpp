// SPDX-License-Identifier: Apache-2.0
// no_proxy has no standard. This reads what curl, Go and Python agree on: suffixes by label, ports,
// addresses, networks, and the star.
#include "registry/proxy.hpp"

#include "base/encoding.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <optional>

namespace aiops::registry {
namespace {

struct Address {
  std::array<unsigned char, 16> bytes{};
  std::size_t bits = 0;  // 32 or 128
};

std::optional<Address> address_of(std::string_view text) {
  if (text.size() > 2 && text.front() == '[') text = text.substr(1, text.size() - 2);
  Address address;
  const std::string copy(text);
  if (::inet_pton(AF_INET, copy.c_str(), address.bytes.data()) == 1)
    address.bits = 32;
  else if (::inet_pton(AF_INET6, copy.c_str(), address.bytes.data()) == 1)
    address.bits = 128;
  else
    return std::nullopt;
  return address;
}

bool in_network(const Address& host, const Address& network, std::size_t prefix) {
  if (host.bits != network.bits || prefix > host.bits) return false;
  const std::size_t whole = prefix / 8;
  if (std::memcmp(host.bytes.data(), network.bytes.data(), whole) != 0) return false;
  const auto mask = static_cast<unsigned>(0xFF00 >> (prefix % 8)) & 0xFFu;
  return prefix % 8 == 0 || ((host.bytes[whole] ^ network.bytes[whole]) & mask) == 0;
}

bool names(std::string_view entry, const Url& url) {
  const std::string host = url.host();
  const auto own = address_of(host);
  if (const auto slash = entry.find('/'); slash != std::string_view::npos) {
    const auto network = address_of(entry.substr(0, slash));
    std::size_t prefix = 0;
    const auto digits = entry.substr(slash + 1);
    const auto [end, error] = std::from_chars(digits.begin(), digits.end(), prefix);
    return own && network && error == std::errc() && end == digits.end() &&
           in_network(*own, *network, prefix);
  }
  if (const auto address = address_of(entry))
    return own && own->bits == address->bits && own->bytes == address->bytes;
  if (const auto colon = entry.rfind(':'); colon != std::string_view::npos) {
    if (!url.origin().ends_with(entry.substr(colon))) return false;
    entry = entry.substr(0, colon);
    if (const auto address = address_of(entry))
      return own && own->bits == address->bits && own->bytes == address->bytes;
  }
  if (entry.starts_with("*.")) entry.remove_prefix(1);
  if (entry.starts_with('.')) entry.remove_prefix(1);
  if (entry.empty() || own) return false;
  std::string name(entry);
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
  return host == name || (host.size() > name.size() && host.ends_with(name) &&
                          host[host.size() - name.size() - 1] == '.');
}

}  // namespace

bool is_listed(std::string_view list, const Url& url) {
  while (!list.empty()) {
    const auto end = std::min(list.find_first_of(", \t"), list.size());
    const auto entry = list.substr(0, end);
    if (entry == "*" || (!entry.empty() && names(entry, url))) return true;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

std::string Proxies::for_url(const Url& url) const {
  const std::string& own = url.is_https() ? https : http;
  const std::string& proxy = own.empty() ? all : own;
  if (proxy.empty() || is_loopback_host(url.host()) || is_listed(none, url)) return {};
  return proxy;
}

std::string shown_proxy(std::string_view proxy) {
  if (const auto scheme = proxy.find("://"); scheme != std::string_view::npos)
    proxy.remove_prefix(scheme + 3);
  if (const auto user = proxy.rfind('@'); user != std::string_view::npos)
    proxy.remove_prefix(user + 1);
  return printable(proxy.substr(0, proxy.find('/')));
}

}  // namespace aiops::registry
