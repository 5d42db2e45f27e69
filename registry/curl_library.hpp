// SPDX-License-Identifier: Apache-2.0
#pragma once

#define CURL_DISABLE_TYPECHECK  // the checks are macros around the functions that we do not link
#include <curl/curl.h>

#include <memory>

namespace aiops::registry {

// libcurl's functions, found in libcurl.so.4 on first use: linked, the library would cost every
// start of the program 3.7 ms.
struct CurlLibrary {
  // Opens and initialises the library once. Throws Error{failed} with the package to install.
  static const CurlLibrary& get();

  decltype(&curl_easy_init) easy_init;
  decltype(&curl_easy_cleanup) easy_cleanup;
  decltype(&curl_easy_reset) easy_reset;
  decltype(&curl_easy_setopt) easy_setopt;
  decltype(&curl_easy_perform) easy_perform;
  decltype(&curl_easy_getinfo) easy_getinfo;
  decltype(&curl_easy_strerror) easy_strerror;
  decltype(&curl_slist_append) slist_append;
  decltype(&curl_slist_free_all) slist_free_all;
};

struct EasyDeleter {
  void operator()(CURL* handle) const { CurlLibrary::get().easy_cleanup(handle); }
};
// An easy handle; it keeps its own connections open between requests.
using EasyHandle = std::unique_ptr<CURL, EasyDeleter>;

struct HeaderListDeleter {
  void operator()(curl_slist* list) const { CurlLibrary::get().slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, HeaderListDeleter>;

}  // namespace aiops::registry
