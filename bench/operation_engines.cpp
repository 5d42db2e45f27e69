// SPDX-License-Identifier: Apache-2.0
// Where oneDNN has no operator that does the same, what comes nearest is measured, and the record
// says of what it is composed: softmax and a loop over the targets for the loss.
#include "bench/operation_engines.hpp"

#include "bench/device_operations.hpp"
#include "kernels/layer_norm.hpp"

#include <algorithm>
#include <cmath>

namespace aiops::bench {
namespace {

// What a piece of the library is called in a record, and what does it.
struct Composed {
  std::function<void()> run;
  Json parts;
};

Composed single(const char* name, DnnWork work) {
  return {std::move(work.run), {{name, work.implementation}}};
}

DnnTensor rows_of(const Workspace& a, const Array& array) {
  return {array.data(), {a.shape.rows, a.shape.width}};
}

DnnTensor all_of(const Array& array) {
  return {array.data(), {static_cast<std::int64_t>(array.span().size())}};
}

DnnNorm norm_of(const Workspace& a, const Array& variance) {
  return {rows_of(a, a.x), all_of(a.weight), all_of(a.bias),
          all_of(a.mean),  all_of(variance), kernels::LayerNorm().epsilon};
}

using Arrays = std::shared_ptr<const Workspace>;

Composed layer_norm(const OneDnn& library, const Arrays& a) {
  return single("layer_normalization",
                library.layer_norm(norm_of(*a, a->reciprocal), rows_of(*a, a->y)));
}

Composed layer_norm_gradient(const OneDnn& library, const Arrays& a) {
  const auto variance = std::make_shared<const Array>(a->shape.rows);
  const double epsilon = kernels::LayerNorm().epsilon;
  std::ranges::transform(a->reciprocal.span(), variance->data(), [&](float reciprocal) {
    return static_cast<float>(1 / (static_cast<double>(reciprocal) * reciprocal) - epsilon);
  });
  DnnWork work = library.layer_norm_gradient(
      norm_of(*a, *variance),
      {rows_of(*a, a->dy), rows_of(*a, a->y), all_of(a->dweight), all_of(a->dbias)});
  Composed composed = single("layer_normalization", work);
  composed.run = [variance, run = work.run] { run(); };
  composed.parts["gradients"] = "overwritten, where aiops adds to them";
  return composed;
}

Composed gelu(const OneDnn& library, const Arrays& a) {
  return single("eltwise_gelu_tanh", library.gelu(all_of(a->x), all_of(a->y)));
}

Composed gelu_gradient(const OneDnn& library, const Arrays& a) {
  return single("eltwise_gelu_tanh",
                library.gelu_gradient(all_of(a->x), all_of(a->dy), all_of(a->y)));
}

Composed residual(const OneDnn& library, const Arrays& a) {
  return single("binary_add", library.sum(all_of(a->y), all_of(a->x), all_of(a->y)));
}

Composed cross_entropy(const OneDnn& library, const Arrays& a) {
  Composed composed = single("logsoftmax", library.softmax(OneDnn::Softmax::logarithm,
                                                           rows_of(*a, a->x), rows_of(*a, a->y)));
  composed.run = [a, softmax = composed.run, targets = targets_of(a->shape)] {
    softmax();
    const float* row = a->y.data();
    for (std::size_t i = 0; i < targets.size(); ++i, row += a->shape.width)
      a->mean.data()[i] = -row[targets[i]];
  };
  composed.parts["composed"] = "and a loop over the targets";
  return composed;
}

Composed cross_entropy_gradient(const OneDnn& library, const Arrays& a) {
  Composed composed = single(
      "softmax", library.softmax(OneDnn::Softmax::plain, rows_of(*a, a->y), rows_of(*a, a->y)));
  composed.run = [a, softmax = composed.run, targets = targets_of(a->shape)] {
    softmax();
    float* row = a->y.data();
    for (std::size_t i = 0; i < targets.size(); ++i, row += a->shape.width) {
      a->mean.data()[i] = -std::log(row[targets[i]]);
      row[targets[i]] -= 1;
    }
  };
  composed.parts["composed"] = "and a loop over the targets";
  return composed;
}

struct LibraryKind {
  const char *name, *pass;
  Composed (*make)(const OneDnn&, const Arrays&);
};
constexpr LibraryKind kLibraryKinds[] = {{"layer_norm", "forward", layer_norm},
                                         {"layer_norm", "backward", layer_norm_gradient},
                                         {"gelu", "forward", gelu},
                                         {"gelu", "backward", gelu_gradient},
                                         {"residual", "forward", residual},
                                         {"cross_entropy", "forward", cross_entropy},
                                         {"cross_entropy", "backward", cross_entropy_gradient}};

const LibraryKind* find(const OperationKind& kind) {
  const auto* found = std::ranges::find_if(kLibraryKinds, [&](const LibraryKind& each) {
    return each.name == kind.name && each.pass == kind.pass;
  });
  return found == std::end(kLibraryKinds) ? nullptr : found;
}

}  // namespace

std::vector<std::string> operator_engines(Hardware hardware) {
  if (hardware == Hardware::gpu) return {"aiops"};
  return {"aiops", "onednn"};
}

bool engine_has(const std::string& engine, const OperationKind& kind) {
  return engine == "aiops" || find(kind) != nullptr;
}

OperatorEngine::OperatorEngine(const std::string& name, std::size_t threads) {
  if (name == "onednn") library_ = std::make_shared<const OneDnn>(threads);
}

OperatorEngine::OperatorEngine(std::shared_ptr<const BenchGpu> gpu)
    : gpu_(std::move(gpu)), device_(gpu_->open()) {}

Json OperatorEngine::adopt(const OperationKind& kind, Operation& operation) const {
  if (gpu_) {
    move_to(device_, kind, operation);
    return gpu_->own_kernels();
  }
  if (!library_)
    return {{"name", "aiops"}, {"version", nullptr}, {"backend", "cpu"}, {"flags", Json::object()}};
  library_->start_threads();
  Composed composed = find(kind)->make(*library_, operation.arrays);
  operation.run = [run = std::move(composed.run)](ThreadPool&) { run(); };
  return onednn_engine(*library_, std::move(composed.parts));
}

std::function<void()> OperatorEngine::before() const {
  if (!library_) return {};
  return [library = library_] { library->start_threads(); };
}

std::function<void()> OperatorEngine::after() const {
  if (!library_) return {};
  return [library = library_] { library->end_threads(); };
}

}  // namespace aiops::bench
