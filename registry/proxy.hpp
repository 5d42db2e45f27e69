// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "registry/url.hpp"

#include <string>
#include <string_view>

namespace aiops::registry {

// The proxies of whoever runs us, as the variables say that all programs share: http_proxy,
// https_proxy, all_proxy and no_proxy. Empty: none.
struct Proxies {
  std::string http;
  std::string https;
  std::string all;
  std::string none;  // hosts that are reached without

  // The proxy that a request goes through, as written, or empty. This machine is never asked for
  // through a proxy.
  std::string for_url(const Url& url) const;
};

// Whether a host is named by a no_proxy list: "*", or names and addresses with commas or spaces
// between them. "example.com" and ".example.com" mean the host and all below it, "10.0.0.0/8" a
// network, "example.com:5000" that port only.
bool is_listed(std::string_view list, const Url& url);

// The proxy without user and password, for messages.
std::string shown_proxy(std::string_view proxy);

}  // namespace aiops::registry
