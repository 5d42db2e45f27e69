// SPDX-License-Identifier: Apache-2.0
#include "kernels/device/backend.hpp"

#include "base/error.hpp"
#include "kernels/cpu/bfloat16.hpp"
#include "kernels/device/communicator.hpp"
#include "kernels/device/recording.hpp"
#include "kernels/device/staging.hpp"

#include <algorithm>
#include <bit>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace aiops::kernels::device {
namespace {

constexpr std::uint64_t kFloat = sizeof(float);
constexpr std::uint64_t kHalf = sizeof(std::uint16_t);
constexpr std::size_t kRoundedAtOnce = 4 << 20;  // numbers

std::uint16_t rounded_bits(float value) {
  return static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(to_bfloat16(value)) >> 16U);
}
float from_bits(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16U);
}

// Memory that was given out, and for whom updates of it are counted.
struct Block {
  std::uint64_t floats = 0;
  std::unique_ptr<Memory> memory = {};  // none: only the copy below is on the device
  std::unique_ptr<Memory> rounded = {};
  std::uint64_t updates = 0;
};

// A flag that is set as long as this lives.
class Scope {
 public:
  explicit Scope(bool& flag) : flag_(flag) { flag_ = true; }
  ~Scope() { flag_ = false; }
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

 private:
  bool& flag_;
};

class DeviceBackend final : public Backend {
 public:
  DeviceBackend(std::shared_ptr<const Device> device, Precision type)
      : device_(std::move(device)),
        type_(type == Precision::bf16 ? AIOPS_BF16 : AIOPS_F32),
        stream_(*device_),
        copies_(*device_),
        staging_(*device_) {}

  aiops_type products() const override { return type_; }
  aiops_type elements() const override { return type_; }

  bool is_host() const override { return false; }
  Arena memory(std::uint64_t floats) override {
    return floats == 0 ? Arena() : keep({.memory = zeros(floats * kFloat)}, nullptr, floats);
  }
  Arena parameter_memory(std::uint64_t floats) override {
    if (type_ != AIOPS_BF16 || floats == 0) return memory(floats);
    return keep({.memory = zeros(floats * kFloat), .rounded = zeros(floats * kHalf)}, nullptr,
                floats);
  }
  Arena frozen_memory(std::uint64_t floats, const Arena& here) override {
    if (type_ != AIOPS_BF16 || floats == 0) return memory(floats);
    return keep({.rounded = zeros(floats * kHalf)}, here.data(), floats);
  }
  const void* rounded(const float* parameter) const override {
    const void* const copy = copy_of(parameter);
    return copy == nullptr ? parameter : copy;
  }
  void* copy_of(const float* parameter) const override {
    const auto found = find(parameter);
    if (found == blocks_.end() || !found->second.rounded) return nullptr;
    return found->second.rounded->as<std::uint16_t>() + (parameter - found->first);
  }
  Arena host_memory(std::uint64_t floats) override {
    if (floats == 0) return {};
    auto memory = std::make_shared<Memory>(*device_, floats * kFloat, Memory::Place::pinned);
    std::ranges::fill(memory->span<float>(), 0.0F);
    const std::span<float> span = memory->span<float>();
    return Arena(span, std::move(memory));
  }

  Arrival snapshot(const std::function<void()>& look) override {
    const auto reached = std::make_shared<Event>(*device_),
               copied = std::make_shared<Event>(*device_);
    reached->record(stream_);
    copies_.wait(*reached);
    try {
      const Scope taking(is_taking_snapshot_);
      look();
    } catch (...) {
      copies_.synchronise();  // of the host's sides, some have begun to change
      throw;
    }
    copied->record(copies_);
    copied_ = copied;
    return [copied] { copied->synchronise(); };
  }
  bool is_taking_snapshot() const override { return is_taking_snapshot_; }
  void await_snapshot() override { copies_.synchronise(); }

