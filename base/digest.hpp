// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace aiops {

// A content digest as the OCI image-spec writes it: `algorithm:encoded`, sha256 or sha512,
// lower-case hex. A Digest that exists is well formed: it is safe in a path and in a URL.
class Digest {
 public:
  // Parses `sha256:<64 hex>` or `sha512:<128 hex>`. Throws Error{usage} naming the text.
  static Digest parse(std::string_view text);
  // True when parse() would succeed.
  static bool is_valid(std::string_view text);

  const std::string& str() const { return text_; }
  std::string_view algorithm() const { return std::string_view(text_).substr(0, text_.find(':')); }
  std::string_view hex() const { return std::string_view(text_).substr(text_.find(':') + 1); }
  // `sha256:` and twelve digits: what people compare by eye.
  std::string short_form() const { return text_.substr(0, text_.find(':') + 13); }

  auto operator<=>(const Digest&) const = default;

 private:
  friend class Hasher;
  explicit Digest(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

// Hashes a stream. One Hasher, one stream; not shared between threads.
class Hasher {
 public:
  explicit Hasher(std::string_view algorithm = "sha256");
  ~Hasher();
  Hasher(Hasher&&) noexcept;
  Hasher& operator=(Hasher&&) noexcept;

  void update(std::span<const std::byte> bytes);
  void update(std::string_view text);
  // The digest of everything so far; the Hasher is then spent.
  Digest finish();

  std::string_view algorithm() const;
  std::uint64_t size() const;  // bytes hashed so far
  // The state as one line of at most 512 characters, with a check over itself: another process goes
  // on from there without the bytes.
  std::string save() const;
  // Nothing when `saved` is not what save() wrote.
  static std::optional<Hasher> restore(std::string_view saved);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

Digest sha256_of(std::string_view bytes);
// The 32 raw bytes of SHA-256, as OMS concatenates them.
std::string sha256_raw(std::string_view bytes);

}  // namespace aiops
