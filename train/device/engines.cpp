// SPDX-License-Identifier: Apache-2.0
#include "train/device/engines.hpp"

#include "train/model/tensors.hpp"

namespace aiops::train {
namespace {

namespace device = kernels::device;

aiops_attention_shape attention_of(const ModelConfig& model, const TrainConfig& config) {
  const Widths width(model);
  return {.sequences = config.rows,
          .queries = config.length,
          .keys = config.length,
          .heads = model.num_attention_heads,
          .kv_heads = model.num_key_value_heads,
          .head_dim = model.head_dim,
          .q_stride = width.qkv,
          .kv_stride = width.qkv,
          .starts = nullptr};
}

template <typename Parameters>
EngineAnswer ask(const device::Plugin& plugin, const char* name, const Parameters& parameters,
                 const device::GpuModel& gpu) {
  EngineAnswer answer{.name = name, .library = {}, .engine = {}, .remark = {}};
  const aiops_cuda_options options = plugin.options();
  aiops_engine engine{};
  aiops_fault fault{};
  const std::int32_t code =
      plugin.api().find_engine(&options, gpu.description.c_str(),
                               device::OperatorOf<Parameters>::name, &parameters, &engine, &fault);
  answer.library = engine.library;
  if (code != AIOPS_OK) {
    answer.remark = fault.message;
    return answer;
  }
  answer.engine = engine.name;
  answer.offered = engine.offered;
  answer.deterministic = engine.deterministic != 0;
  answer.workspace = engine.workspace;
  answer.remark = engine.remark;
  return answer;
}

}  // namespace

std::vector<EngineAnswer> find_engines(const device::Plugin& plugin, const ModelConfig& model,
                                       const TrainConfig& config, const device::GpuModel& gpu) {
  const aiops_attention_shape shape = attention_of(model, config);
  const std::int32_t type = config.compute.precision == Precision::bf16 ? AIOPS_BF16 : AIOPS_F32;
  aiops_attention_forward forward{};
  forward.type = type;
  forward.shape = shape;
  aiops_attention_backward backward{};
  backward.type = type;
  backward.shape = shape;
  return {ask(plugin, "attention forward", forward, gpu),
          ask(plugin, "attention backward", backward, gpu)};
}

}  // namespace aiops::train
