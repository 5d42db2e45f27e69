// SPDX-License-Identifier: Apache-2.0
// A pass over a model queues the same operators with the same parameters step after step, and
// queueing hundreds of them costs the CPU more time than a small one takes the GPU. So a pass is
// noted down first: when it is, byte for byte, one that was queued before, it is recorded as a
// graph, and from then on launched as one. A pass that differs in anything, be it the address of an
// array or the number of documents, is queued operator by operator: nothing is ever assumed to be
// the same.
#pragma once

#include "kernels/device/device.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace aiops::kernels::device {

class Recording {
 public:
  // Queues what has these parameters; `queue` is who does it.
  using Launch = void (*)(void* queue, const void* parameters);

  explicit Recording(void* queue) : queue_(queue) {}

  // Notes what is to be queued: a copy of the parameters, and what does it.
  template <typename Parameters>
  void note(Parameters parameters, Launch launch) {
#if defined(__has_builtin)
#if __has_builtin(__builtin_clear_padding)
    __builtin_clear_padding(&parameters);
#endif
#endif
    note_bytes(launch, &parameters, sizeof parameters);
  }
  // Queues what was noted since the last time, as a graph where that is possible.
  void queue(Stream& stream);
  // Nothing of what was noted is to be queued.
  void give_up() { noted_.clear(); }
  // What graphs were recorded with is no longer there.
  void drop_graphs();

 private:
  // What was noted, one after the other: who launches, and with which bytes.
  struct Noted {
    struct Entry {
      Launch launch;
      std::size_t begin, size;
      bool operator==(const Entry&) const = default;
    };
    std::vector<Entry> entries;
    std::vector<std::byte> bytes;

    void clear();
    void launch(void* queue) const;
    bool operator==(const Noted&) const = default;
  };
  struct Known {
    Noted noted;
    std::optional<Graph> graph;
  };

  void note_bytes(Launch launch, const void* parameters, std::size_t size);

  void* queue_;
  Noted noted_;
  std::vector<Known> known_;  // the oldest first
};

}  // namespace aiops::kernels::device
