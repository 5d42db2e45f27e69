// SPDX-License-Identifier: Apache-2.0
#include "train/plan.hpp"

#include "kernels/device/device.hpp"
#include "train/available_memory.hpp"
#include "train/device/plan.hpp"

namespace aiops::train {

double flop_per_step(const ModelConfig& model, const TrainConfig& config) {
  // The embedding is looked up, not multiplied; as the output layer, tied or not, it is.
  const auto table = static_cast<double>(model.vocab_size * model.hidden_size);
  const double looked_up = model.ties_head() ? 0 : table;
  const double matrices = static_cast<double>(model.parameter_count()) - looked_up;
  // Scores and their product with the values: 2 · 2 operations per pair forward, twice that
  // backward; half of the pairs are masked.
  const double attention = 6.0 * static_cast<double>(model.num_hidden_layers) *
                           static_cast<double>(model.num_attention_heads * model.head_dim) *
                           static_cast<double>(config.length);
  // Of frozen matrices no gradient is computed: a third of the work less.
  const double per_matrix = config.lora.rank > 0 ? 4 : 6;
  return (per_matrix * matrices + attention) * static_cast<double>(config.tokens_per_step());
}

TrainPlan plan_training(const TrainOptions& options, ThreadPool& threads, Status& status,
                        const StopFlag& stop, Collective& ranks) {
  Preparation preparation = prepare_together(options, threads, status, stop, ranks);
  TrainPlan plan;
  plan.parameters = preparation.model.parameter_count();
  const TrainConfig settled = preparation.with_steps();
  plan.memory = host_memory_need(preparation.model, settled);
  plan.memory.program = resident_memory().value_or(0);
  plan.checkpoint_bytes = plan.memory.checkpoint;
  plan.tokens_per_step = static_cast<std::uint64_t>(preparation.config.tokens_per_step());
  plan.flop_per_step = flop_per_step(preparation.model, preparation.config);

  plan.ranks_here = ranks.here();
  require_memory(preparation.model, settled, ranks);
  if (settled.compute.device) {
    plan.gpu_bytes = device_memory(preparation.model, settled).total();
    plan.gpu_free = settled.compute.device->memory().free;
  }
  require_device(preparation.model, settled);
  Trainer trainer(std::move(preparation), threads, status, stop, ranks);
  plan.gradients = trainer.gradient_sum().how();
  plan.is_by_nccl = trainer.gradient_sum().is_by_nccl();
  plan.step_seconds = trainer.calibrate();
  trainer.part();
  const TrainConfig& config = trainer.preparation().config;
  plan.steps = config.steps_for(trainer.preparation().batches->training());
  if (plan.steps == 0)
    plan.steps = static_cast<std::int64_t>(config.minutes * 60 / plan.step_seconds) + 1;
  plan.epochs = static_cast<double>(plan.steps * config.rows_per_step()) /
                static_cast<double>(trainer.preparation().batches->training());
  return plan;
}

}  // namespace aiops::train
