// SPDX-License-Identifier: Apache-2.0
// What is summed lies in memory that the ranks of a host share (shared_floats.hpp). Between two
// barriers, each adds up chunks of the values of all ranks, in their order, and writes the sums
// over them all: memory sees every value read once and written once, and nothing is copied. Who is
// quicker takes more of the chunks; which rank adds one does not change its bits.
//
// With hosts before this one, what is added to are the sums that these have sent; with hosts behind
// it, the sums leave for them, and what is written over the values are the results that come back.
// That goes in rounds between two barriers. In round t a rank
//
//   adds up the part of chunk t that it owns, of the values of all ranks here,
//   copies the results of chunk t - 1 - A over its own values.
//
// Results need a while, so a host runs A chunks ahead of them: enough that the network is never
// idle, few enough that what waits is bounded. All ranks go through the same rounds; the first one
// of the host sees to it, ahead of each barrier, that what the next round takes is there, and while
// it waits all links move.
#include "train/ranks/addition.hpp"
#include "train/ranks/crew.hpp"
#include "train/ranks/shared_header.hpp"
#include "train/ranks/walker.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace aiops::train {
namespace {

constexpr std::size_t kAheadPerGroup = 16;  // chunks on their way to one more group and back

std::size_t length_of(std::span<const std::span<float>> parts) {
  std::size_t length = 0;
  for (const auto& part : parts) length += part.size();
  return length;
}

std::size_t chunks_in(std::size_t length) { return (length + kChunk - 1) / kChunk; }

}  // namespace

// One sum over several hosts, as one rank sees it.
class Rounds {
 public:
  Rounds(Crew& crew, std::span<const std::span<float>> parts)
      : crew_(crew),
        before_(crew.links_.before.get()),
        after_(crew.links_.after.get()),
        rank_(crew.group_.index()),
        ranks_(crew.group_.size()),
        own_(parts),
        out_(parts) {
    length_ = length_of(parts);
    chunks_ = chunks_in(length_);
    const std::size_t behind = crew.standing_.groups - 1 - crew.standing_.group;
    ahead_ = std::min(kMostAhead, behind * kAheadPerGroup);
    if (before_ != nullptr) sent_before_ = before_->sent(), received_before_ = before_->received();
    if (after_ != nullptr) sent_after_ = after_->sent(), received_after_ = after_->received();
  }

  void run() {
    if (chunks_ == 0) return;
    const bool exchanges = before_ != nullptr || after_ != nullptr;
    const std::size_t rounds = chunks_ + 1 + ahead_;
    meet(0);
    for (std::size_t round = 0; round < rounds; ++round) {
      if (exchanges) {
        queue(round);
        crew_.each_link([](Link& link) { link.progress(); });
      }
      if (round < chunks_) add_up(round);
      if (is_due(round)) copy_out(round - 1 - ahead_);
      meet(round + 1);
    }
    if (exchanges) crew_.pump([&] { return queue(rounds), is_sent(); });
  }

 private:
  // All rounds before this one are done, and what it takes is there.
  void meet(std::size_t round) {
    const std::size_t done = round - std::min<std::size_t>(round, 1);
    if (before_ != nullptr || after_ != nullptr)
      crew_.pump([&] { return queue(done), is_ready(round); });
    crew_.group_.barrier();
  }
  // A chunk is copied out in this round.
  bool is_due(std::size_t round) const {
    return round >= 1 + ahead_ && round - 1 - ahead_ < chunks_;
  }
  std::size_t size_of(std::size_t chunk) const {
    return std::min(kChunk, length_ - chunk * kChunk);
  }
  // Where the part of a chunk begins that a rank owns.
  std::size_t share(std::size_t chunk, std::size_t rank) const {
    return size_of(chunk) * rank / ranks_;
  }
  std::span<float> slot(std::size_t index, std::size_t chunk) const {
    return {crew_.group_.region().slot(index), size_of(chunk)};
  }
  std::span<float> arriving(std::size_t chunk) const { return slot(chunk % kArriving, chunk); }
  std::span<float> leaving(std::size_t chunk) const {
    return slot(kArriving + chunk % kLeaving, chunk);
  }
  std::span<float> result(std::size_t chunk) const {
    return slot(kArriving + kLeaving + chunk % kResults, chunk);
  }

  void add_up(std::size_t chunk) {
    own_.next(size_of(chunk), [&](std::span<float> values, std::size_t at) {
      clip(values, at, share(chunk, rank_), share(chunk, rank_ + 1),
           [&](std::span<float> mine, std::size_t from) { add_up(chunk, mine, from); });
    });
  }

