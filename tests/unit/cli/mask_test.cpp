// SPDX-License-Identifier: Apache-2.0
#include "cli/debug_log.hpp"
#include "fake.hpp"

namespace aiops {
namespace {

struct Case {
  const char* text;
  const char* masked;
};

class MaskTest : public testing::TestWithParam<Case> {};

TEST_P(MaskTest, HidesSecretsAndNothingElse) {
  EXPECT_EQ(mask_secrets(GetParam().text), GetParam().masked);
}

INSTANTIATE_TEST_SUITE_P(
    Debug, MaskTest,
    testing::Values(
        Case{"", ""}, Case{"GET /v2/a/manifests/1 200", "GET /v2/a/manifests/1 200"},
        Case{"Authorization: Bearer abc.def", "Authorization: ***"},
        Case{"authorization:Basic dXNlcjpwdw==\r\nAccept: */*", "authorization:***\r\nAccept: */*"},
        Case{"Set-Cookie: sid=1; Path=/", "Set-Cookie: ***"},
        Case{"sent Bearer abc to b", "sent Bearer *** to b"},
        Case{"Www-Authenticate: Bearer realm=\"https://a/token\",service=\"r\"",
             "Www-Authenticate: Bearer realm=\"https://a/token\",service=\"r\""},
        Case{"{\"token\":\"a\\\"b\",\"expires_in\":300}", "{\"token\":\"***\",\"expires_in\":300}"},
        Case{"{\"access_token\": \"x\"}", "{\"access_token\": \"***\"}"},
        Case{"password=hunter2&user=me", "password=***&user=me"},
        Case{"PUT /v2/a/uploads/1?_state=abc%3D&digest=sha256:0",
             "PUT /v2/a/uploads/1?_state=***&digest=sha256:0"},
        Case{"https://s3/x?X-Amz-Signature=ab&X-Amz-Date=1&part=2",
             "https://s3/x?X-Amz-Signature=***&X-Amz-Date=***&part=2"},
        Case{"https://blob/x?sv=2020&sig=a%2Bb HTTP/1.1",
             "https://blob/x?sv=2020&sig=*** HTTP/1.1"},
        Case{"https://user:pw@host/path@1", "https://***@host/path@1"},
        Case{"https://host/a@sha256:0", "https://host/a@sha256:0"},
        Case{"tokenizer: tokens=5 passwords", "tokenizer: tokens=5 passwords"}));

}  // namespace
}  // namespace aiops
