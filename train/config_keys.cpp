// SPDX-License-Identifier: Apache-2.0
#include "train/config.hpp"

#include <array>

namespace aiops::train {

std::span<const ConfigKey> config_keys() {
  static constexpr std::array keys{
      ConfigKey{"data.path", "",
                "file or directory of text, or a list of them: plain, .jsonl, compressed"},
      ConfigKey{"data.field", "text", "member of a .jsonl line that holds the text"},
      ConfigKey{"data.separator", "", "line that ends a document in a text file, such as %"},
      ConfigKey{"data.validation", "0.01", "share of the data kept for the validation loss"},
      ConfigKey{"tokenizer.vocab_size", "4096", "size of the vocabulary to learn from the data"},
      ConfigKey{"tokenizer.file", "", "a tokenizer.json to use instead of learning one"},
      ConfigKey{"tokenizer.end", "<|endoftext|>", "special token between documents"},
      ConfigKey{"model.base", "", "model to fine-tune: a directory, or a reference of the store"},
      ConfigKey{"model.family", "llama", "llama, mistral, qwen2, qwen3 or gpt2"},
      ConfigKey{"model.hidden_size", "256", "width of the model"},
      ConfigKey{"model.layers", "4", "number of layers"},
      ConfigKey{"model.heads", "4", "attention heads"},
      ConfigKey{"model.kv_heads", "heads", "key and value heads; fewer than heads share them"},
      ConfigKey{"model.head_dim", "hidden_size / heads", "size of a head; not for gpt2"},
      ConfigKey{"model.ffn", "8/3 of hidden_size; gpt2: 4", "width of the feed-forward layer"},
      ConfigKey{"model.context", "256", "tokens that the model can see"},
      ConfigKey{"model.tied", "true", "use the embedding as the output layer too"},
      ConfigKey{"model.rope_theta", "10000", "base of the rotary positions; not for gpt2"},
      ConfigKey{"model.norm_eps", "1e-05", "added to the variance in norms"},
      ConfigKey{"optimiser.name", "adamw",
                "adamw, muon (for the layers' matrices; AdamW for the rest) or sgd"},
      ConfigKey{"optimiser.lr", "0.001; sgd: 0.1", "highest learning rate"},
      ConfigKey{"optimiser.matrix_lr", "0.02", "that of muon's matrices"},
      ConfigKey{"optimiser.momentum", "muon: 0.95; sgd: 0.9", "of the running gradient"},
      ConfigKey{"optimiser.betas", "[0.9, 0.95]", "decay of AdamW's two moments"},
      ConfigKey{"optimiser.epsilon", "1e-08", "added to the root of the second moment"},
      ConfigKey{"optimiser.weight_decay", "0.1", "on matrices, not on norms"},
      ConfigKey{"optimiser.clip", "1", "limit of the gradient's global norm; 0 for none"},
      ConfigKey{"schedule.decay", "cosine",
                "cosine, linear, constant or wsd (constant, then down at the end)"},
      ConfigKey{"schedule.warmup", "100, at most steps/10",
                "steps until the learning rate is at its highest"},
      ConfigKey{"schedule.decay_share", "0.2", "last part of the steps, that wsd decays in"},
      ConfigKey{"schedule.floor", "0.1", "where the decay ends, as a share of the highest"},
      ConfigKey{"batch.rows", "8", "sequences computed at once"},
      ConfigKey{"batch.length", "model.context",
                "tokens in each; with model.base at most 512 unless said"},
      ConfigKey{"batch.accumulate", "1", "such batches in a step"},
      ConfigKey{"steps", "", "how many steps to train; this or minutes is needed"},
      ConfigKey{"minutes", "",
                "about how long to train; fixed as steps by timing a few at the start"},
      ConfigKey{"seed", "0", "of the first weights, the split and the order of the data"},
      ConfigKey{"checkpoint.every", "500", "steps between checkpoints; 0: only the last"},
      ConfigKey{"checkpoint.keep", "2", "how many of the newest checkpoints stay"},
      ConfigKey{"checkpoint.milestones", "0", "multiples of so many steps stay, too; 0: none"},
      ConfigKey{"checkpoint.shard", "512MiB", "most bytes of tensors in a file"},
      ConfigKey{"checkpoint.background", "true",
                "write while the training goes on, from a copy in memory"},
      ConfigKey{"eval.every", "250", "steps between validation losses; 0: only the last"},
      ConfigKey{"eval.batches", "8", "batches of validation data in each"},
      ConfigKey{"card.name", "out's name", "the model's name on its card"},
      ConfigKey{"card.licence", "other", "SPDX identifier for the model card"},
      ConfigKey{"card.language", "", "language code for the model card, such as en"},
      ConfigKey{"card.description", "", "a sentence for the model card"},
      ConfigKey{"out", "run", "directory for checkpoints, metrics and the model; also --out"},
  };
  return keys;
}

}  // namespace aiops::train
