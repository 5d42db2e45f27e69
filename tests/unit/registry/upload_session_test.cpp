// SPDX-License-Identifier: Apache-2.0
#include "registry/upload_session.hpp"

#include "tests/unit/registry/loopback_server.hpp"

#include <gtest/gtest.h>

namespace aiops::registry {
namespace {

Response answer(int status, std::string body = {}) {
  Response response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

std::string with_code(const char* code) {
  return std::string("{\"errors\":[{\"code\":\"") + code + "\"}]}";
}

TEST(UploadRange, IsTheNumberOfBytesKept) {
  EXPECT_EQ(parse_upload_range("0-399999"), 400000U);
  EXPECT_EQ(parse_upload_range("bytes=0-99"), 100U);
  EXPECT_EQ(parse_upload_range("bytes 0-99"), 100U);
  EXPECT_EQ(parse_upload_range("0-0"), 0U);  // what most say of an empty session
  for (const char* junk : {"", "0-", "-", "1-5", "0--1", "0-x", "0-5/10", "0-18446744073709551615",
                           "0-99999999999999999999", "bytes=bytes=0-1x"})
    EXPECT_FALSE(parse_upload_range(junk)) << junk;
}

TEST(UploadLimit, IsReadFromWords) {
  EXPECT_EQ(stated_limit("the chunk exceeds the maximum permissible limit of 4.00MiB"), 4U << 20);
  EXPECT_EQ(stated_limit("limit of 512kib"), 512U << 10);
  for (const char* junk : {"", "limit of ", "limit of -1MiB", "limit of nanMiB",
                           "limit of 4 potatoes", "limit of 99999999999MiB"})
    EXPECT_FALSE(stated_limit(junk)) << junk;
}

TEST(UploadPiece, LeastLengthIsANumberOrNothing) {
  Response response;
  EXPECT_EQ(least_piece(response), 0U);
  for (const auto& [text, size] : {std::pair{"5242880", 5242880ULL},
                                   {"1099511627776", 1099511627776ULL},
                                   {"-5", 0ULL},
                                   {"5 MiB", 0ULL},
                                   {"99999999999999999999", 0ULL}}) {
    response.headers.fields = {{"oci-chunk-min-length", text}};
    EXPECT_EQ(least_piece(response), size) << text;
  }
}

TEST(UploadMeaning, FollowsCodeThenStatus) {
  using enum UploadAnswer;
  for (const int status : {200, 201, 202, 204}) EXPECT_EQ(meaning_of(answer(status)), taken);
  EXPECT_EQ(meaning_of(answer(400, with_code("DIGEST_INVALID"))), digest_refused);
  EXPECT_EQ(meaning_of(answer(400, with_code("BLOB_UPLOAD_INVALID"))), lost);
  EXPECT_EQ(meaning_of(answer(416, with_code("BLOB_UPLOAD_UNKNOWN"))), lost);
  EXPECT_EQ(meaning_of(answer(404)), lost);
  EXPECT_EQ(meaning_of(answer(413, "<html>")), too_large);
  EXPECT_EQ(meaning_of(answer(416, "exceeds the maximum permissible limit of 4.00MiB")), too_large);
  EXPECT_EQ(meaning_of(answer(416, "First byte of the layer part is 0 instead of 5")), out_of_step);
  EXPECT_EQ(meaning_of(answer(409)), out_of_step);
  for (const int status : {429, 500, 502, 504, 524})
    EXPECT_EQ(meaning_of(answer(status)), transient);
  for (const int status : {400, 401, 403, 405, 415}) EXPECT_EQ(meaning_of(answer(status)), refused);
}

class UploadSessionTest : public testing::Test {
 protected:
  std::unique_ptr<Remote> remote(const LoopbackServer& server) {
    auto made = std::make_unique<Remote>();
    made->session = std::make_unique<Session>(Url::parse("http://" + server.authority(), "test"),
                                              HttpOptions(), CredentialLookup(), 1, status_, stop_);
    made->repository = "a";
    return made;
  }

  SilentStatus status_;
  StopFlag stop_;
};

TEST_F(UploadSessionTest, StatusIsAskedUntilItStandsStill) {
  std::atomic<int> asked{0};
  LoopbackServer server([&](const LoopbackServer::Asked&) {
    const int last = std::min(++asked, 3) * 100 - 1;
    return "204 No\r\nLocation: /new?n=" + std::to_string(asked) + "\r\nRange: 0-" +
           std::to_string(last) + "\r\n\r\n";
  });
  const auto one = remote(server);
  const auto place = ask_status(*one, {one->session->url("/old?_state=x%3D"), 0});
  ASSERT_TRUE(place);
  EXPECT_EQ(place->offset, 300U);
  EXPECT_EQ(place->location.target, "/new?n=4");
  EXPECT_EQ(server.asked()[0].target, "/old?_state=x%3D");
  EXPECT_EQ(server.asked()[1].target, "/new?n=1");
}

TEST_F(UploadSessionTest, AStatusThatSaysNothingIsNone) {
  std::string text = "404 No\r\n\r\n";
  LoopbackServer server([&](const LoopbackServer::Asked&) { return text; });
  const auto one = remote(server);
  for (const char* reply : {"404 No\r\n\r\n", "204 No\r\n\r\n", "204 No\r\nRange: x\r\n\r\n",
                            "401 No\r\n\r\n", "200 Fine\r\n\r\n<html>"}) {
    text = reply;
    EXPECT_FALSE(ask_status(*one, {one->session->url("/x"), 0})) << reply;
  }
}

TEST_F(UploadSessionTest, APieceSaysWhereItBelongs) {
  LoopbackServer server(
      [&](const LoopbackServer::Asked&) { return std::string("202 Go\r\n\r\n"); });
  const auto one = remote(server);
  const UploadPlace place{one->session->url("/x?_state=a%3D%3d"), 100};
  Upload body;
  body.size = 50;
  body.read = [](std::uint64_t, std::span<std::byte> into) {
    std::ranges::fill(into, std::byte{7});
  };
  one->session->attempt(upload_request(Method::patch, place, body, nullptr), {});
  const Digest digest = sha256_of("x");
  one->session->attempt(upload_request(Method::put, place, body, &digest), {});
  const auto asked = server.asked();
  EXPECT_EQ(asked[0].field("Content-Range"), "100-149");
  EXPECT_EQ(asked[0].body, std::string(50, 7));
  EXPECT_EQ(asked[0].target, "/x?_state=a%3D%3d");
  EXPECT_EQ(asked[1].field("Content-Range"), "");
  EXPECT_EQ(asked[1].target, "/x?_state=a%3D%3d&digest=sha256%3a" + std::string(digest.hex()));
}

TEST_F(UploadSessionTest, AFailedCancellationIsNoFailure) {
  LoopbackServer server(
      [&](const LoopbackServer::Asked&) { return std::string("401 No\r\n\r\n"); });
  const auto one = remote(server);
  cancel_upload(*one, {one->session->url("/x"), 0});
  EXPECT_EQ(server.asked().at(0).method, "DELETE");
}

}  // namespace
}  // namespace aiops::registry
