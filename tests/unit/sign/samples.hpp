// SPDX-License-Identifier: Apache-2.0
// Keys for tests, made with OpenSSL 3.0; they protect nothing.
#pragma once

namespace aiops::sign::samples {

// openssl ecparam -name prime256v1 -genkey: parameters, then the key
inline constexpr const char* kSec1 = R"(-----BEGIN EC PARAMETERS-----
BggqhkjOPQMBBw==
-----END EC PARAMETERS-----
-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIENa/YJTRWwqVZyUiYfERBeNr0zbD2mxpcBkjAXJ2D0xoAoGCCqGSM49
AwEHoUQDQgAEFBdXWZ26ns00C3cZ6tLziiV+kTtv/XziukmcOdqhbtsm9BwXwG31
S5hoNmG7+71sEiTR4QY8Cw/Mginp4xhLVQ==
-----END EC PRIVATE KEY-----
)";

// the same key: openssl pkey
inline constexpr const char* kPkcs8 = R"(-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgQ1r9glNFbCpVnJSJ
h8REF42vTNsPabGlwGSMBcnYPTGhRANCAAQUF1dZnbqezTQLdxnq0vOKJX6RO2/9
fOK6SZw52qFu2yb0HBfAbfVLmGg2Ybv7vWwSJNHhBjwLD8yCKenjGEtV
-----END PRIVATE KEY-----
)";

// cut short
inline constexpr const char* kTruncatedPkcs8 = R"(-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgQ1r9glNFbCpVnJSJ
h8REF42vTNsPabGlwGSM
-----END PRIVATE KEY-----
)";

// its public half
inline constexpr const char* kPublic = R"(-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEFBdXWZ26ns00C3cZ6tLziiV+kTtv
/XziukmcOdqhbtsm9BwXwG31S5hoNmG7+71sEiTR4QY8Cw/Mginp4xhLVQ==
-----END PUBLIC KEY-----
)";

// openssl ec -pubout -conv_form compressed
inline constexpr const char* kPublicCompressed = R"(-----BEGIN PUBLIC KEY-----
MDkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDIgADFBdXWZ26ns00C3cZ6tLziiV+kTtv
/XziukmcOdqhbts=
-----END PUBLIC KEY-----
)";

// the same key in cosign's older format: hashlib.scrypt (N = 32768) and PyNaCl, passphrase "aiops"
inline constexpr const char* kSealedElsewhere = R"(-----BEGIN ENCRYPTED COSIGN PRIVATE KEY-----
eyJrZGYiOnsibmFtZSI6InNjcnlwdCIsInBhcmFtcyI6eyJOIjozMjc2OCwiciI6
OCwicCI6MX0sInNhbHQiOiJQUEI4bkk4czBVN0FFdUNuWGxsZDg4Rmh0cy84SzNk
TmZVRG4zazB1eGdZPSJ9LCJjaXBoZXIiOnsibmFtZSI6Im5hY2wvc2VjcmV0Ym94
Iiwibm9uY2UiOiJ2dU4vNnEwQUdsdEk3RjNuaHRRRnc0WFN2eGpFNUt1YSJ9LCJj
aXBoZXJ0ZXh0IjoiUGpNc0tUTktmMG9QaFlwNWxMMHNCSTk0N3V3dHFDNGZmODJC
T2dPUlBDQzVqMWJDekJFcU51MlVqVlRoeVJ3VWJzaWRPY2kyOUZlVlZCVjc0SFZy
RmtHOGczT1QyazdXbUNCelZzbDRGWC83dEwwTkNoUE1QYm9peFBrYTM5SHh1RklN
RFdnYVdCNFpxNWxxWnFsOWFCTUxSMVVSS2NJeHlHTHFoYjQwQnRRSkpQUXhlRU4w
ejhWcTE0c2pvM1QwY0pFL1ZBVHM4VGFkMkE9PSJ9
-----END ENCRYPTED COSIGN PRIVATE KEY-----
)";

inline constexpr const char* kP384Pkcs8 = R"(-----BEGIN PRIVATE KEY-----
MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDBwniIucfslL4M7s/jo
CiCxR7SJFXNGNIofb/AP6XpEFZAyM8lDFV0cCYMVw2YKRtuhZANiAASpbRKcxxSX
MxBLn0kClM+Hdb9bu44KI1wTAEL+z9PA4WwCSuahpJK/eq/zKbKQzUaTXlTZzSg2
DWNY7VXUCyHt811SFnluPI84Jl3soTxsL+KYyPiLPF5b0XeeixZJn3s=
-----END PRIVATE KEY-----
)";

inline constexpr const char* kP384Public = R"(-----BEGIN PUBLIC KEY-----
MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEqW0SnMcUlzMQS59JApTPh3W/W7uOCiNc
EwBC/s/TwOFsAkrmoaSSv3qv8ymykM1Gk15U2c0oNg1jWO1V1Ash7fNdUhZ5bjyP
OCZd7KE8bC/imMj4izxeW9F3nosWSZ97
-----END PUBLIC KEY-----
)";

inline constexpr const char* kRsaPublic = R"(-----BEGIN PUBLIC KEY-----
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCorpfgn2ogFRYDzhQhk+fUdU0Z
h4nAMflLZkpe01q02JD1tZT7FPhDcJ6Shih4cKj7w9oldKKabPgDyxiEHviEoU2/
69xvUKU5omkNNk9f6+rlBLv+7vZI5mQkFVXMYo2CsardgYq7QJMvukYEJsHBUYLW
j8perPF1HBKTyKDadwIDAQAB
-----END PUBLIC KEY-----
)";

inline constexpr const char* kEd25519Public = R"(-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAI9/u0Onn/k8kAnok4J4/7WygVwMbxt8FUIb9Ekw53N4=
-----END PUBLIC KEY-----
)";

inline constexpr const char* kSecp256k1Public = R"(-----BEGIN PUBLIC KEY-----
MFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAE02xYOEU25VsjB+SoD50HL8ne5M9GC/tU
rOG210pZeJH/YIlwq8cGLTyGChkNLTR9GrS/ezayfUV61FukG01Utg==
-----END PUBLIC KEY-----
)";

// P-256 with its parameters spelt out: -param_enc explicit
inline constexpr const char* kExplicitCurvePublic = R"(-----BEGIN PUBLIC KEY-----
MIIBSzCCAQMGByqGSM49AgEwgfcCAQEwLAYHKoZIzj0BAQIhAP////8AAAABAAAA
AAAAAAAAAAAA////////////////MFsEIP////8AAAABAAAAAAAAAAAAAAAA////
///////////8BCBaxjXYqjqT57PrvVV2mIa8ZR0GsMxTsPY7zjw+J9JgSwMVAMSd
NgiG5wSTamZ44ROdJreBn36QBEEEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5
RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9QIhAP////8AAAAA
//////////+85vqtpxeehPO5ysL8YyVRAgEBA0IABO0/rKAxFvd/R7EO0N9SsxwK
kRrvyeYc+Vb5xjE8Xy6SM46u6/9wv1q/U/lonE/zLff0/iTkp/BNImojvZP7kwU=
-----END PUBLIC KEY-----
)";

}  // namespace aiops::sign::samples
