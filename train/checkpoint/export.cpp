// SPDX-License-Identifier: Apache-2.0
#include "train/checkpoint/export.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/output_file.hpp"
#include "train/checkpoint/export_directory.hpp"
#include "train/gguf/config.hpp"
#include "train/gguf/export.hpp"
#include "train/model/lora.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <vector>

namespace aiops::train {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kProbes = 24;
constexpr double kMerging = 1e-4;  // x (W + B A)^T is rounded otherwise than x W^T + x A^T B^T

// A text with what tokenizers split in their own ways.
constexpr std::string_view kSampleText =
    "It's 2024: Wörld,  naïve 漢字\n\n\tif (x != 42) { return \"👩‍💻\"; } <|endoftext|>";

// The head's outputs after each of some tokens that are spread over the vocabulary.
std::vector<float> probe(Model& model, const StopFlag& stop) {
  const ModelConfig& config = model.config();
  std::vector<float> logits;
  model.reset_cache();
  for (std::int64_t i = 0; i < std::min(kProbes, config.max_position_embeddings); ++i) {
    stop.check();
    const auto token = static_cast<std::int32_t>((i * 7919 + 13) % config.vocab_size);
    const auto row = model.forward_cached({&token, 1});
    logits.insert(logits.end(), row.begin(), row.end());
  }
  return logits;
}

// The figure of ExportResult; of a regression's numbers, no mean is taken off.
double relative_difference(std::span<const float> before, std::span<const float> after,
                           const ModelConfig& config) {
  const auto outputs = static_cast<std::size_t>(config.outputs());
  const double share = config.head.kind == HeadKind::regression ? 0 : 1.0;
  double difference = 0, spread = 0;
  std::vector<double> change(outputs);
  const auto mean_of = [&](const auto& values) {
    return share * std::accumulate(values.begin(), values.end(), 0.0) /
           static_cast<double>(outputs);
  };
  for (std::size_t row = 0; row < before.size(); row += outputs) {
    const auto was = before.subspan(row, outputs);
    for (std::size_t i = 0; i < outputs; ++i)
      change[i] = static_cast<double>(after[row + i]) - static_cast<double>(was[i]);
    const double mean = mean_of(was);
    const double shift = mean_of(change);
    for (std::size_t i = 0; i < outputs; ++i) {
      difference += (change[i] - shift) * (change[i] - shift);
      spread += (static_cast<double>(was[i]) - mean) * (static_cast<double>(was[i]) - mean);
    }
  }
  if (difference == 0) return 0;  // a model that says nothing has no spread
  return std::sqrt(difference / spread);
}

// Where it is written before it is proved; removed unless it is kept.
class Draft {
 public:
  Draft(const fs::path& named, ExportFormat format) : target_(replaceable_file(named)) {
    const std::string name = target_.filename().string();
    const std::string suffix = format == ExportFormat::gguf ? ".gguf" : "";
    path_ = target_.parent_path() / ("." + name + ".unproved" + suffix);
    remove();
  }
  ~Draft() { remove(); }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;

  const fs::path& path() const { return path_; }
  void keep() {
    std::error_code failure;
    fs::rename(path_, target_, failure);
    if (failure) throw system_error(target_.string(), failure.value());
    sync_directory(target_.has_parent_path() ? target_.parent_path() : ".");
  }

