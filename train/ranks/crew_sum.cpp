// SPDX-License-Identifier: Apache-2.0
// A sum of an array of any length over the W ranks of one host goes through three small buffers in
// turn, each with a place for every rank, in rounds between two barriers. Of each chunk of the
// array, every rank owns the W-th part that it adds up. In round t a rank
//
//   copies what others own of its chunk t into its place of buffer t mod 3,
//   adds up what it owns of chunk t - 1, in the order of the ranks: its own values where they lie,
//     those of the others from their places; the sums go where its values were, and into its place,
//   copies what others own of the sums of chunk t - 2 from their places over its own values.
//
// So there is one barrier a chunk, each value is added once, memory does not grow with the array,
// and the buffers stay in the caches: the memory behind them sees each gradient read once and
// written once.
//
// With hosts before this one, what a rank adds to are the sums that these have sent; with hosts
// behind it, its sums leave for them, and what is copied out are the results that come back. They
// need a while, so a host copies out chunk t - 2 - A in round t, and runs A chunks ahead of the
// results: enough that the network is never idle, few enough that what waits is bounded. All ranks
// go through the same rounds; the first one of the host sees to it, ahead of each barrier, that
// what the next round takes is there, and while it waits all links move.
#include "train/ranks/crew.hpp"
#include "train/ranks/shared_header.hpp"
#include "train/ranks/walker.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

namespace aiops::train {
namespace {

constexpr std::size_t kAheadPerGroup = 16;  // chunks on their way to one more group and back

// sums[i] = terms[0][i] + terms[1][i] + …, from the left.
void add(std::span<const float* const> terms, std::span<float> sums) {
  if (terms.size() == 1) {
    std::memcpy(sums.data(), terms[0], sums.size_bytes());
    return;
  }
  for (std::size_t i = 0; i < sums.size(); ++i) sums[i] = terms[0][i] + terms[1][i];
  for (const float* term : terms.subspan(2))
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += term[i];
}

void copy(std::span<const float> from, float* to) {
  std::memcpy(to, from.data(), from.size_bytes());
}

}  // namespace

// One sum, as one rank sees it.
class Rounds {
 public:
  Rounds(Crew& crew, std::span<const std::span<float>> parts)
      : crew_(crew),
        before_(crew.links_.before.get()),
        after_(crew.links_.after.get()),
        rank_(crew.group_.index()),
        ranks_(crew.group_.size()),
        in_(parts),
        own_(parts),
        out_(parts) {
    for (const auto& part : parts) length_ += part.size();
    chunks_ = (length_ + kChunk - 1) / kChunk;
    const std::size_t behind = crew.standing_.groups - 1 - crew.standing_.group;
    ahead_ = std::min(kMostAhead, behind * kAheadPerGroup);
    if (before_ != nullptr) sent_before_ = before_->sent(), received_before_ = before_->received();
    if (after_ != nullptr) sent_after_ = after_->sent(), received_after_ = after_->received();
  }

  void run() {
    const bool exchanges = before_ != nullptr || after_ != nullptr;
    for (std::size_t round = 0; chunks_ > 0 && round < chunks_ + 2 + ahead_; ++round) {
      if (exchanges) {
        queue(round);
        crew_.each_link([](Link& link) { link.progress(); });
      }
      if (round < chunks_) copy_in(round);
      if (is_due(round, 1)) add_up(round - 1);
      if (is_due(round, 2 + ahead_)) copy_out(round - 2 - ahead_);
      if (exchanges) crew_.pump([&] { return queue(round), is_ready(round + 1); });
      crew_.group_.barrier();
    }
    if (exchanges) crew_.pump([&] { return queue(chunks_ + 2 + ahead_), is_sent(); });
  }

 private:
  // A chunk was copied in so many rounds before.
  bool is_due(std::size_t round, std::size_t rounds_ago) const {
    return round >= rounds_ago && round - rounds_ago < chunks_;
  }
  std::size_t size_of(std::size_t chunk) const {
    return std::min(kChunk, length_ - chunk * kChunk);
  }
  // Where the part of a chunk begins that a rank owns.
  std::size_t share(std::size_t chunk, std::size_t rank) const {
    return size_of(chunk) * rank / ranks_;
  }
  float* place(std::size_t chunk, std::size_t rank) const {
    return crew_.group_.region().buffer(chunk % kBuffers, rank);
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

  void copy_in(std::size_t chunk) {
    float* to = place(chunk, rank_);
    const auto put = [&](std::span<float> values, std::size_t at) { copy(values, to + at); };
    in_.next(size_of(chunk), [&](std::span<float> values, std::size_t at) {
      clip(values, at, 0, share(chunk, rank_), put);
      clip(values, at, share(chunk, rank_ + 1), kChunk, put);
    });
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
    for (std::size_t rank = 0; rank < ranks_; ++rank)
      terms_.push_back(rank == rank_ ? mine.data() : place(chunk, rank) + at);
    const std::span<float> sums(crew_.stands_alone() ? place(chunk, rank_)
                                : crew_.has_after()  ? leaving(chunk).data()
                                                     : result(chunk).data(),
                                size_of(chunk));
    add(terms_, sums.subspan(at, mine.size()));
    if (crew_.stands_alone()) copy(sums.subspan(at, mine.size()), mine.data());
  }

  void copy_out(std::size_t chunk) {
    out_.next(size_of(chunk), [&](std::span<float> values, std::size_t at) {
      if (!crew_.stands_alone())
        return copy(result(chunk).subspan(at, values.size()), values.data());
      for (std::size_t owner = 0; owner < ranks_; ++owner)
        if (owner != rank_)
          clip(values, at, share(chunk, owner), share(chunk, owner + 1),
               [&](std::span<float> theirs, std::size_t from) {
                 copy({place(chunk, owner) + from, theirs.size()}, theirs.data());
               });
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
    const std::size_t added = std::min(chunks_, round - std::min<std::size_t>(round, 1));
    const std::size_t copied = std::min(chunks_, round - std::min(round, 2 + ahead_));
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
    if (is_due(round, 1)) {
      const std::size_t chunk = round - 1;
      if (before_ != nullptr && received(before_) <= chunk) return false;
      if (after_ != nullptr && sent(after_) + kLeaving <= chunk) return false;
      if (after_ == nullptr && sent(before_) + kResults <= chunk) return false;
    }
    return !is_due(round, 2 + ahead_) || after_ == nullptr || received(after_) > round - 2 - ahead_;
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
  Walker in_, own_, out_;
  std::vector<const float*> terms_;
  // Of the links, before this sum; and what of it was handed to them.
  std::uint64_t sent_before_ = 0, received_before_ = 0, sent_after_ = 0, received_after_ = 0;
  std::size_t leaving_ = 0, arriving_ = 0, results_ = 0, passed_on_ = 0;
};

void Crew::sum(std::span<const std::span<float>> parts) {
  together([&] { Rounds(*this, parts).run(); });
}

}  // namespace aiops::train
