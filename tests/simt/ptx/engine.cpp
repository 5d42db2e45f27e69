// SPDX-License-Identifier: Apache-2.0
#include "tests/simt/ptx/engine.hpp"

#include "tests/simt/runtime/machine.hpp"
#include "tests/simt/runtime/report.hpp"
#include "tests/simt/runtime/shared_memory.hpp"
#include "tests/simt/runtime/symbols.hpp"

#include <algorithm>

namespace aiops::simt::ptx {
namespace {

using kernels::cuda::LaunchStatus;

LaunchStatus cannot(const std::string& what) {
  report(Fault::launch, what);
  return {kernels::cuda::kLaunchFailure, "the PTX does not fit the launch"};
}

std::uint64_t special(int index, const Thread& thread) {
  const Index sets[] = {thread.index, machine.launch->block, machine.block, machine.launch->grid};
  if (index == 12) return static_cast<std::uint64_t>(thread.lane());
  const Index& set = sets[index / 3];
  return index % 3 == 0 ? set.x : index % 3 == 1 ? set.y : set.z;
}

}  // namespace

PtxEngine::PtxEngine() : lanes_(kMostThreads) {}

void PtxEngine::load(const std::string& text) {
  Module module = parse(text);
  for (auto& [name, variable] : module.global) {
    variable.address = allocate(variable.size, name);
    if (variable.initial.empty()) variable.initial.resize(variable.size);  // PTX begins with zeros
    copy_to_device(variable.address, variable.initial.data(), variable.size);
  }
  for (auto& [name, function] : module.functions) {
    for (const auto& [slot, variable] : function.globals)
      function.initial[static_cast<std::size_t>(slot)] =
          reinterpret_cast<std::uintptr_t>(module.global.at(variable).address);
    function.dynamic_shared = module.dynamic_shared;
    for (Instruction& one : function.code) one.source = module.files[one.file];
  }
  functions_.merge(module.functions);
  shared_.merge(module.shared);
}

LaunchStatus PtxEngine::prepare(const Launch& launch) {
  const std::string kernel = kernel_of(launch.name);
  // The demangler leaves out the parameters of a kernel that is no template.
  const auto found = functions_.lower_bound(kernel);
  if (found == functions_.end() ||
      (found->first != kernel && !found->first.starts_with(kernel + "(")))
    return cannot("no PTX of " + kernel);
  function_ = &found->second;
  const auto same = [](const simt::Parameter& a, const Parameter& b) {
    return a.offset == b.offset && a.size == b.size;
  };
  if (!std::equal(launch.parameters.begin(), launch.parameters.end(), function_->parameters.begin(),
                  function_->parameters.end(), same))
    return cannot("the parameters of " + function_->name + " have other places in its PTX");
  if (std::size_t{launch.block.x} * launch.block.y * launch.block.z > function_->most_threads)
    return cannot(text("a block of more than the %zu threads that __launch_bounds__ promised",
                       function_->most_threads));
  initial_ = function_->initial;
  for (const auto& [slot, name] : function_->shared) {
    const char* address = name == function_->dynamic_shared
                              ? static_cast<const char*>(dynamic_shared_array())
                              : static_cast<const char*>(shared_array(
                                    &shared_.at(name), shared_.at(name).name.c_str(),
                                    shared_.at(name).size, shared_.at(name).alignment));
    initial_[static_cast<std::size_t>(slot)] =
        static_cast<std::uint64_t>(address - shared_memory());
  }
  left_ = most_per_launch;
  return {};
}

void PtxEngine::start(Lane& lane, const Launch& launch) const {
  const Thread& thread = *machine.current;
  lane.function = function_;
  lane.next = 0;
  lane.slots = initial_;
  lane.local.assign(function_->local_size, static_cast<char>(0xFF));
  lane.parameters = launch.block_of_parameters.data();
  for (const auto& [slot, index] : function_->specials)
    lane.slots[static_cast<std::size_t>(slot)] = special(index, thread);
  for (const auto& [slot, offset] : function_->locals)
    lane.slots[static_cast<std::size_t>(slot)] =
        reinterpret_cast<std::uintptr_t>(lane.local.data() + offset);
}

void PtxEngine::run_thread(const Launch& launch) {
  Lane& lane = lanes_[static_cast<std::size_t>(machine.current->number)];
  start(lane, launch);
  const std::vector<Instruction>& code = function_->code;
  while (lane.next < code.size()) {
    const Instruction& one = code[lane.next++];
    one.executed = true;
    ++executed;
    if (--left_ == 0) {
      report(Fault::deadlock, "the kernel runs longer than it may");
      stop_launch();
    }
    if (one.guard >= 0 &&
        ((lane.slots[static_cast<std::size_t>(one.guard)] & 1U) != 0) == one.guard_negated)
      continue;
    one.run(lane, one);
  }
}

std::string PtxEngine::place(int thread) const {
  const Lane& lane = lanes_[static_cast<std::size_t>(thread)];
  if (lane.next == 0) return "its beginning";
  const Instruction& one = lane.function->code[lane.next - 1];
  return text("%s:%d: ", one.source.c_str(), one.line) + one.text;
}

}  // namespace aiops::simt::ptx
