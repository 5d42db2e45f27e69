// SPDX-License-Identifier: Apache-2.0
// Executes a recorded graph on the CPU: its operations in the order in which their operands become
// known.
#include "tests/fakes/cudnn/walk.hpp"

#include "tests/fakes/cudart/fake_cudart.hpp"
#include "tests/fakes/cudnn/operations.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace aiops::fakes {
namespace {

// The attributes of an operation that name its tensors; -1: it has none.
struct Names {
  int x, b, condition, y;
};

Names names_of(cudnnBackendDescriptorType_t kind) {
  switch (kind) {
    case CUDNN_BACKEND_OPERATION_MATMUL_DESCRIPTOR:
      return {CUDNN_ATTR_OPERATION_MATMUL_ADESC, CUDNN_ATTR_OPERATION_MATMUL_BDESC, -1,
              CUDNN_ATTR_OPERATION_MATMUL_CDESC};
    case CUDNN_BACKEND_OPERATION_POINTWISE_DESCRIPTOR:
      return {CUDNN_ATTR_OPERATION_POINTWISE_XDESC, CUDNN_ATTR_OPERATION_POINTWISE_BDESC,
              CUDNN_ATTR_OPERATION_POINTWISE_TDESC, CUDNN_ATTR_OPERATION_POINTWISE_YDESC};
    case CUDNN_BACKEND_OPERATION_REDUCTION_DESCRIPTOR:
      return {CUDNN_ATTR_OPERATION_REDUCTION_XDESC, -1, -1, CUDNN_ATTR_OPERATION_REDUCTION_YDESC};
    case CUDNN_BACKEND_OPERATION_RESHAPE_DESCRIPTOR:
      return {CUDNN_ATTR_OPERATION_RESHAPE_XDESC, -1, -1, CUDNN_ATTR_OPERATION_RESHAPE_YDESC};
    default:
      return {-1, -1, -1, -1};
  }
}

using Pack = std::map<std::int64_t, void*>;

class Walk {
 public:
  Walk(std::shared_ptr<const Recorded> graph, const Recorded& pack);

  // What is wrong with the pack; empty: nothing. Reads the scalars.
  std::string prepare();
  std::vector<Range> touches() const;
  std::vector<Range> writes();
  void run();

 private:
  const std::vector<std::shared_ptr<const Recorded>>& operations() const {
    return graph_->attributes.at(CUDNN_ATTR_OPERATIONGRAPH_OPS).parts;
  }
  std::string add(const Recorded* descriptor);
  Operands operands_of(const Recorded& operation);
  std::set<std::int64_t> made();  // by operations, rather than given
  void forget();