  void upload(const Arena& here, const Arena& there) override {
    before_update();
    const Block& block = blocks_.at(there.data());
    if (block.memory) stream_.upload(bytes_of(there), bytes_of(here), here.size() * kFloat);
    if (block.rounded) upload_rounded(here.span(), block.rounded->data());
    stream_.synchronise();  // the host may write there again
  }
  void download(const Arena& there, const Arena& here) override {
    Stream& stream = is_taking_snapshot_ ? copies_ : stream_;
    stream.download(bytes_of(here), bytes_of(there), here.size() * kFloat);
    if (!is_taking_snapshot_) stream.synchronise();
  }
  void clear(void* memory, std::uint64_t bytes) override {
    if (bytes > 0) launch_or_note<Clearing, &DeviceBackend::launch_clearing>({memory, bytes});
  }
  void write(std::span<const float> here, float* there) override {
    if (here.empty()) return;
    grow(fetched_, here.size_bytes(), Memory::Place::pinned);
    std::ranges::copy(here, fetched_->as<float>());
    stream_.upload(reinterpret_cast<std::byte*>(there), fetched_->data(), here.size_bytes());
    stream_.synchronise();
  }
  std::uint64_t updates_of(const float* memory) const override {
    const auto found = find(memory);
    return found == blocks_.end() ? 0 : found->second.updates;
  }

  void begin_staging() override { staging_.begin(stream_); }
  std::span<const float> read(Elements from, std::int64_t count) override {
    const auto numbers = static_cast<std::uint64_t>(count);
    const bool is_half = from.bytes_each() == static_cast<std::int64_t>(kHalf);
    fetch(from, numbers * (is_half ? kHalf : kFloat));
    if (!is_half) return {fetched_->as<float>(), numbers};
    widened_.resize(numbers);
    std::transform(fetched_->as<std::uint16_t>(), fetched_->as<std::uint16_t>() + numbers,
                   widened_.begin(), from_bits);
    return widened_;
  }
  std::span<const double> read(const double* from, std::int64_t count) override {
    const auto numbers = static_cast<std::uint64_t>(count);
    fetch(from, numbers * sizeof(double));
    return {fetched_->as<double>(), numbers};
  }
  double* results(std::int64_t count) override {
    grow(results_, static_cast<std::uint64_t>(count) * sizeof(double), Memory::Place::device);
    return results_->as<double>();
  }

  // Not a part of any pass, whose graphs would hold on to what joins the processes.
  void sum(Communicator& processes, std::span<const std::span<float>> parts,
           const std::function<void()>& watch) override {
    for (const std::span<float> part : parts) need_scratch(processes.workspace(part.size()));
    for (const std::span<float> part : parts)
      processes.sum(stream_, part.data(), part.size(), *scratch_, watch);
    processes.wait(stream_, watch);
  }

