// SPDX-License-Identifier: Apache-2.0
// train.yaml. Paths in it are relative to the current directory.
#pragma once

#include "base/json.hpp"
#include "train/data/corpus.hpp"
#include "train/device/all_reduce.hpp"
#include "train/model/model.hpp"
#include "train/optimiser/optimiser.hpp"
#include "train/optimiser/schedule.hpp"
#include "train/task.hpp"
#include "train/tokenizer/splitter.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aiops::train {

struct TrainConfig {
  CorpusOptions data;
  TaskKind task = TaskKind::language;
  Packing packing = Packing::stream;
  ChatOptions chat;
  LabelOptions labels;
  double validation = 0.01;  // of the windows

  std::filesystem::path tokenizer_file;  // empty: learn one
  std::int64_t vocab_size = 4096;
  Splitter splitter = Splitter::gpt2;
  std::string end_token = "<|endoftext|>";  // between documents

  LoraOptions lora;               // rank 0: all weights are trained
  std::optional<double> dropout;  // as lora.dropout says it; else none, or that of `adapter`
  bool merge = false;             // the adapters into OUT/model
  std::string base;               // a model to start from: DIR or reference; empty: from scratch
  std::string adapter;  // adapters over it to go on with, which say what else `lora` holds
  ModelConfig model;    // of a base model known only when it is read; vocab_size is known only once
                        // there is a tokenizer
  ModelOptions compute;
  std::string device = "cpu";  // what computes, as DeviceChoice::word() says it
  bool deterministic = true;   // on a GPU: the same bits each time
  AllReduce all_reduce = AllReduce::automatic;

  OptimiserOptions optimiser;
  double clip = 1;        // of the global gradient norm; 0: none
  double skip_above = 0;  // deviations of loss or gradient that skip a step; 0: none do

  Decay decay = Decay::cosine;
  double decay_share = 0.2;  // of the steps, for Decay::wsd
  std::int64_t warmup = -1;  // steps; -1: see warmup_steps()
  double floor = 0.1;        // of the learning rate, where the decay ends

  std::int64_t rows = 8;
  std::int64_t length = 0;  // tokens in a row; 0: the model's context
  std::int64_t accumulate = 1;
  std::int64_t ranks = 1;  // processes that share a step; no key: how a run is started says it

  // One of these is given; the others become steps when the data is known, or by calibration.
  std::int64_t steps = 0;
  double minutes = 0;
  double epochs = 0;
  std::int64_t max_tokens = 0;
  std::uint64_t seed = 0;

  std::int64_t checkpoint_every = 500;  // steps; 0: only at the end and when stopped
  std::int64_t checkpoint_keep = 2;
  std::int64_t checkpoint_milestones = 0;  // multiples of it stay, too; 0: none
  std::uint64_t checkpoint_shard = 512u << 20;
  bool checkpoint_background = true;
  bool checkpoint_best = false;   // OUT/best: that of the lowest validation loss
  std::int64_t eval_every = 250;  // steps; 0: only at the end
  std::int64_t eval_batches = 8;
  std::int64_t patience = 0;      // evaluations without a better one that end the run; 0: none do
  std::int64_t sample_every = 0;  // steps; 0: only at the end, when there are prompts
  std::vector<std::string> sample_prompts;
  std::int64_t sample_tokens = 64;

  std::filesystem::path open_metrics;  // empty: none
  bool tensorboard = false;            // OUT/tensorboard

  std::string name, licence, language, description;  // for the model card
  std::filesystem::path out = "run";

  // As said, else 100 or a tenth of the steps, whichever is less.
  std::int64_t warmup_steps() const;
  Schedule schedule() const;
  std::int64_t rows_per_step() const { return rows * accumulate * ranks; }
  std::int64_t tokens_per_step() const { return rows_per_step() * length; }
  // The steps of a run over data of so many rows an epoch; 0 when `minutes` are to decide.
  std::int64_t steps_for(std::uint64_t epoch_rows) const;
  bool keeps_best() const { return checkpoint_best || patience > 0; }
  // As resolved, in the words of train.yaml: what the checkpoint records.
  OrderedJson to_json() const;
};

// Reads and checks a configuration; `overrides` are --set's KEY and VALUE. Throws Error{usage} with
// file, line and column.
using Overrides = std::vector<std::pair<std::string, std::string>>;
TrainConfig read_config(std::string_view file, std::string_view text, const Overrides& overrides);

// One key of train.yaml, for help texts. Keys without a fallback are needed or have none.
struct ConfigKey {
  std::string_view name;  // "model.layers"
  std::string_view fallback;
  std::string_view help;
};
std::span<const ConfigKey> config_keys();

}  // namespace aiops::train