  std::shared_ptr<const Recorded> graph_;
  Pack pack_;
  std::map<std::int64_t, Tensor> tensors_;
};

Walk::Walk(std::shared_ptr<const Recorded> graph, const Recorded& pack) : graph_(std::move(graph)) {
  const auto ids = pack.values<std::int64_t>(CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS);
  const auto pointers = pack.values<void*>(CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS);
  for (std::size_t i = 0; i < std::min(ids.size(), pointers.size()); ++i)
    pack_[ids[i]] = pointers[i];
}

std::string Walk::add(const Recorded* descriptor) {
  if (descriptor == nullptr) return {};
  const TensorFacts facts(*descriptor);
  if (tensors_.contains(facts.uid)) return {};
  if (facts.is_virtual) {
    tensors_.emplace(facts.uid, Tensor(facts, nullptr));
    return {};
  }
  const auto given = pack_.find(facts.uid);
  if (given == pack_.end()) return "the variant pack lacks tensor " + std::to_string(facts.uid);
  if (facts.is_by_value) {
    if (!fault_of({given->second, sizeof(float)}))
      return "tensor " + std::to_string(facts.uid) + " must be given by the host";
    float value = 0;
    std::memcpy(&value, given->second, sizeof value);
    tensors_.emplace(facts.uid, Tensor(facts, static_cast<double>(value)));
    return {};
  }
  if (reinterpret_cast<std::uintptr_t>(given->second) %
          static_cast<std::uintptr_t>(facts.alignment) !=
      0)
    return "tensor " + std::to_string(facts.uid) + " is less aligned than it says";
  tensors_.emplace(facts.uid, Tensor(facts, given->second));
  return {};
}

std::string Walk::prepare() {
  for (const auto& operation : operations()) {
    const Names names = names_of(operation->kind);
    for (const int name : {names.x, names.b, names.condition, names.y})
      if (auto fault = add(operation->part(name)); !fault.empty()) return fault;
  }
  for (const auto& [uid, pointer] : pack_)
    if (!tensors_.contains(uid))
      return "the variant pack has a tensor " + std::to_string(uid) + " that the graph has not";
  return {};
}

std::vector<Range> Walk::touches() const {
  std::vector<Range> ranges;
  for (const auto& [uid, tensor] : tensors_)
    if (!tensor.facts().is_virtual && !tensor.facts().is_by_value)
      ranges.push_back({pack_.at(uid), tensor.facts().bytes()});
  return ranges;
}

Operands Walk::operands_of(const Recorded& operation) {
  const Names names = names_of(operation.kind);
  const auto find = [&](int name) -> Tensor* {
    const Recorded* descriptor = operation.part(name);
    return descriptor == nullptr ? nullptr : &tensors_.at(TensorFacts(*descriptor).uid);
  };
  return {find(names.x), find(names.b), find(names.condition), find(names.y)};
}

std::set<std::int64_t> Walk::made() {
  std::set<std::int64_t> made;
  for (const auto& operation : operations()) made.insert(operands_of(*operation).y->facts().uid);
  return made;
}

// Rows may have gaps; that nobody else writes between them is what callers must see to.
std::vector<Range> Walk::writes() {
  std::vector<Range> ranges;
  for (const std::int64_t uid : made())
    if (const TensorFacts& facts = tensors_.at(uid).facts(); !facts.is_virtual)
      ranges.push_back({pack_.at(uid), facts.bytes()});
  return ranges;
}

// A graph that was recorded runs again: only what the host gave is known at its start, and what is
// in memory unless an operation makes it.
void Walk::forget() {
  const std::set<std::int64_t> made = this->made();
  for (auto& [uid, tensor] : tensors_) {
    void* const memory = pack_.contains(uid) ? pack_.at(uid) : nullptr;
    if (!tensor.facts().is_by_value) tensor = Tensor(tensor.facts(), memory);
    if (made.contains(uid)) tensor.set_known(false);
  }
}

void Walk::run() {
  forget();
  auto waiting = operations();
  while (!waiting.empty()) {
    const auto ready = std::ranges::find_if(waiting, [this](const auto& operation) {
      const Operands o = operands_of(*operation);
      return (o.x == nullptr || o.x->is_known()) && (o.b == nullptr || o.b->is_known()) &&
             (o.condition == nullptr || o.condition->is_known());
    });
    if (ready == waiting.end())
      return complain("cuDNN: a graph whose operations wait for each other");
    const Operands operands = operands_of(**ready);
    if (const auto fault = run_operation(**ready, operands); !fault.empty())
      return complain("cuDNN: " + fault);
    operands.y->set_known(true);
    waiting.erase(ready);
  }
}

}  // namespace

cudnnStatus_t queue_walk(std::shared_ptr<const Recorded> graph, const Recorded& pack,
                         std::size_t workspace, cudaStream_t stream) {
  const auto walk = std::make_shared<Walk>(std::move(graph), pack);
  if (const auto fault = walk->prepare(); !fault.empty()) return refuse(fault);
  void* const scratch = pack.value<void*>(CUDNN_ATTR_VARIANT_PACK_WORKSPACE, nullptr);
  auto touches = walk->touches();
  if (workspace > 0) touches.push_back({scratch, workspace});
  const auto run = [=] {
    if (workspace > 0) std::memset(scratch, 0xFF, workspace);
    walk->run();
  };
  const cudaError_t status = enqueue(
      stream,
      {.what = "cudnnBackendExecute", .touches = touches, .writes = walk->writes(), .run = run});
  return status == cudaSuccess ? CUDNN_STATUS_SUCCESS : CUDNN_STATUS_EXECUTION_FAILED;
}

}  // namespace aiops::fakes
