// SPDX-License-Identifier: Apache-2.0
#include "bench/device_memory.hpp"

#include "base/error.hpp"
#include "base/units.hpp"
#include "kernels/device/device.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <memory>

namespace aiops::bench {
namespace {

using kernels::device::Device;
using kernels::device::Memory;
using kernels::device::Stream;

constexpr std::int64_t kBytesPerCall = 4 << 20;  // small ones are copied again and again

struct OpenGpu {
  BenchGpu gpu;
  std::shared_ptr<const Device> device;
};
using Shared = std::shared_ptr<const OpenGpu>;

Shared open_gpu(const GpuChoice& choice) {
  const BenchGpu gpu(choice);
  return std::shared_ptr<const OpenGpu>(new OpenGpu{gpu, gpu.open()});
}

// Buffers of one size on both sides, and what copies between them.
class Copies {
 public:
  Copies(Shared open, std::int64_t bytes)
      : open_(std::move(open)),
        bytes_(static_cast<std::uint64_t>(bytes)),
        from_(*open_->device, bytes_, Memory::Place::pinned),
        to_(*open_->device, bytes_, Memory::Place::pinned),
        there_(*open_->device, bytes_),
        stream_(*open_->device) {}

  std::int64_t rounds() const {
    return std::max<std::int64_t>(1, kBytesPerCall / static_cast<std::int64_t>(bytes_));
  }
  std::uint64_t bytes() const { return bytes_; }
  const OpenGpu& open() const { return *open_; }

  void upload(std::int64_t times) {
    for (std::int64_t i = 0; i < times; ++i) stream_.upload(there_.data(), from_, bytes_);
    stream_.synchronise();
  }
  void download(std::int64_t times) {
    for (std::int64_t i = 0; i < times; ++i) stream_.download(to_, there_.data(), bytes_);
    stream_.synchronise();
  }
  // There and back once, and every byte looked at.
  void check() {
    const auto sent = from_.span<unsigned char>(), came = to_.span<unsigned char>();
    for (std::size_t i = 0; i < sent.size(); ++i)
      sent[i] = static_cast<unsigned char>(i * 31 + i / 256);
    std::fill(came.begin(), came.end(), static_cast<unsigned char>(0));
    upload(1);
    download(1);
    if (!std::equal(sent.begin(), sent.end(), came.begin()))
      throw Error(ExitCode::failed, "memory: bytes came back from the GPU other than they went");
  }

 private:
  Shared open_;
  std::uint64_t bytes_;
  Memory from_, to_, there_;
  Stream stream_;
};

Measurement describe(const std::string& operation, const Copies& copies) {
  const auto moved = static_cast<std::int64_t>(copies.bytes()) * copies.rounds();
  Measurement result;
  result.workload = {
      {"kind", "memory"},   {"params", {{"operation", operation}, {"size_bytes", copies.bytes()}}},
      {"dtype", "u8"},      {"rounds", copies.rounds()},
      {"bytes_min", moved}, {"byte_rule", "each byte once, from one memory to the other"},
      {"flops", nullptr}};
  result.engine =
      BenchGpu::library("CUDA", copies.open().device->api().version, {{"pinned", true}});
  result.rate = {"gb_s", "GB/s", static_cast<double>(moved)};
  result.correctness = {
      {"checked", true}, {"method", "every byte, there and back"}, {"max_err", 0}, {"pass", true}};
  result.gpu = copies.open().gpu.describe();
  return result;
}

Group size_group(const DeviceMemoryPlan& plan, std::int64_t size, const Shared& open) {
  const auto copies = std::make_shared<Copies>(open, size);
  copies->check();
  std::vector<Measurement> measurements;
  Group group;
  for (const std::string& operation : plan.operations) {
    const bool up = operation == "upload";
    Case subject;
    subject.work = [copies, up] {
      up ? copies->upload(copies->rounds()) : copies->download(copies->rounds());
    };
    open->gpu.watch(subject, open->device);
    subject.shortest_ns = 0;  // a call copies enough, and waits for it
    group.cases.push_back(std::move(subject));
    measurements.push_back(describe(operation, *copies));
  }
  group.describe = [measurements](const std::vector<Samples>& samples) {
    auto results = measurements;
    for (std::size_t i = 0; i < results.size(); ++i) results[i].samples = samples[i];
    return results;
  };
  return group;
}

}  // namespace

std::vector<std::string> device_memory_operations() { return {"upload", "download"}; }

Suite device_memory_suite(const DeviceMemoryPlan& plan) {
  const auto open = open_gpu(plan.gpu);
  Suite suite{"memory", plan.operations.size(), {}};
  for (const std::int64_t size : plan.sizes)
    suite.items.push_back({format_bytes(static_cast<std::uint64_t>(size)),
                           [=] { return size_group(plan, size, open); }});
  return suite;
}

}  // namespace aiops::bench
