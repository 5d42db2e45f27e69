// SPDX-License-Identifier: Apache-2.0
#include "kernels/device/recording.hpp"

#include <algorithm>
#include <cstring>

namespace aiops::kernels::device {
namespace {

// A step has few passes that are alike: the first batch's, the others' and the update.
constexpr std::size_t kMostKnown = 4;
constexpr std::size_t kAlignment = alignof(std::max_align_t);

}  // namespace

void Recording::Noted::clear() {
  entries.clear();
  bytes.clear();
}

void Recording::Noted::launch(void* queue) const {
  for (const Entry& entry : entries) entry.launch(queue, bytes.data() + entry.begin);
}

void Recording::note_bytes(Launch launch, const void* parameters, std::size_t size) {
  const std::size_t begin = noted_.bytes.size();
  noted_.bytes.resize(begin + (size + kAlignment - 1) / kAlignment * kAlignment);
  std::memcpy(noted_.bytes.data() + begin, parameters, size);
  noted_.entries.push_back({launch, begin, size});
}

void Recording::drop_graphs() {
  for (Known& known : known_) known.graph.reset();
}

void Recording::queue(Stream& stream) {
  const auto known = std::ranges::find(known_, noted_, &Known::noted);
  if (known == known_.end()) {
    noted_.launch(queue_);
    if (known_.size() == kMostKnown) known_.erase(known_.begin());
    known_.push_back({noted_, std::nullopt});
  } else {
    if (!known->graph) known->graph = Graph::capture(stream, [&] { noted_.launch(queue_); });
    known->graph->launch(stream);
  }
  noted_.clear();
}

}  // namespace aiops::kernels::device
