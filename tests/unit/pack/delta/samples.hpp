// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/digest.hpp"
#include "base/file.hpp"
#include "base/thread_pool.hpp"
#include "pack/delta/decoder.hpp"
#include "pack/delta/encoder.hpp"
#include "pack/safetensors.hpp"
#include "tests/unit/pack/scratch.hpp"

#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace aiops::pack {

inline ByteSource source_of(std::string bytes, std::string what = "input") {
  const auto held = std::make_shared<const std::string>(std::move(bytes));
  return {std::move(what), held->size(), [held](std::uint64_t offset, std::span<std::byte> into) {
            if (offset > held->size() || into.size() > held->size() - offset)
              throw Error(ExitCode::failed, "input: read past its end");
            if (!into.empty()) std::memcpy(into.data(), held->data() + offset, into.size());
          }};
}

// A safetensors file with an fp32 tensor of so many numbers and a smaller bf16 one. Another `step`
// moves every number a little.
inline std::string trained(std::size_t numbers, int step) {
  std::mt19937 random(1);
  std::vector<float> weights(numbers);
  for (float& weight : weights) weight = static_cast<float>(random() % 2000) / 1000.0F - 1.0F;
  std::vector<std::uint16_t> halves(numbers / 4 + 1);
  for (auto& half : halves) half = static_cast<std::uint16_t>(random());
  std::mt19937 moves(static_cast<unsigned>(step));
  if (step > 0)
    for (float& weight : weights) weight += static_cast<float>(moves() % 200) * 1e-7F;
  if (step > 0)
    for (auto& half : halves) half = static_cast<std::uint16_t>(half + moves() % 3);
  std::string bytes;
  write_safetensors(
      [&](std::span<const std::byte> part) {
        bytes.append(reinterpret_cast<const char*>(part.data()), part.size());
      },
      "sample",
      {{"a", "F32", {weights.size()}, std::as_bytes(std::span(weights)), {}},
       {"b", "BF16", {halves.size()}, std::as_bytes(std::span(halves)), {}}});
  return bytes;
}

// The delta of `whole` to `base` as bytes.
inline std::string encoded(const std::string& whole, const std::string& base,
                           std::size_t threads = 2) {
  const Scratch scratch;
  TempFile file(scratch.path());
  ThreadPool pool(threads);
  DeltaInput input{
      source_of(whole, "whole"), source_of(base, "base"), sha256_of(whole), sha256_of(base), {}, 0};
  input.sections = safetensors_sections(input.whole);
  input.self_contained = input.sections.front().length;
  encode_delta(input, file, pool, [](std::uint64_t) {});
  return read_file(file.path());
}

// What the delta makes of `base`.
inline std::string decoded(const std::string& delta, const std::string& base,
                           const Digest& whole_digest, std::size_t threads = 2) {
  ThreadPool pool(threads);
  const auto header = DeltaHeader::parse(source_of(delta, "delta"));
  const auto read = rebuilt_in_order(source_of(delta, "delta"), in_order(source_of(base, "base")),
                                     whole_digest, base.size(), header.base, pool);
  std::string whole(header.size, '\0');
  const auto bytes = std::as_writable_bytes(std::span(whole));
  for (std::size_t at = 0; at < whole.size(); at += 100'003)  // crosses chunks and windows
    read(bytes.subspan(at, std::min<std::size_t>(100'003, whole.size() - at)));
  return whole;
}

}  // namespace aiops::pack
