// SPDX-License-Identifier: Apache-2.0
#include "bench/device_operations.hpp"

#include "kernels/layer_norm.hpp"
#include "kernels/rms_norm.hpp"

#include <array>
#include <vector>

namespace aiops::bench {
namespace {

using kernels::device::Device;

// A workspace in memory of the GPU. What is there is what operators read; what they make comes back
// to the host's arrays.
class DeviceWorkspace {
 public:
  DeviceWorkspace(const std::shared_ptr<const Device>& device,
                  std::shared_ptr<const Workspace> here)
      : work(device),
        x(put(here->x)),
        dy(put(here->dy)),
        weight(put(here->weight)),
        bias(put(here->bias)),
        y(put(here->y)),
        dweight(put(here->dweight)),
        dbias(put(here->dbias)),
        mean(put(here->mean)),
        reciprocal(put(here->reciprocal)),
        here_(std::move(here)) {
    for (const Array& array : here_->others) others.push_back(put(array));
  }

  void fetch() {
    const Workspace& h = *here_;
    work.fetch(y, h.y.span());
    work.fetch(dweight, h.dweight.span());
    work.fetch(dbias, h.dbias.span());
    work.fetch(mean, h.mean.span());
    for (std::size_t i = 0; i < others.size(); ++i) work.fetch(others[i], h.others[i].span());
  }
  const OperatorShape& shape() const { return here_->shape; }

  template <typename Parameters>
  std::function<void()> prepare(const Parameters& parameters) {
    return work.prepare("aiops", parameters);
  }

  DeviceWork work;
  DeviceArray x, dy, weight, bias, y, dweight, dbias, mean, reciprocal;
  std::vector<DeviceArray> others;
  std::vector<DeviceArray> words;  // that one operator alone reads: targets, or factors

 private:
  DeviceArray put(const Array& array) { return work.put(array.span(), Type::fp32); }

