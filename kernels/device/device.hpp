// SPDX-License-Identifier: Apache-2.0
// A GPU with its memory, streams, events and graphs. Every call throws the Error that the plug-in
// gives: Error{no_gpu} when there is none to use, Error{failed} otherwise. What takes a Stream
// returns when the work is queued there; a Stream, an Event, a Buffer or a Graph must not outlive
// its Device, nor memory the work on it.
#pragma once

#include "kernels/device/plugin.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace aiops::kernels::device {

// Whether only algorithms are used that give the same bits each time.
enum class Determinism { off, on };
// Who does what both a library of NVIDIA's and kernels of our own do, which is attention: the
// library where it serves the parameters, our own, or the library alone.
enum class Kernels { best, own, library };

class Device {
 public:
  Device(std::shared_ptr<const Plugin> plugin, int ordinal, Determinism determinism,
         Kernels kernels = Kernels::best);

  struct Memory {
    std::uint64_t free = 0, total = 0;
  };
  Memory memory() const;

  // What becomes of parameters before they are launched for the first time.
  struct Plan {
    bool is_served = false;
    std::uint64_t workspace = 0;  // bytes of scratch that launching needs
    std::string why_not = {};
  };
  // Plans the parameters, once: launching does not. Throws only for what is wrong with them.
  template <typename Parameters>
  Plan plan(const Parameters& parameters) const {
    return plan_operator(OperatorOf<Parameters>::value, OperatorOf<Parameters>::name, &parameters);
  }

  const Plugin& plugin() const { return *plugin_; }
  const aiops_cuda_api& api() const { return plugin_->api(); }
  aiops_device* handle() const { return handle_.get(); }

 private:
  Plan plan_operator(Operator which, const char* name, const void* parameters) const;

  std::shared_ptr<const Plugin> plugin_;
  std::unique_ptr<aiops_device, void (*)(aiops_device*)> handle_;
};

// Memory of the device, or of the host and pinned. Freed when this ends: the work on it must be
// done.
class Memory {
 public:
  enum class Place { device, pinned };
  Memory(const Device& device, std::uint64_t bytes, Place place = Place::device);
  ~Memory();
  Memory(Memory&& other) noexcept;
  Memory& operator=(Memory&&) = delete;

  std::byte* data() const { return data_; }
  std::uint64_t size() const { return size_; }
  template <typename Element>
  Element* as() const {
    return reinterpret_cast<Element*>(data_);
  }
  // Pinned memory only: the host's view.
  template <typename Element>
  std::span<Element> span() const {
    return {as<Element>(), size_ / sizeof(Element)};
  }

 private:
  const Device* device_;
  std::byte* data_ = nullptr;
  std::uint64_t size_;
  Place place_;
};

class Event;

// A queue of work; what is queued on two streams is in no order unless an Event makes one.
class Stream {
 public:
  explicit Stream(const Device& device);

  // The host's side must be pinned.
  void upload(std::byte* to, const std::byte* pinned, std::uint64_t bytes);
  void download(std::byte* pinned, const std::byte* from, std::uint64_t bytes);
  void upload(std::byte* to, const Memory& pinned, std::uint64_t bytes) {
    upload(to, pinned.data(), bytes);
  }
  void download(const Memory& pinned, const std::byte* from, std::uint64_t bytes) {
    download(pinned.data(), from, bytes);
  }
  void copy(std::byte* to, const std::byte* from, std::uint64_t bytes);  // within the device
  void fill(std::byte* memory, unsigned char byte, std::uint64_t bytes);

  // `workspace` must have what Device::plan said, and is in use until the work is done.
  template <typename Parameters>
  void launch(const Parameters& parameters, const Memory* workspace = nullptr) {
    launch_operator(OperatorOf<Parameters>::value, OperatorOf<Parameters>::name, &parameters,
                    workspace);
  }

  void wait(const Event& event);  // what is queued from now on waits for it
  void synchronise();             // the caller waits for everything queued so far

  const Device& device() const { return *device_; }
  aiops_stream* handle() const { return handle_.get(); }

 private:
  void launch_operator(Operator which, const char* name, const void* parameters,
                       const Memory* workspace);

  const Device* device_;
  std::unique_ptr<aiops_stream, void (*)(aiops_stream*)> handle_;
};

// A mark in a stream.
class Event {
 public:
  explicit Event(const Device& device);
  void record(Stream& stream);
  void synchronise();                               // the caller waits until the mark is reached
  double milliseconds_since(const Event& earlier);  // both must have been reached
  aiops_event* handle() const { return handle_.get(); }

 private:
  const Device* device_;
  std::unique_ptr<aiops_event, void (*)(aiops_event*)> handle_;
};

// Work that is queued as a whole, as often as one likes.
class Graph {
 public:
  // Keeps what `record` queues on the stream, instead of running it. Plans must have been made
  // before (Device::plan).
  template <typename Record>
  static Graph capture(Stream& stream, const Record& record) {
    Capture capture(stream);
    record();
    return capture.end();
  }
  void launch(Stream& stream) const;

 private:
  class Capture {
   public:
    explicit Capture(Stream& stream);
    ~Capture();  // gives up what was recorded, when it was not ended
    Capture(const Capture&) = delete;
    Capture& operator=(const Capture&) = delete;
    Graph end();

   private:
    Stream& stream_;
    bool open_ = true;
  };

  Graph(const Device& device, aiops_graph* handle);

  const Device* device_;
  std::unique_ptr<aiops_graph, void (*)(aiops_graph*)> handle_;
};

}  // namespace aiops::kernels::device