  void pass(const std::function<void()>& work) override {
    try {
      const Scope noting(is_in_pass_);
      work();
    } catch (...) {
      recording_.give_up();
      pass_updates_ = false;
      throw;
    }
    if (std::exchange(pass_updates_, false)) before_update();
    recording_.queue(stream_);
  }

#define AIOPS_RUN(name) \
  void run(const aiops_##name& parameters) override { queue(parameters); }
  AIOPS_DEVICE_OPERATORS(AIOPS_RUN)
#undef AIOPS_RUN

 private:
  using Blocks = std::map<const float*, Block, std::greater<>>;

  static std::byte* bytes_of(const Arena& arena) {
    return reinterpret_cast<std::byte*>(arena.data());
  }

  std::unique_ptr<Memory> zeros(std::uint64_t bytes) {
    auto memory = std::make_unique<Memory>(*device_, bytes);
    stream_.fill(memory->data(), 0, bytes);
    return memory;
  }

  // What operators find at its memory, or, where it has none, by what `stands` for it.
  Arena keep(Block block, float* stands, std::uint64_t floats) {
    block.floats = floats;
    float* const first = block.memory ? block.memory->as<float>() : stands;
    blocks_.emplace(first, std::move(block));
    const std::shared_ptr<float> owner(first, [this](float* gone) {
      stream_.synchronise();  // the work on it must be done
      copies_.synchronise();
      blocks_.erase(gone);
    });
    return Arena({first, floats}, owner);
  }

  void upload_rounded(std::span<const float> from, std::byte* to) {
    for (std::size_t begin = 0; begin < from.size(); begin += kRoundedAtOnce) {
      const auto part = from.subspan(begin, std::min(kRoundedAtOnce, from.size() - begin));
      grow(fetched_, part.size() * kHalf, Memory::Place::pinned);
      stream_.synchronise();  // the part before is there
      std::ranges::transform(part, fetched_->as<std::uint16_t>(), rounded_bits);
      stream_.upload(to + begin * kHalf, *fetched_, part.size() * kHalf);
    }
  }

  // The block that this lies in; they are in descending order.
  Blocks::const_iterator find(const float* inside) const {
    const auto found = blocks_.lower_bound(inside);
    const bool holds = found != blocks_.end() && inside < found->first + found->second.floats;
    return holds ? found : blocks_.end();
  }
  void count_update(const float* inside) {
    const auto found = find(inside);
    if (found == blocks_.end()) return;
    ++blocks_.at(found->first).updates;
    if (is_in_pass_) {
      pass_updates_ = true;
    } else {
      before_update();
    }
  }

  // What is queued from now on may change what a snapshot copies.
  void before_update() {
    if (const auto copied = std::exchange(copied_, nullptr)) stream_.wait(*copied);
  }

  const std::byte* stage_bytes(std::span<const std::byte> bytes) override {
    return staging_.put(bytes, stream_);
  }

  void grow(std::optional<Memory>& memory, std::uint64_t bytes, Memory::Place place) {
    if (memory && memory->size() >= bytes) return;
    stream_.synchronise();
    memory.reset();  // give the old one back first
    memory.emplace(*device_, std::max<std::uint64_t>(bytes, 1), place);
  }

  // The bytes, in fetched_.
  void fetch(const void* from, std::uint64_t bytes) {
    grow(fetched_, bytes, Memory::Place::pinned);
    if (bytes > 0) stream_.download(fetched_->data(), static_cast<const std::byte*>(from), bytes);
    stream_.synchronise();
  }

  void need_scratch(std::uint64_t bytes) {
    if (scratch_ && scratch_->size() >= bytes) return;
    grow(scratch_, bytes, Memory::Place::device);
    recording_.drop_graphs();
  }

  template <typename Parameters>
  void queue(const Parameters& parameters) {
    const Device::Plan plan = device_->plan(parameters);
    if (!plan.is_served)
      throw Error(ExitCode::no_gpu,
                  std::string(OperatorOf<Parameters>::name) + ": " + plan.why_not);
    need_scratch(plan.workspace);
    count_updates(parameters);
    launch_or_note<Parameters, &DeviceBackend::launch_operator<Parameters>>(parameters);
  }

  struct Clearing {
    void* memory;
    std::uint64_t bytes;
  };
  void launch_clearing(const Clearing& c) {
    stream_.fill(static_cast<std::byte*>(c.memory), 0, c.bytes);
  }
  template <typename Parameters>
  void launch_operator(const Parameters& parameters) {
    stream_.launch(parameters, &*scratch_);
  }
  template <typename Parameters, void (DeviceBackend::*launch)(const Parameters&)>
  void launch_or_note(const Parameters& parameters) {
    if (!is_in_pass_) return (this->*launch)(parameters);
    recording_.note(parameters, [](void* self, const void* noted) {
      (static_cast<DeviceBackend*>(self)->*launch)(*static_cast<const Parameters*>(noted));
    });
  }

  // Of operators that change what a Twin holds.
  template <typename Parameters>
  void count_updates(const Parameters& p) {
    if constexpr (requires { p.copy; }) count_update(p.value);
    if constexpr (requires { p.copy, p.m; }) count_update(p.m);
    if constexpr (requires { p.buffer; }) count_update(p.buffer);
  }

  std::shared_ptr<const Device> device_;
  aiops_type type_;
  Stream stream_, copies_;
  std::shared_ptr<Event> copied_;  // of the last snapshot, until stream_ waits for it
  Staging staging_;
  Blocks blocks_;
  std::optional<Memory> scratch_, results_, fetched_;
  std::vector<float> widened_;
  Recording recording_{this};
  bool is_in_pass_ = false, pass_updates_ = false, is_taking_snapshot_ = false;
};

}  // namespace

std::unique_ptr<Backend> device_backend(std::shared_ptr<const Device> device, Precision type) {
  return std::make_unique<DeviceBackend>(std::move(device), type);
}

}  // namespace aiops::kernels::device