 private:
  void remove() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  fs::path target_, path_;
};

[[noreturn]] void refuse(const std::string& why) {
  throw verification_error(Reason::digest_mismatch,
                           "what was written is not the same model: " + why);
}

double rounded(double value) { return static_cast<double>(static_cast<float>(value)); }

// The configuration as far as every format keeps it: GGUF has fp32 numbers, two tokens that end a
// text, no initializer_range, one name for Llama and Mistral, and of Llama 3's stretched positions
// only what comes of them, which is compared by itself.
OrderedJson comparable(ModelConfig config) {
  config.initializer_range = 0;
  config.norm_eps = rounded(config.norm_eps);
  config.rope_theta = rounded(config.rope_theta);
  config.rope_scaling.factor = rounded(config.rope_scaling.factor);
  if (config.rope_scaling.kind == RopeScaling::Kind::llama3)
    config.rope_scaling = {.kind = RopeScaling::Kind::llama3};
  config.other_eos_token_ids.resize(std::min<std::size_t>(config.other_eos_token_ids.size(), 1));
  if (config.family == Family::mistral) config.family = Family::llama;
  return config.to_json();
}

void compare_words(const StoredModel& stored, const StoredModel& written) {
  if (comparable(stored.config()) != comparable(written.config()) ||
      rope_factors(stored.config()) != rope_factors(written.config()))
    refuse("its configuration");
  const auto before = stored.tokenizer();
  const auto after = written.tokenizer();
  if (before.encode(kSampleText) != after.encode(kSampleText) ||
      !std::ranges::equal(before.before(), after.before()))
    refuse("its tokens");
  if (stored.chat_template() != written.chat_template()) refuse("its chat template");
}

std::uint64_t size_of(const fs::path& path) {
  if (fs::is_regular_file(path)) return fs::file_size(path);
  std::uint64_t bytes = 0;
  for (const auto& entry : fs::directory_iterator(path)) bytes += entry.file_size();
  return bytes;
}

void write(const StoredModel& stored, const fs::path& path, Model& model,
           const ExportOptions& options, ThreadPool& threads, Status& status,
           const StopFlag& stop) {
  if (options.format == ExportFormat::gguf) {
    const GgufLabels labels{fs::path(stored.name()).filename().string(), stored.chat_template()};
    write_gguf(path, model, stored.tokenizer(), labels, options.dtype, threads, status, stop);
  } else {
    make_directories(path);
    write_export_directory(path, model, stored, options, status, stop);
  }
}

}  // namespace

double export_tolerance(ExportDtype dtype) {
  switch (dtype) {
    case ExportDtype::f16:
      return 0.01;
    case ExportDtype::bf16:
      return 0.05;
    case ExportDtype::q8_0:
      return 0.1;
    default:
      return 0;
  }
}

ExportResult export_model(const StoredModel& stored, const ExportOptions& options,
                          ThreadPool& threads, Status& status, const StopFlag& stop) {
  std::error_code ignored;
  if (fs::is_directory(options.out, ignored))
    throw Error(ExitCode::usage, options.out.string() + ": is a directory that is there already",
                "remove it, or choose another --out");
  if (options.format == ExportFormat::gguf && !stored.config().head.is_language())
    throw Error(ExitCode::usage,
                stored.name() + ": predicts labels, and a GGUF file has no place for their names",
                "--format hf --out DIR");
  Draft draft(options.out, options.format);
  // One model at a time, so that a model that can be read can be exported.
  auto model =
      std::make_optional<Model>(stored.config(), threads, ModelOptions{.lora = stored.lora()});
  stored.load(*model, threads);
  const auto before = probe(*model, stop);  // beside the base, as the adapters were trained
  model->merge_adapters();
  write(stored, draft.path(), *model, options, threads, status, stop);
  const auto written = StoredModel::open(options.format == ExportFormat::gguf
                                             ? ModelFiles::of_file(draft.path())
                                             : ModelFiles::in_directory(draft.path()));
  compare_words(stored, written);
  model.reset();
  model.emplace(written.config(), threads);
  written.load(*model, threads);
  const ExportResult result{
      size_of(draft.path()), relative_difference(before, probe(*model, stop), stored.config()),
      std::max(export_tolerance(options.dtype), stored.lora().rank > 0 ? kMerging : 0)};
  if (!(result.difference <= result.tolerance))
    refuse(fmt::format("its logits differ by {:.2g} of their spread, {:.2g} is allowed",
                       result.difference, result.tolerance));
  draft.keep();
  return result;
}

}  // namespace aiops::train
