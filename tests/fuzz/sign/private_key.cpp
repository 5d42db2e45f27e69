// SPDX-License-Identifier: Apache-2.0
#include "sign/key_file.hpp"
#include "tests/fuzz/harness.hpp"

// Key files, private and public. No passphrase is known, and what opens must be able to sign.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace aiops;
  const std::string_view text = fuzz::text_of(data, size);
  fuzz::refuses_politely([&] {
    const auto loaded =
        sign::parse_private_key(text, "input", [] { return sign::Secret("passphrase"); });
    if (!loaded.key.public_key().verify("message", loaded.key.sign("message"))) __builtin_trap();
  });
  return fuzz::refuses_politely([&] {
    const auto key = sign::PublicKey::parse(text, "input");
    if (sign::PublicKey::parse(key.pem(), "again").id() != key.id()) __builtin_trap();
  });
}
