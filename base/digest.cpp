// SPDX-License-Identifier: Apache-2.0
#include "base/digest.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"

#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

namespace aiops {
namespace {

bool is_lower_hex(std::string_view text) {
  for (char c : text)
    if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return false;
  return true;
}

std::string number_hex(std::uint64_t value, int digits) {
  std::string text;
  for (int i = digits - 1; i >= 0; --i) text += "0123456789abcdef"[value >> (4 * i) & 15U];
  return text;
}

std::string check_of(std::string_view text) {
  return std::string(sha256_of(text).hex().substr(0, 16));
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> fields;
  for (auto at = text.find(separator); at != std::string_view::npos; at = text.find(separator)) {
    fields.push_back(text.substr(0, at));
    text.remove_prefix(at + 1);
  }
  fields.push_back(text);
  return fields;
}

}  // namespace

// image-spec descriptor.md, "Registered Algorithms": sha256 and sha512, encoded as [a-f0-9].
bool Digest::is_valid(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return false;
  const auto algorithm = text.substr(0, colon);
  const auto hex = text.substr(colon + 1);
  const std::size_t length = algorithm == "sha256" ? 64 : algorithm == "sha512" ? 128 : 0;
  return length != 0 && hex.size() == length && is_lower_hex(hex);
}

Digest Digest::parse(std::string_view text) {
  if (!is_valid(text))
    throw Error(ExitCode::usage, "not a digest: '" + printable(text.substr(0, 140)) + "'",
                "write it as sha256:<64 lower-case hex digits>");
  return Digest(std::string(text));
}

// OpenSSL's EVP hides its state, and a state that can be written down is what lets a download of
// 100 GB go on after a kill without reading 100 GB again. So this is the low-level interface of
// OpenSSL 3.0: deprecated, the same code underneath (SHA-NI included), and the same speed.
struct Hasher::State {
  enum class Algorithm { sha256, sha512 };

  explicit State(std::string_view name)
      : algorithm(name == "sha512" ? Algorithm::sha512 : Algorithm::sha256) {
    is_sha256() ? SHA256_Init(&narrow) : SHA512_Init(&wide);
  }

  bool is_sha256() const { return algorithm == Algorithm::sha256; }
  const char* name() const { return is_sha256() ? "sha256" : "sha512"; }
  std::size_t block_size() const { return is_sha256() ? SHA256_CBLOCK : SHA512_CBLOCK; }
  // Bytes of a block that is not full yet: the low-level contexts keep them as they came.
  char* rest() {
    return is_sha256() ? reinterpret_cast<char*>(narrow.data) : reinterpret_cast<char*>(wide.u.p);
  }
  // The size so far is kept by us: the contexts count bits, in halves.
  void set_size(std::uint64_t bytes) {
    size = bytes;
    narrow.Nl = static_cast<SHA_LONG>(bytes << 3U);
    narrow.Nh = static_cast<SHA_LONG>(bytes >> 29U);
    wide.Nl = bytes << 3U;
    wide.Nh = bytes >> 61U;
    narrow.num = wide.num = static_cast<unsigned>(bytes % block_size());
  }

  Algorithm algorithm;
  std::uint64_t size = 0;
  SHA256_CTX narrow{};
  SHA512_CTX wide{};
};

Hasher::Hasher(std::string_view algorithm) {
  if (algorithm != "sha256" && algorithm != "sha512")
    throw Error(ExitCode::usage, "unknown digest algorithm: " + printable(algorithm));
  state_ = std::make_unique<State>(algorithm);
}

Hasher::~Hasher() = default;
Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;

void Hasher::update(std::span<const std::byte> bytes) {
  state_->size += bytes.size();
  state_->is_sha256() ? SHA256_Update(&state_->narrow, bytes.data(), bytes.size())
                      : SHA512_Update(&state_->wide, bytes.data(), bytes.size());
}

void Hasher::update(std::string_view text) { update(std::as_bytes(std::span(text))); }

Digest Hasher::finish() {
  std::array<unsigned char, SHA512_DIGEST_LENGTH> raw{};
  state_->is_sha256() ? SHA256_Final(raw.data(), &state_->narrow)
                      : SHA512_Final(raw.data(), &state_->wide);
  const std::size_t length = state_->is_sha256() ? SHA256_DIGEST_LENGTH : SHA512_DIGEST_LENGTH;
  return Digest(std::string(state_->name()) + ":" +
                to_hex({reinterpret_cast<const char*>(raw.data()), length}));
}

std::string_view Hasher::algorithm() const { return state_->name(); }
std::uint64_t Hasher::size() const { return state_->size; }

// `state-1 sha256 SIZE CHAINING-VALUES REST CHECK`; the first is the version of this line.
std::string Hasher::save() const {
  std::string line = std::string("state-1 ") + state_->name() + " " + std::to_string(size()) + " ";
  for (int i = 0; i < 8; ++i)
    line += state_->is_sha256() ? number_hex(state_->narrow.h[i], 8)
                                : number_hex(state_->wide.h[i], 16);
  line += " " + to_hex({state_->rest(), size() % state_->block_size()}) + " ";
  return line + check_of(line);
}

std::optional<Hasher> Hasher::restore(std::string_view saved) {
  const auto last = saved.rfind(' ');
  if (last == std::string_view::npos ||
      saved.substr(last + 1) != check_of(saved.substr(0, last + 1)))
    return std::nullopt;
  const auto fields = split(saved.substr(0, last), ' ');
  const bool known = fields.size() == 5 && fields[0] == "state-1" &&
                     (fields[1] == "sha256" || fields[1] == "sha512");
  if (!known) return std::nullopt;
  Hasher hasher(fields[1]);
  State& state = *hasher.state_;
  std::uint64_t size = 0;
  std::from_chars(fields[2].data(), fields[2].data() + fields[2].size(), size);
  state.set_size(size);
  const std::size_t digits = state.is_sha256() ? 8 : 16;
  const std::size_t rest = size % state.block_size();
  const bool hex = fields[4].find_first_not_of("0123456789abcdef") == std::string_view::npos;
  if (fields[3].size() != 8 * digits || fields[4].size() != 2 * rest || !hex) return std::nullopt;
  for (std::size_t i = 0; i < 8; ++i) {
    std::uint64_t value = 0;
    const char* text = fields[3].data() + i * digits;
    std::from_chars(text, text + digits, value, 16);
    state.is_sha256() ? state.narrow.h[i] = static_cast<SHA_LONG>(value) : state.wide.h[i] = value;
  }
  const std::string bytes = from_hex(fields[4]);
  std::copy(bytes.begin(), bytes.end(), state.rest());
  return hasher;
}

Digest sha256_of(std::string_view bytes) {
  Hasher hasher;
  hasher.update(bytes);
  return hasher.finish();
}

std::string sha256_raw(std::string_view bytes) { return from_hex(sha256_of(bytes).hex()); }

}  // namespace aiops
