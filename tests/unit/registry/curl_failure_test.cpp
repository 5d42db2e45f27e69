// SPDX-License-Identifier: Apache-2.0
#include "registry/curl_failure.hpp"

#include "base/error.hpp"

#include <gtest/gtest.h>

namespace aiops::registry {
namespace {

TransportFailure failure_of(CURLcode code, const std::string& text) {
  try {
    throw_failure({code, text, "", 0}, {}, Url::parse("https://localhost:5000/v2/", "address"));
  } catch (const TransportFailure& failure) {
    return failure;
  }
}

TEST(CurlFailure, SaysThatAResetWasOneAndNotWhatLibcurlCouldNotAskAfterIt) {
  const auto failure = failure_of(
      CURLE_SEND_ERROR, "getpeername() failed with errno 107: Transport endpoint is not connected");
  EXPECT_EQ(failure.message, "connection reset by peer");
  EXPECT_EQ(failure.kind, TransportFailure::Kind::broken);
}

TEST(CurlFailure, TellsAnUntrustedPeerFromALostOne) {
  EXPECT_EQ(failure_of(CURLE_PEER_FAILED_VERIFICATION, "SSL certificate problem").kind,
            TransportFailure::Kind::tls);
  EXPECT_EQ(failure_of(CURLE_SSL_CONNECT_ERROR, "OpenSSL SSL_connect: SSL_ERROR_SYSCALL").kind,
            TransportFailure::Kind::broken);
  EXPECT_EQ(failure_of(CURLE_COULDNT_CONNECT, "Connection refused").kind,
            TransportFailure::Kind::connect);
}

TEST(CurlFailure, NamesTheCertificateThatAServerAsksFor) {
  try {
    failure_of(CURLE_RECV_ERROR, "OpenSSL SSL_read: tlsv13 alert certificate required");
    FAIL() << "taken for a lost connection";
  } catch (const Error& error) {
    EXPECT_EQ(error.code, ExitCode::denied);
  }
}

}  // namespace
}  // namespace aiops::registry
