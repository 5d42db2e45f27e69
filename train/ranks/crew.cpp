// SPDX-License-Identifier: Apache-2.0
#include "train/ranks/crew.hpp"

#include "base/time.hpp"
#include "train/ranks/frame.hpp"
#include "train/ranks/shared_header.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <ctime>

namespace aiops::train {
namespace {

static_assert(kChunk * sizeof(float) <= kMostMessage);

constexpr double kGlance = 0.1;    // seconds between two looks at the others
constexpr long kBriefNs = 20'000;  // between two questions to links that poll() does not know

}  // namespace

Crew::Crew(std::shared_ptr<SharedRegion> region, int rank, double seconds)
    : ranks_(region->ranks()), group_(std::move(region), rank, 0, seconds) {}

Crew::Crew(std::shared_ptr<SharedRegion> region, int index, int first, int ranks, double seconds)
    : ranks_(ranks), group_(std::move(region), index, first, seconds) {}

void Crew::connect(const Standing& standing, Neighbours neighbours) {
  SharedHeader& header = group_.region().header();
  header.group = static_cast<std::uint32_t>(standing.group);
  header.groups = static_cast<std::uint32_t>(standing.groups);
  links_ = std::move(neighbours);
}

void Crew::open() {
  together([this] { group_.barrier(); });
  const SharedHeader& header = group_.region().header();
  standing_ = {header.group, header.groups};
  barrier();
}

void Crew::together(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    const auto failure = group_.region().failure();
    end_links(failure ? *failure : Failure{0, error});
    throw;
  }
}

void Crew::end_links(const Failure& failure) noexcept {
  for (auto* link : {&links_.before, &links_.after}) {
    if (*link) (*link)->end(failure);
    link->reset();
  }
}

void Crew::abort(const Error& why) noexcept {
  if (group_.has_told()) return;
  group_.fail(rank(), why);
  end_links({rank(), why});
}

void Crew::each_link(const std::function<void(Link&)>& ask) {
  try {
    for (auto* link : {&links_.before, &links_.after})
      if (*link) ask(**link);
  } catch (const LinkEnd& end) {
    group_.fail(end.failure.rank, end.failure.error);
    group_.check();  // throws it, or what came before it
  }
}

void Crew::wait_for_links() {
  std::array<pollfd, 2> watched{};
  nfds_t count = 0;
  bool can_poll = true;
  each_link([&](Link& link) {
    if (link.events() == 0) return;
    can_poll &= link.descriptor() >= 0;
    watched[count++] = {link.descriptor(), link.events(), 0};
  });
  if (can_poll) {
    ::poll(watched.data(), count, static_cast<int>(kGlance * 1000));
  } else {
    const timespec brief{0, kBriefNs};
    ::nanosleep(&brief, nullptr);
  }
}

void Crew::pump(const std::function<bool()>& done) {
  double looked = monotonic_seconds();
  while (!done()) {
    bool moved = false;
    each_link([&](Link& link) { moved |= link.progress(); });
    if (moved) continue;
    wait_for_links();
    if (const double now = monotonic_seconds(); now > looked + kGlance) {
      looked = now;
      group_.check_alive();
      each_link([](Link& link) { link.check_alive(); });
    }
  }
}

void Crew::send_now(Link& link, std::span<const std::byte> bytes) {
  const std::uint64_t before = link.sent();
  link.send(bytes);
  pump([&] { return link.sent() > before; });
}

void Crew::receive_now(Link& link, std::span<std::byte> bytes) {
  const std::uint64_t before = link.received();
  link.receive(bytes);
  pump([&] { return link.received() > before; });
}

kernels::Arena Crew::shared_floats(std::uint64_t floats) {
  if (floats == 0) return {};
  std::span<float> own;
  together([&] {
    try {
      SharedFloats& arrays = group_.region().floats(arrays_++, floats);
      arrays.take(group_.index());
      own = arrays.of(group_.index());
    } catch (const Error& error) {
      group_.fail(rank(), error);  // the others would wait for this one
      throw;
    }
    group_.barrier();
  });
  return {own, group_.shared_region()};
}

void Crew::sum(std::span<double> values) {
  together([&] { sum_few(values.first(std::min(values.size(), kFew))); });
}

void Crew::barrier() {
  together([&] {
    if (stands_alone()) return group_.barrier();
    double nothing = 0;
    sum_few(std::span(&nothing, 1));
  });
}

void Crew::check() {
  together([this] {
    group_.check();
    const double now = monotonic_seconds();
    if (now < looked_ + kGlance) return;
    looked_ = now;
    group_.check_alive();
    each_link([](Link& link) {
      link.listen();
      link.check_alive();
    });
  });
}

void Crew::broadcast(std::span<std::byte> bytes) {
  together([&] { broadcast_bytes(bytes); });
}

// On one host every rank adds up for itself; of several, the first rank of each.
void Crew::sum_few(std::span<double> values) {
  SharedHeader& header = group_.region().header();
  const std::size_t turn = calls_++ % 2;
  auto& few = header.few[turn];
  std::ranges::copy(values, few[group_.index()].begin());
  group_.barrier();
  const auto add = [&](std::span<double> sums, std::size_t from) {
    for (std::size_t rank = from; rank < group_.size(); ++rank)
      for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += few[rank][i];
  };
  if (stands_alone()) {
    std::copy_n(few[0].begin(), values.size(), values.begin());
    return add(values, 1);
  }
  const std::span sums(header.few_of_all[turn].data(), values.size());
  if (is_first_here()) {
    std::copy_n(few[0].begin(), sums.size(), sums.begin());
    sum_along(sums, [&](std::size_t from) { add(sums, from); });
  }
  group_.barrier();
  std::ranges::copy(sums, values.begin());
}

void Crew::sum_along(std::span<double> sums, const std::function<void(std::size_t from)>& add_own) {
  const auto bytes = std::as_writable_bytes(sums);
  if (links_.before) receive_now(*links_.before, bytes);
  add_own(links_.before ? 0 : 1);
  if (links_.after) {
    send_now(*links_.after, bytes);
    receive_now(*links_.after, bytes);
  }
  if (links_.before) send_now(*links_.before, bytes);
}

void Crew::broadcast_bytes(std::span<std::byte> bytes) {
  constexpr std::size_t chunk = kChunk * sizeof(float);
  const std::span place(reinterpret_cast<std::byte*>(group_.region().scratch()), chunk);
  for (std::size_t done = 0; done < bytes.size(); done += chunk) {
    const auto part = bytes.subspan(done, std::min(chunk, bytes.size() - done));
    const auto shared = place.first(part.size());
    if (leads()) std::ranges::copy(part, shared.begin());
    if (links_.before) receive_now(*links_.before, shared);
    group_.barrier();
    if (!leads()) std::ranges::copy(shared, part.begin());
    if (links_.after) send_now(*links_.after, shared);
    group_.barrier();
  }
}

}  // namespace aiops::train
