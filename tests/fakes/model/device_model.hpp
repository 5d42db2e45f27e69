// SPDX-License-Identifier: Apache-2.0
// A decoder that is trained on a device, through the plug-in's interface and nothing else: whether
// the operators fit together. The engine's own plans say where parameters and activations lie, the
// passes are those of train/model/{forward,backward}.cpp in the operators of the device.
//
// Parameters, their gradients and AdamW's state are fp32; with a type of bf16, products and
// everything between them read a rounded copy of the parameters and keep activations in bf16.
#pragma once

#include "kernels/adamw.hpp"
#include "kernels/device/checks/workbench.hpp"
#include "tests/fakes/model/device_queue.hpp"
#include "train/model/family.hpp"
#include "train/model/model.hpp"
#include "train/model/tensors.hpp"

#include <optional>
#include <vector>

namespace aiops::fakes {

using device::Type;

class DeviceModel {
 public:
  // With the parameters of `from`, for batches of rows × length tokens.
  DeviceModel(const device::Device& gpu, train::Model& from, std::int64_t rows, std::int64_t length,
              Type type);

  // One step of AdamW along the gradient of (sum of losses) · scale, clipped to max_norm where that
  // is above 0. The sum of the losses.
  double step(const train::Batch& batch, std::int64_t number, kernels::AdamWConstants constants,
              float scale, float max_norm);
  // The parameters, one behind the other.
  std::vector<float> values();

 private:
  struct Occurring {
    std::int64_t count;
    const std::int32_t *tokens, *starts, *places;
  };
  // What one step is about, on the device.
  struct Staged {
    const std::int32_t *ids, *targets, *counted;
    Occurring tokens, positions;
    const aiops_adamw_factors *decaying, *plain;
    float scale, max_norm;
  };

  void lay_out();
  void put_parameters(train::Model& from);
  void put_rope_table();
  Staged stage(const train::Batch& batch, std::int64_t number, kernels::AdamWConstants constants);
  Occurring stage_occurrences(std::span<const std::int32_t> tokens);
  void queue_step(const Staged& staged);
  void update(const Staged& staged);

  // device_passes.cpp.
  void forward(const Staged& staged);
  void head(const Staged& staged);
  void backward(const Staged& staged);
  void forward_layer(std::size_t layer);
  void mlp_gradient(std::size_t layer);
  void attention_gradient(std::size_t layer);
  void embed(const std::int32_t* ids, std::int64_t vocab, const float* table, void* out);
  void embed_backward(const Occurring& occurring, float* to);
  void project(std::int64_t in, std::int64_t out, const void* x, const train::Affine& weights,
               void* y);
  void project_backward(std::int64_t in, std::int64_t out, const void* y_gradient, const void* x,
                        const train::Affine& weights, const train::Affine& to, void* x_gradient);
  void norm(const void* x, const train::Affine& weights, void* y, const train::NormTape& tape);
  void norm_backward(const void* x, const train::Affine& weights, const train::NormTape& tape,
                     const train::Affine& to);
  void add(const void* branch, void* stream);
  void head_norm(const train::Affine& weights, std::int64_t heads, void* x, void* input,
                 float* reciprocal);
  void head_norm_backward(const train::Affine& weights, const train::Affine& to, std::int64_t heads,
                          void* gradient, const void* input, const float* reciprocal);
  void turn(std::int32_t backward, void* x);
  aiops_attention_shape attention() const;

  std::int64_t tokens() const { return plan_.rows * plan_.length; }
  std::int32_t type() const { return static_cast<std::int32_t>(type_); }
  // The parameter as products read it.
  const void* weight(const float* value) const;
  // `count` elements of the activations' type behind one.
  void* behind(void* activations, std::int64_t count) const;

  const device::Device& gpu_;
  DeviceQueue queue_;
  Type type_;
  train::ModelConfig config_;
  const train::FamilyDescription& family_;
  train::Widths width_;
  train::Tensors values_, gradients_;
  std::vector<train::Parameter> parameters_;  // with pointers into device memory
  train::Plan plan_;
  std::uint64_t floats_ = 0;  // of all parameters, with the gaps between them

  std::optional<device::Memory> value_memory_, copy_memory_, gradient_memory_, m_, v_;
  std::optional<device::Memory> activation_memory_, rope_memory_, results_, losses_;
  float *cosine_ = nullptr, *sine_ = nullptr;
  Staging staging_;
};

}  // namespace aiops::fakes
