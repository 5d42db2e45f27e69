// SPDX-License-Identifier: Apache-2.0
#include "registry/curl_library.hpp"

#include "base/dynamic_library.hpp"
#include "base/error.hpp"

namespace aiops::registry {
namespace {

CurlLibrary open_curl() {
  static const DynamicLibrary library("libcurl.so.4", "apt-get install libcurl4");
  CurlLibrary curl{};
  library.find(curl.easy_init, "curl_easy_init");
  library.find(curl.easy_cleanup, "curl_easy_cleanup");
  library.find(curl.easy_reset, "curl_easy_reset");
  library.find(curl.easy_setopt, "curl_easy_setopt");
  library.find(curl.easy_perform, "curl_easy_perform");
  library.find(curl.easy_getinfo, "curl_easy_getinfo");
  library.find(curl.easy_strerror, "curl_easy_strerror");
  library.find(curl.slist_append, "curl_slist_append");
  library.find(curl.slist_free_all, "curl_slist_free_all");
  const auto init = library.function<decltype(curl_global_init)>("curl_global_init");
  if (init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
    throw Error(ExitCode::failed, "libcurl does not initialise");
  return curl;
}

}  // namespace

const CurlLibrary& CurlLibrary::get() {
  static const CurlLibrary curl = open_curl();
  return curl;
}

}  // namespace aiops::registry
