// SPDX-License-Identifier: Apache-2.0
#include "bench/memory_probe.hpp"

#include "bench/memory_kernels.hpp"

#include <algorithm>
#include <atomic>
#include <functional>

namespace aiops::bench {
namespace {

constexpr std::int64_t kLine = 64;            // bytes
constexpr std::int64_t kPiece = 1 << 14;      // lines
constexpr std::int64_t kDoubles = kLine / 8;  // of a line

std::atomic<std::uint64_t> sink;  // a read that nobody reads would be left out

std::int64_t lines_of(std::int64_t bytes) { return (bytes + kLine - 1) / kLine; }

// Calls work(first line, lines) for pieces of `lines` lines.
void for_each_piece(std::int64_t lines, ThreadPool& threads,
                    const std::function<void(std::int64_t, std::int64_t)>& work) {
  if (lines == 0) return;
  threads.run(static_cast<std::size_t>((lines + kPiece - 1) / kPiece), [&](std::size_t piece) {
    const std::int64_t first = static_cast<std::int64_t>(piece) * kPiece;
    work(first, std::min(kPiece, lines - first));
  });
}

}  // namespace

MemoryProbe::MemoryProbe(const Traffic& traffic, ThreadPool& threads)
    : threads_(threads),
      copied_(std::min(lines_of(traffic.read), lines_of(traffic.written))),
      read_(lines_of(traffic.read) - copied_),
      changed_(lines_of(traffic.changed)),
      bytes_(kLine * (2 * copied_ + read_ + 2 * changed_)),
      arena_(static_cast<std::uint64_t>((2 * copied_ + read_ + changed_) * kLine / 4)) {
  // Zeros would be one page, read again and again.
  for_each_piece(2 * copied_ + read_ + changed_, threads_,
                 [this](std::int64_t first, std::int64_t lines) {
                   std::fill_n(reinterpret_cast<double*>(arena_.data()) + first * kDoubles,
                               lines * kDoubles, 1.0);
                 });
}

void MemoryProbe::run() {
  auto* from = reinterpret_cast<double*>(arena_.data());
  auto* to = from + copied_ * kDoubles;
  auto* alone = to + copied_ * kDoubles;
  auto* changed = alone + read_ * kDoubles;
  const auto arrays = [](double* a, double* c, std::int64_t first, std::int64_t lines) {
    return Arrays{a + first * kDoubles, nullptr, c + first * kDoubles, lines * kDoubles};
  };
  for_each_piece(copied_, threads_, [&](std::int64_t first, std::int64_t lines) {
    copy(arrays(from, to, first, lines));
  });
  for_each_piece(read_, threads_, [&](std::int64_t first, std::int64_t lines) {
    sink += bench::read(arrays(alone, alone, first, lines));
  });
  for_each_piece(changed_, threads_, [&](std::int64_t first, std::int64_t lines) {
    change(arrays(changed, changed, first, lines));
  });
}

}  // namespace aiops::bench