  void add_up(std::size_t chunk, std::span<float> mine, std::size_t at) {
    terms_.clear();
    if (crew_.has_before()) terms_.push_back(arriving(chunk).data() + at);
    for (std::size_t rank = 0; rank < ranks_; ++rank) terms_.push_back(crew_.twin(mine, rank));
    const std::span<float> sums = crew_.has_after() ? leaving(chunk) : result(chunk);
    add_terms(terms_, sums.subspan(at, mine.size()));
  }

  void copy_out(std::size_t chunk) {
    out_.next(size_of(chunk), [&](std::span<float> values, std::size_t at) {
      std::memcpy(values.data(), result(chunk).data() + at, values.size_bytes());
    });
  }

  // ---- the first rank of a host, with others ----

  std::uint64_t sent(const Link* link) const {
    return link->sent() - (link == before_ ? sent_before_ : sent_after_);
  }
  std::uint64_t received(const Link* link) const {
    return link->received() - (link == before_ ? received_before_ : received_after_);
  }

  // Hands to the links what may go and what may come by now, with all rounds before this one done.
  void queue(std::size_t round) {
    const std::size_t added = std::min(chunks_, round);
    const std::size_t copied = std::min(chunks_, round - std::min(round, 1 + ahead_));
    for (; leaving_ < added; ++leaving_)
      after_ != nullptr ? after_->send(std::as_bytes(leaving(leaving_)))
                        : before_->send(std::as_bytes(result(leaving_)));
    for (; before_ != nullptr && arriving_ < std::min(chunks_, added + kArriving); ++arriving_)
      before_->receive(std::as_writable_bytes(arriving(arriving_)));
    if (after_ == nullptr) return;
    std::size_t free = copied;
    if (before_ != nullptr) {
      for (; passed_on_ < received(after_); ++passed_on_)
        before_->send(std::as_bytes(result(passed_on_)));
      free = std::min<std::size_t>(free, sent(before_));
    }
    for (; results_ < std::min(chunks_, free + kResults); ++results_)
      after_->receive(std::as_writable_bytes(result(results_)));
  }

  // What a round adds and copies out is there, and there is a slot for what it writes.
  bool is_ready(std::size_t round) const {
    if (round < chunks_) {
      if (before_ != nullptr && received(before_) <= round) return false;
      if (after_ != nullptr && sent(after_) + kLeaving <= round) return false;
      if (after_ == nullptr && sent(before_) + kResults <= round) return false;
    }
    return !is_due(round) || after_ == nullptr || received(after_) > round - 1 - ahead_;
  }
  bool is_sent() const {
    return (before_ == nullptr || sent(before_) == chunks_) &&
           (after_ == nullptr || sent(after_) == chunks_);
  }

  Crew& crew_;
  Link* before_;
  Link* after_;
  std::size_t rank_, ranks_;  // here
  std::size_t length_ = 0, chunks_ = 0;
  std::size_t ahead_ = 0;
  Walker own_, out_;
  std::vector<const float*> terms_;
  // Of the links, before this sum; and what of it was handed to them.
  std::uint64_t sent_before_ = 0, received_before_ = 0, sent_after_ = 0, received_after_ = 0;
  std::size_t leaving_ = 0, arriving_ = 0, results_ = 0, passed_on_ = 0;
};

// Where another rank here has what this one has in `mine`.
float* Crew::twin(std::span<const float> mine, std::size_t index) const {
  float* place = group_.region().twin(mine.data(), group_.index(), index);
  if (place == nullptr) std::abort();  // of our own making: it is no part of shared_floats()
  return place;
}

void Crew::sum_here(std::span<const std::span<float>> parts) {
  SharedHeader& header = group_.region().header();
  const std::uint64_t turn = sums_++ % 2;
  const std::size_t length = length_of(parts), chunks = chunks_in(length);
  std::vector<float*> arrays(group_.size());
  Walker walker(parts);
  const auto add = [&](std::span<float> mine, std::size_t) {
    for (std::size_t index = 0; index < arrays.size(); ++index) arrays[index] = twin(mine, index);
    add_in_place(arrays, mine.size());
  };
  const auto step_over = [](std::span<float>, std::size_t) {};
  group_.barrier();
  if (is_first_here()) header.taken[1 - turn].store(0);  // the last sum's, for the next one
  for (std::size_t at = 0;;) {
    const std::size_t chunk = header.taken[turn].fetch_add(1);
    if (chunk >= chunks) break;
    walker.next((chunk - at) * kChunk, step_over);
    walker.next(std::min(kChunk, length - chunk * kChunk), add);
    at = chunk + 1;
  }
  group_.barrier();
}

void Crew::sum(std::span<const std::span<float>> parts) {
  together([&] { stands_alone() ? sum_here(parts) : Rounds(*this, parts).run(); });
}

}  // namespace aiops::train
