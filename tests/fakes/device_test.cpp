// SPDX-License-Identifier: Apache-2.0
// The program's side of the plug-in, and that the fake runtime catches what it is there for.
#include "base/error.hpp"
#include "tests/fakes/fixture.hpp"

#include <algorithm>

namespace aiops::fakes {
namespace {

using device::Memory;
using device::Stream;
using testing::Each;
using testing::HasSubstr;

constexpr std::uint64_t kBytes = 4096;

// What a call of the interface says.
template <typename Call>
std::string fault_of(const Call& call) {
  aiops_fault fault{};
  EXPECT_NE(call(&fault), AIOPS_OK);
  return fault.message;
}

Error error_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "nothing was thrown";
  return {ExitCode::ok, ""};
}

TEST_F(OnFakes, MemoryIsCounted) {
  const auto before = gpu.memory();
  const Memory some(gpu, 1 << 20);
  EXPECT_EQ(gpu.memory().total, before.total);
  EXPECT_EQ(gpu.memory().free, before.free - (1 << 20));
}

TEST_F(OnFakes, MoreMemoryThanThereIsIsOneClearError) {
  const Error error = error_of([&] { const Memory much(gpu, std::uint64_t{1} << 40); });
  EXPECT_EQ(error.code, ExitCode::failed);
  EXPECT_THAT(error.message, HasSubstr("not enough memory"));
  EXPECT_FALSE(error.mend.empty());
}

TEST_F(OnFakes, AGpuThatIsNotThereIsAnErrorOfItsOwn) {
  const Error error = error_of([] { device::Device(open_plugin(), 7, device::Determinism::off); });
  EXPECT_EQ(error.code, ExitCode::no_gpu);
  EXPECT_THAT(error.message, HasSubstr("no GPU of that number"));
}

TEST_F(OnFakes, DeviceMemoryHoldsNothingUntilItIsWritten) {
  const Memory memory(gpu, kBytes);
  const Memory seen(gpu, kBytes, Memory::Place::pinned);
  Stream stream(gpu);
  stream.download(seen, memory.data(), kBytes);
  stream.synchronise();
  EXPECT_THAT(seen.span<unsigned char>(), Each(0xFF));
}

TEST_F(OnFakes, TheHostCannotTouchDeviceMemory) {
  const Memory memory(gpu, kBytes);
  EXPECT_DEATH(memory.as<volatile unsigned char>()[0] = 1, "");
}

TEST_F(OnFakes, WorkWaitsUntilSomebodyWaitsForIt) {
  const Memory memory(gpu, kBytes);
  const Memory seen(gpu, kBytes, Memory::Place::pinned);
  std::ranges::fill(seen.span<unsigned char>(), static_cast<unsigned char>(9));
  Stream stream(gpu);
  stream.fill(memory.data(), 5, kBytes);
  stream.download(seen, memory.data(), kBytes);
  EXPECT_THAT(seen.span<unsigned char>(), Each(9));
  stream.synchronise();
  EXPECT_THAT(seen.span<unsigned char>(), Each(5));
}

// One stream writes, another reads; true: it read what was written.
bool read_after_write(const device::Device& gpu, bool with_event) {
  const Memory memory(gpu, kBytes);
  const Memory seen(gpu, kBytes, Memory::Place::pinned);
  Stream writer(gpu);
  Stream reader(gpu);
  device::Event written(gpu);
  writer.fill(memory.data(), 5, kBytes);
  written.record(writer);
  if (with_event) reader.wait(written);
  reader.download(seen, memory.data(), kBytes);
  reader.synchronise();
  writer.synchronise();
  return std::ranges::all_of(seen.span<unsigned char>(), [](auto byte) { return byte == 5; });
}

// One stream reads, another overwrites afterwards; true: the reader saw what was there before.
bool write_after_read(const device::Device& gpu, bool with_event) {
  const Memory memory(gpu, kBytes);
  const Memory seen(gpu, kBytes, Memory::Place::pinned);
  Stream writer(gpu);
  Stream reader(gpu);
  device::Event read(gpu);
  writer.fill(memory.data(), 5, kBytes);
  writer.synchronise();
  reader.download(seen, memory.data(), kBytes);
  read.record(reader);
  if (with_event) writer.wait(read);
  writer.fill(memory.data(), 6, kBytes);
  writer.synchronise();
  reader.synchronise();
  return std::ranges::all_of(seen.span<unsigned char>(), [](auto byte) { return byte == 5; });
}

TEST_F(OnFakes, AMissingEventShowsInSomeOrderAndAnEventHelpsInEvery) {
  for (const auto scene : {read_after_write, write_after_read}) {
    int wrong = 0;
    for (const auto& one : kOrders) {
      set_order(one.order, one.seed);
      EXPECT_TRUE(scene(gpu, true)) << one.name;
      wrong += scene(gpu, false) ? 0 : 1;
    }
    EXPECT_GT(wrong, 0);
  }
}

TEST_F(OnFakes, TimePassesBetweenEvents) {
  const Memory memory(gpu, kBytes);
  Stream stream(gpu);
  device::Event before(gpu);
  device::Event after(gpu);
  before.record(stream);
  stream.fill(memory.data(), 1, kBytes);
  after.record(stream);
  after.synchronise();
  EXPECT_GT(after.milliseconds_since(before), 0);
}

TEST_F(OnFakes, ACopyOfPageableMemoryIsRefused) {
  const Memory memory(gpu, kBytes);
  std::vector<unsigned char> pageable(kBytes);
  Stream stream(gpu);
  for (const auto& [to, from, kind] :
       {std::tuple<void*, void*, int>{memory.data(), pageable.data(), AIOPS_TO_DEVICE},
        {pageable.data(), memory.data(), AIOPS_TO_HOST}}) {
    fault_of([&, to = to, from = from, kind = kind](aiops_fault* fault) {
      return gpu.api().copy(stream.handle(), to, from, kBytes, kind, fault);
    });
    EXPECT_THAT(complaint(), HasSubstr("not pinned"));
  }
}

TEST_F(OnFakes, ACopyInTheWrongDirectionIsRefused) {
  const Memory memory(gpu, kBytes);
  const Memory pinned(gpu, kBytes, Memory::Place::pinned);
  Stream stream(gpu);
  fault_of([&](aiops_fault* fault) {
    return gpu.api().copy(stream.handle(), memory.data(), pinned.data(), kBytes, AIOPS_TO_HOST,
                          fault);
  });
  EXPECT_THAT(complaint(), HasSubstr("device memory where host memory was said"));
}

TEST_F(OnFakes, ACopyPastTheEndIsRefused) {
  const Memory memory(gpu, kBytes);
  const Memory pinned(gpu, kBytes + 1, Memory::Place::pinned);
  Stream stream(gpu);
  EXPECT_THROW(stream.upload(memory.data(), pinned, kBytes + 1), Error);
  EXPECT_THAT(complaint(), HasSubstr("1 bytes past an allocation of 4096"));
}

TEST_F(OnFakes, FreeingWhatQueuedWorkTouchesIsAComplaint) {
  const Memory memory(gpu, kBytes);
  Stream stream(gpu);
  {
    const Memory pinned(gpu, kBytes, Memory::Place::pinned);
    stream.upload(memory.data(), pinned, kBytes);
  }
  EXPECT_THAT(complaint(), HasSubstr("queued work touch what is freed"));
}

TEST_F(OnFakes, FreedMemoryIsGone) {
  std::byte* gone = nullptr;
  {
    const Memory memory(gpu, kBytes);
    gone = memory.data();
  }
  Stream stream(gpu);
  EXPECT_THROW(stream.fill(gone, 0, kBytes), Error);
  EXPECT_THAT(complaint(), HasSubstr("not allocated"));
}

TEST_F(OnFakes, TheDefaultStreamIsRefused) {
  const Memory memory(gpu, kBytes);
  EXPECT_NE(cudaMemsetAsync(memory.data(), 0, kBytes, nullptr), cudaSuccess);
  EXPECT_THAT(complaint(), HasSubstr("on the default stream"));
}

TEST_F(OnFakes, AGraphRunsAsOftenAsItIsLaunched) {
  const Memory from(gpu, kBytes, Memory::Place::pinned);
  const Memory to(gpu, kBytes, Memory::Place::pinned);
  const Memory memory(gpu, kBytes);
  Stream stream(gpu);
  const auto graph = device::Graph::capture(stream, [&] {
    stream.upload(memory.data(), from, kBytes);
    stream.download(to, memory.data(), kBytes);
  });
  for (const unsigned char byte : {3, 4}) {
    std::ranges::fill(from.span<unsigned char>(), byte);
    graph.launch(stream);
    stream.synchronise();
    EXPECT_THAT(to.span<unsigned char>(), Each(byte));
  }
}

TEST_F(OnFakes, ACaptureThatFailsLeavesTheStreamUsable) {
  Stream stream(gpu);
  const Memory memory(gpu, kBytes);
  EXPECT_THROW(device::Graph::capture(stream, [&] { throw Error(ExitCode::failed, "stop"); }),
               Error);
  stream.fill(memory.data(), 1, kBytes);
  stream.synchronise();
}

TEST_F(OnFakes, NothingIsAllocatedNorAwaitedInACapture) {
  Stream stream(gpu);
  EXPECT_THROW(device::Graph::capture(stream, [&] { const Memory memory(gpu, kBytes); }), Error);
  EXPECT_THAT(complaint(), HasSubstr("while a stream captures"));
  EXPECT_THROW(device::Graph::capture(stream, [&] { stream.synchronise(); }), Error);
  EXPECT_THAT(complaint(), HasSubstr("waiting for a stream that captures"));
}

TEST_F(OnFakes, WorkThatGoesWrongMakesEveryLaterCallFail) {
  const Memory memory(gpu, kBytes);
  cudaStream_t stream = nullptr;
  ASSERT_EQ(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), cudaSuccess);
  enqueue(stream,
          {.what = "a kernel", .touches = {}, .run = [] { complain("a kernel went wrong"); }});
  Stream other(gpu);
  other.fill(memory.data(), 0, kBytes);
  EXPECT_EQ(cudaStreamSynchronize(stream), cudaErrorLaunchFailure);
  EXPECT_THAT(error_of([&] { other.synchronise(); }).message, HasSubstr("went wrong"));
  EXPECT_EQ(complaint(), "a kernel went wrong");
  cudaStreamDestroy(stream);
}

}  // namespace
}  // namespace aiops::fakes
