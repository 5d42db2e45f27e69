// SPDX-License-Identifier: Apache-2.0
#include "train/checkpoint/saver.hpp"

#include "base/encoding.hpp"
#include "base/time.hpp"
#include "kernels/backend.hpp"
#include "train/checkpoint/run_directory.hpp"
#include "train/model/adapter_directory.hpp"
#include "train/model/card.hpp"
#include "train/model/directory.hpp"
#include "train/model/lora.hpp"

#include <fmt/format.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace aiops::train {
namespace {

namespace fs = std::filesystem;

// On Linux a nice value belongs to a thread. Not the lowest one: the next save waits for this.
constexpr int kNice = 10;

void lower_priority() { ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kNice); }

// RFC 9562 §5.4
std::string random_id() {
  std::array<unsigned char, 16> bytes{};
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
    throw system_error("getrandom", errno);
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0F) | 0x40);
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3F) | 0x80);
  std::string text = to_hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  for (const std::size_t at : {20, 16, 12, 8}) text.insert(at, 1, '-');
  return text;
}

// Points the tensors to where `layout` puts them.
void move_tensors(std::vector<NamedTensor>& tensors, kernels::Layout& layout) {
  for (NamedTensor& tensor : tensors)
    tensor.values = {layout.take(static_cast<std::int64_t>(tensor.values.size())),
                     tensor.values.size()};
}

std::uint64_t arena_size(const CheckpointContent& content) {
  kernels::Layout measured;
  for (const auto* tensors : {&content.weights, &content.optimiser})
    for (const NamedTensor& tensor : *tensors)
      measured.take(static_cast<std::int64_t>(tensor.values.size()));
  return measured.used();
}

}  // namespace

Saver::Saver(const TrainConfig& config, const Tokenizer& tokenizer, pack::DigestMemory& digests,
             ThreadPool& threads, Status& status, const StopFlag& stop)
    : config_(config),
      tokenizer_(tokenizer),
      digests_(digests),
      threads_(threads),
      status_(status),
      space_(config.out, status, stop) {
  run_.invocation = random_id();
  run_.started = rfc3339_now();
  run_.threads = threads.size();
}

Saver::~Saver() = default;  // the future's destructor waits

void Saver::resumed(std::int64_t step, fs::path checkpoint) { finish(step, std::move(checkpoint)); }

void Saver::finish(std::int64_t step, fs::path checkpoint) {
  run_.parent = Parent{root_of(read_manifest(checkpoint), Scope::checkpoint), step};
  saved_step_ = step;
  checkpoint_ = std::move(checkpoint);
}

std::uint64_t Saver::copy_bytes(const TrainConfig& config, std::uint64_t tensor_bytes) {
  // The one of the last step is written at once; how many steps there are, `minutes` leave open.
  const bool is_due =
      config.checkpoint_every > 0 && (config.steps == 0 || config.checkpoint_every < config.steps);
  const bool is_likely = is_due || config.keeps_best();
  return config.checkpoint_background && is_likely ? tensor_bytes : 0;
}

void Saver::report(const Error& error, std::int64_t step, Must must) const {
  const std::string kept =
      saved_step_ < 0 ? "" : "; the checkpoint of step " + std::to_string(saved_step_) + " stays";
  if (must == Must::yes) throw Error(error.code, error.message + kept, error.mend);
  // Training is worth more than this checkpoint: the next one may fit.
  status_.warn(fmt::format("no checkpoint at step {}: {}{}", step, error.message, kept));
}

CheckpointContent Saver::content_of(const TrainerState& state, Model& model, Optimiser& optimiser) {
  if (tokenizer_json_.empty()) tokenizer_json_ = tokenizer_.to_json();
  CheckpointContent content;
  content.step = state.step;
  content.texts =
      model_texts(model.config(), tokenizer_, tokenizer_json_,
                  model_card(config_, model.config(), state), config_.chat.template_text);
  if (Lora* lora = model.lora()) {  // adapters are no model: their base says what it is
    content.stem = kAdapterWeights;
    const ModelHead& head = model.config().head;
    content.texts.emplace_back(kAdapterConfig,
                               adapter_config(lora->options(), model.config(), config_.base));
    if (head.is_language()) content.texts.erase(content.texts.begin());  // config.json, of labels
  }
  content.texts.emplace_back(kStatePath, state.to_text());
  content.weights = tensors_of(model);
  content.optimiser = optimiser.state();
  content.shard = config_.checkpoint_shard;
  content.digests = &digests_;
  content.provenance = [state, run = run_](const CheckpointManifest& files) mutable {
    run.finished = rfc3339_now();
    return make_provenance(state, run, files);
  };
  return content;
}

void Saver::copy_tensors(CheckpointContent& content) {
  const std::uint64_t size = arena_size(content);
  if (copy_.size() < size) copy_ = kernels::Arena(size);
  std::vector<NamedTensor> from = content.weights;
  from.insert(from.end(), content.optimiser.begin(), content.optimiser.end());
  kernels::Layout layout(copy_.data());
  move_tensors(content.weights, layout);
  move_tensors(content.optimiser, layout);
  std::vector<float*> to;
  for (const auto* tensors : {&content.weights, &content.optimiser})
    for (const NamedTensor& tensor : *tensors) to.push_back(tensor.values.data());
  threads_.run(from.size(), [&](std::size_t i) {
    if (!from[i].values.empty())
      std::memcpy(to[i], from[i].values.data(), from[i].values.size_bytes());
  });
}

fs::path Saver::write(const CheckpointContent& content, Best best) const {
  fs::path path;
  space_.wait_for([&] { path = write_checkpoint(config_.out, content); });
  if (best == Best::yes) link_checkpoint(config_.out, kBest, path.filename().string());
  status_.detail("wrote " + path.string());
  prune_checkpoints(config_.out, {config_.checkpoint_keep, config_.checkpoint_milestones});
  return path;
}

void Saver::save(const TrainerState& state, Model& model, Optimiser& optimiser, Must must,
                 Best best) {
  wait();
  if (saved_step_ == state.step) {
    if (best == Best::yes) link_checkpoint(config_.out, kBest, checkpoint_.filename().string());
    return;
  }
  try {
    CheckpointContent content;
    const auto arrive =
        model.backend().snapshot([&] { content = content_of(state, model, optimiser); });
    if (must == Must::yes || !config_.checkpoint_background) {
      arrive();
      return finish(state.step, write(content, best));
    }
    // Of a device, the host's side is a copy that nobody touches before the next save.
    if (model.backend().is_host()) copy_tensors(content);
    writing_step_ = state.step;
    writing_ = std::async(std::launch::async, [this, best, arrive, content = std::move(content)] {
      lower_priority();
      arrive();
      return write(content, best);
    });
  } catch (const Error& error) {
    report(error, state.step, must);
  }
}

void Saver::wait() {
  if (!writing_.valid()) return;
  try {
    finish(writing_step_, writing_.get());
  } catch (const Error& error) {
    report(error, writing_step_, Must::no);
  }
}

}  // namespace aiops::train