  std::shared_ptr<const Workspace> here_;
};

using There = DeviceWorkspace;
using Queue = std::function<void()>;

Queue layer_norm(There& t) {
  return t.prepare(aiops_layer_norm_forward{.type = AIOPS_F32,
                                            .epsilon = kernels::LayerNorm().epsilon,
                                            .rows = t.shape().rows,
                                            .width = t.shape().width,
                                            .x = t.x.data(),
                                            .weight = t.weight.data(),
                                            .bias = t.bias.data(),
                                            .y = t.y.data(),
                                            .mean = t.mean.floats(),
                                            .reciprocal = t.reciprocal.floats()});
}

Queue layer_norm_gradient(There& t) {
  return t.prepare(aiops_layer_norm_backward{.type = AIOPS_F32,
                                             .epsilon = kernels::LayerNorm().epsilon,
                                             .rows = t.shape().rows,
                                             .width = t.shape().width,
                                             .x = t.x.data(),
                                             .weight = t.weight.data(),
                                             .mean = t.mean.floats(),
                                             .reciprocal = t.reciprocal.floats(),
                                             .y_gradient = t.dy.data(),
                                             .x_gradient = t.y.data(),
                                             .weight_gradient = t.dweight.floats(),
                                             .bias_gradient = t.dbias.floats()});
}

Queue rms_norm(There& t) {
  return t.prepare(aiops_rms_norm_forward{.type = AIOPS_F32,
                                          .epsilon = kernels::RmsNorm().epsilon,
                                          .rows = t.shape().rows,
                                          .width = t.shape().width,
                                          .x = t.x.data(),
                                          .weight = t.weight.data(),
                                          .y = t.y.data(),
                                          .reciprocal = t.reciprocal.floats()});
}

Queue rms_norm_gradient(There& t) {
  return t.prepare(aiops_rms_norm_backward{.type = AIOPS_F32,
                                           .epsilon = kernels::RmsNorm().epsilon,
                                           .rows = t.shape().rows,
                                           .width = t.shape().width,
                                           .x = t.x.data(),
                                           .weight = t.weight.data(),
                                           .reciprocal = t.reciprocal.floats(),
                                           .y_gradient = t.dy.data(),
                                           .x_gradient = t.y.data(),
                                           .weight_gradient = t.dweight.floats()});
}

Queue gelu(There& t) {
  return t.prepare(aiops_gelu_forward{
      .type = AIOPS_F32, .count = t.shape().count(), .x = t.x.data(), .out = t.y.data()});
}

Queue gelu_gradient(There& t) {
  return t.prepare(aiops_gelu_backward{.type = AIOPS_F32,
                                       .count = t.shape().count(),
                                       .x = t.x.data(),
                                       .out_gradient = t.dy.data(),
                                       .x_gradient = t.y.data()});
}

Queue swiglu(There& t) {
  return t.prepare(aiops_swiglu_forward{.type = AIOPS_F32,
                                        .rows = t.shape().rows,
                                        .width = t.shape().width,
                                        .gate_up = t.x.data(),
                                        .out = t.y.data()});
}

Queue swiglu_gradient(There& t) {
  return t.prepare(aiops_swiglu_backward{.type = AIOPS_F32,
                                         .rows = t.shape().rows,
                                         .width = t.shape().width,
                                         .gate_up = t.x.data(),
                                         .out_gradient = t.dy.data(),
                                         .gate_up_gradient = t.y.data()});
}

Queue turn(There& t, std::int32_t backward) {
  const kernels::Rope shape = rope_of(t.shape());
  return t.prepare(aiops_rope{.type = AIOPS_F32,
                              .backward = backward,
                              .rows = shape.rows,
                              .length = shape.length,
                              .heads = shape.heads,
                              .head_dim = shape.head_dim,
                              .stride = shape.stride,
                              .first = shape.first,
                              .positions = nullptr,
                              .cosine = t.others[0].floats(),
                              .sine = t.others[1].floats(),
                              .x = t.y.data()});
}

Queue rope(There& t) { return turn(t, 0); }
Queue rope_back(There& t) { return turn(t, 1); }

Queue residual(There& t) {
  return t.prepare(aiops_residual{
      .type = AIOPS_F32, .count = t.shape().count(), .branch = t.x.data(), .stream = t.y.data()});
}

const std::int32_t* put_targets(There& t) {
  return t.words.emplace_back(t.work.put(targets_of(t.shape()))).as<std::int32_t>();
}

Queue cross_entropy(There& t) {
  return t.prepare(aiops_cross_entropy_forward{.type = AIOPS_F32,
                                               .rows = t.shape().rows,
                                               .vocab = t.shape().width,
                                               .logits = t.x.data(),
                                               .targets = put_targets(t),
                                               .losses = t.mean.floats()});
}

Queue cross_entropy_gradient(There& t) {
  return t.prepare(aiops_cross_entropy_backward{.type = AIOPS_F32,
                                                .scale = 1,
                                                .rows = t.shape().rows,
                                                .vocab = t.shape().width,
                                                .logits = t.y.data(),
                                                .targets = put_targets(t),
                                                .losses = t.mean.floats()});
}

Queue adamw(There& t) {
  const kernels::AdamWFactors f = adamw_factors(kAdamW, 1);
  const std::array words{f.gradient, f.beta1, f.rest1, f.beta2,       f.rest2,
                         f.epsilon,  f.keep,  f.rate,  f.v_correction};
  static_assert(sizeof words == sizeof(aiops_adamw_factors));
  const DeviceArray& factors = t.words.emplace_back(t.work.put(words, Type::fp32));
  return t.prepare(aiops_adamw{.count = t.shape().count(),
                               .factors = factors.as<aiops_adamw_factors>(),
                               .gradient = t.dy.floats(),
                               .gradient_scale = nullptr,
                               .value = t.y.floats(),
                               .m = t.others[0].floats(),
                               .v = t.others[1].floats(),
                               .copy = nullptr});
}

struct DeviceKind {
  const char *name, *pass;
  Queue (*prepare)(There&);
};
constexpr DeviceKind kKinds[] = {{"layer_norm", "forward", layer_norm},
                                 {"layer_norm", "backward", layer_norm_gradient},
                                 {"rms_norm", "forward", rms_norm},
                                 {"rms_norm", "backward", rms_norm_gradient},
                                 {"gelu", "forward", gelu},
                                 {"gelu", "backward", gelu_gradient},
                                 {"swiglu", "forward", swiglu},
                                 {"swiglu", "backward", swiglu_gradient},
                                 {"rope", "forward", rope},
                                 {"rope", "backward", rope_back},
                                 {"residual", "forward", residual},
                                 {"cross_entropy", "forward", cross_entropy},
                                 {"cross_entropy", "backward", cross_entropy_gradient},
                                 {"adamw", "forward", adamw}};

const DeviceKind& device_kind(const OperationKind& kind) {
  const auto* found = std::ranges::find_if(kKinds, [&](const DeviceKind& each) {
    return each.name == kind.name && each.pass == kind.pass;
  });
  if (found == std::end(kKinds))
    throw Error(ExitCode::failed, "nothing moves " + kind.name + " " + kind.pass + " to a GPU");
  return *found;
}

}  // namespace

void move_to(const std::shared_ptr<const Device>& device, const OperationKind& kind,
             Operation& operation) {
  const auto there = std::make_shared<DeviceWorkspace>(device, operation.arrays);
  operation.run = [there, queue = device_kind(kind).prepare(*there)](ThreadPool&) { queue(); };
  operation.finish = [there] { there->work.wait(); };
  operation.fetch = [there] { there->fetch(); };
}

DeviceMemoryProbe::DeviceMemoryProbe(const std::shared_ptr<const Device>& device,
                                     std::int64_t bytes)
    : device_(device),
      from_(*device_, static_cast<std::uint64_t>((bytes + 7) / 8 * 4)),
      to_(*device_, from_.size()),
      stream_(*device_) {
  stream_.fill(from_.data(), 0, from_.size());
}

void DeviceMemoryProbe::queue() { stream_.copy(to_.data(), from_.data(), from_.size()); }

}  // namespace aiops::bench
