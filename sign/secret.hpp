// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <new>
#include <string>
#include <string_view>
#include <vector>

namespace aiops::sign {

// Overwrites memory in a way that the compiler may not leave out.
void wipe(void* bytes, std::size_t size) noexcept;

// Wipes every block before it is given back, so that growing and moving leave no copies behind.
template <typename T>
struct WipingAllocator {
  using value_type = T;
  WipingAllocator() = default;
  template <typename U>
  WipingAllocator(const WipingAllocator<U>&) {}  // NOLINT: conversion is what allocators do
  T* allocate(std::size_t n) { return static_cast<T*>(::operator new(n * sizeof(T))); }
  void deallocate(T* block, std::size_t n) noexcept {
    wipe(block, n * sizeof(T));
    ::operator delete(block);
  }
  bool operator==(const WipingAllocator&) const { return true; }
};

// A passphrase, a private key, or what they are derived from. Wiped after use. A vector and not a
// string, because short strings live inside their object, where no allocator sees them go.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::size_t size) : bytes_(size) {}
  explicit Secret(std::string_view text) : bytes_(text.begin(), text.end()) {}
  // Takes the text over and wipes where it came from.
  static Secret take(std::string& text);

  std::string_view view() const {
    return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()};
  }
  unsigned char* data() { return bytes_.data(); }
  const unsigned char* data() const { return bytes_.data(); }
  std::size_t size() const { return bytes_.size(); }
  bool empty() const { return bytes_.empty(); }
  void resize(std::size_t size) { bytes_.resize(size); }

 private:
  std::vector<unsigned char, WipingAllocator<unsigned char>> bytes_;
};

// Reads a file of at most `limit` bytes without leaving copies. Errors as read_file().
Secret read_secret_file(const std::filesystem::path& path, std::size_t limit);

}  // namespace aiops::sign
