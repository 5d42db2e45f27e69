// SPDX-License-Identifier: Apache-2.0
#include "sign/key_file.hpp"
#include "tests/fuzz/harness.hpp"

// Public and private keys in PEM. The passphrase is empty, so no key that asks for one opens; what
// a file asks of the key derivation must be bounded, or this takes for ever.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace aiops::sign;
  const std::string_view text = aiops::fuzz::text_of(data, size);
  aiops::fuzz::refuses_politely([&] {
    const PublicKey key = PublicKey::parse(text, "input");
    if (PublicKey::parse(key.pem(), "output").id() != key.id()) __builtin_trap();
  });
  return aiops::fuzz::refuses_politely(
      [&] { parse_private_key(text, "input", [] { return Secret(); }); });
}
