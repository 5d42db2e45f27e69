// SPDX-License-Identifier: Apache-2.0
// Trainings with labels and numbers, from nothing and from a base.
#include "base/error.hpp"
#include "fixture.hpp"
#include "stop_after.hpp"
#include "train/generation/generator.hpp"
#include "train/model/adapter_directory.hpp"
#include "train/model/stored_model.hpp"
#include "train/prediction/label_counts.hpp"
#include "train/prediction/predictor.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace aiops::train {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class TrainerLabelsTest : public TrainFixture {
 protected:
  TrainerLabelsTest() {
    for (int i = 0; i < 60; ++i) {
      const int kind = i * 7 % 3;
      const std::string text = std::string(kind == 0   ? "the sun is warm "
                                           : kind == 1 ? "the rain is wet "
                                                       : "a wind blows ") +
                               std::to_string(i * 37 % 101);
      labelled_ += OrderedJson{{"text", text}, {"label", kLabels[kind]}}.dump() + "\n";
      numbered_ += OrderedJson{{"text", text}, {"label", {kind - 1.0, 0.5 * kind}}}.dump() + "\n";
    }
  }
  TrainOptions with(const std::string& out, const std::string& task, const std::string& data,
                    const std::string& more = "") const {
    TrainOptions options;
    const bool is_fine_tuning = more.find("base:") != std::string::npos;
    options.config = read_config(
        "t.yaml",
        "task: " + task + "\ndata: {path: " + write(task + ".jsonl", data).string() +
            ", validation: 0.2}\n" +
            (is_fine_tuning ? ""
                            : "tokenizer: {vocab_size: 280}\n"
                              "model: {hidden_size: 16, layers: 2, heads: 2, context: 32}\n") +
            "optimiser: {lr: 0.01}\nbatch: {rows: 2, accumulate: 2, length: 32}\n"
            "checkpoint: {every: 3}\neval: {every: 4}\nschedule: {warmup: 2}\nsteps: 10\n" +
            more + "out: " + (directory_ / out).string() + "\n",
        {});
    if (!options.config.base.empty()) {
      const StopFlag stop;
      options.base = BaseModel{BaseFiles::open(
          options.config.base, ModelFiles::in_directory(options.config.base), {}, stop)};
    }
    return options;
  }
  TrainOptions labels(const std::string& out, const std::string& more = "") const {
    return with(out, "classification", labelled_, more);
  }
  TrainOptions numbers(const std::string& out, const std::string& more = "") const {
    return with(out, "regression", numbered_, more);
  }
  std::string base(const fs::path& model) const {
    return "model: {base: " + model.string() + "}\n";
  }

  TrainResult run(const TrainOptions& options, std::size_t threads = 1) const {
    ThreadPool pool(threads);
    SilentStatus status;
    const StopFlag stop;
    return train(options, pool, status, stop);
  }
  Error refusal(const TrainOptions& options) const {
    try {
      run(options);
    } catch (const Error& error) {
      return error;
    }
    return {ExitCode::ok, "accepted"};
  }
  Json config_of(const fs::path& model) const {
    return parse_json(read_file(model / "config.json"), "config.json");
  }
  double accuracy_of(const fs::path& model) const {
    ThreadPool pool(1);
    SilentStatus status;
    const StopFlag stop;
    auto loaded = load_model(StoredModel::open(ModelFiles::in_directory(model)), pool);
    const std::vector<std::string_view> texts{"the sun is warm 0", "the rain is wet 37",
                                              "a wind blows 74"};
    LabelCounts counts(3);
    const std::size_t right[] = {1, 0, 2};
    std::size_t text = 0;
    predict(loaded, texts, 0, pool, status, stop, [&](std::span<const float> outputs) {
      counts.add(right[text++], most_likely(outputs));
    });
    return counts.accuracy();
  }

  static constexpr const char* kLabels[] = {"sun", "rain", "wind"};
  std::string labelled_, numbered_;
};

TEST_F(TrainerLabelsTest, LearnLabelsAndSayHowWell) {
  auto options = labels("run", "labels: [rain, sun, wind]\n");
  options.config.steps = 80;
  const auto result = run(options);
  EXPECT_EQ(accuracy_of(result.model), 1);
  ASSERT_EQ(result.state.measures.size(), 2u);
  EXPECT_EQ(result.state.measures[0], (Measure{"accuracy", 1}));
  const Json config = config_of(result.model);
  EXPECT_EQ(config.at("architectures"), Json::array({"LlamaForSequenceClassification"}));
  EXPECT_EQ(config.at("id2label"), (Json{{"0", "rain"}, {"1", "sun"}, {"2", "wind"}}));
  EXPECT_EQ(config.at("pad_token_id"), config.at("eos_token_id"));
  EXPECT_FALSE(fs::exists(result.model / "generation_config.json"));
  EXPECT_THAT(read_file(result.model / "README.md"),
              HasSubstr("pipeline_tag: text-classification"));
  const std::string metrics = read_file(directory_ / "run/metrics.jsonl");
  EXPECT_THAT(metrics, HasSubstr("\"accuracy\":1.0,\"f1\":1.0"));
  EXPECT_EQ(read_state(result.checkpoint).measures, result.state.measures);
  EXPECT_THAT(read_file(directory_ / "run/report.html"), HasSubstr("macro F1"));
}

TEST_F(TrainerLabelsTest, LearnNumbersAndSayHowWell) {
  auto options = numbers("run");
  options.config.steps = 80;
  const auto result = run(options);
  EXPECT_LT(*result.state.validation_loss, 0.05);
  ASSERT_EQ(result.state.measures.size(), 2u);
  EXPECT_EQ(result.state.measures[1], (Measure{"mse", *result.state.validation_loss}));
  const Json config = config_of(result.model);
  EXPECT_EQ(config.at("problem_type"), "regression");
  EXPECT_EQ(config.at("num_labels"), 2);
}

class Tasks : public TrainerLabelsTest, public testing::WithParamInterface<const char*> {
 protected:
  TrainOptions of(const std::string& out, const std::string& more = "") const {
    return std::string(GetParam()) == "regression" ? numbers(out, more) : labels(out, more);
  }
};

TEST_P(Tasks, GoOnAsTheUninterruptedRunBitForBit) {
  const auto whole = run(of("whole"), 2);
  {
    ThreadPool pool(1);
    StopFlag stop;
    StopAfter status(stop, 4);
    EXPECT_THROW(train(of("parts"), pool, status, stop), Error);
  }
  const auto resumed = run(of("parts"));
  EXPECT_EQ(resumed.model_sha256, whole.model_sha256);
  EXPECT_EQ(file_sha256(resumed.checkpoint / "training/optimizer.safetensors"),
            file_sha256(whole.checkpoint / "training/optimizer.safetensors"));
  EXPECT_EQ(resumed.state.measures, whole.state.measures);
}

TEST_P(Tasks, AccumulateToOneBigBatch) {
  auto whole = of("whole");
  whole.config.rows = 4;
  whole.config.accumulate = 1;
  auto parts = of("parts");
  parts.config.rows = 1;
  parts.config.accumulate = 4;
  EXPECT_NEAR(run(whole).state.loss, run(parts).state.loss, 1e-5);
}

TEST_P(Tasks, KeepTheHeadOfABaseWithTheSameLabels) {
  const auto first = run(of("first"));
  auto options = of("again", base(first.model));
  options.config.steps = 1;
  options.config.optimiser.learning_rate = 1e-12;
  const auto again = run(options);
  EXPECT_NEAR(*again.state.validation_loss, *first.state.validation_loss, 1e-4);
}

TEST_P(Tasks, TrainTheHeadBesideAdaptersAndGoOn) {
  TrainOptions language = TrainFixture::options("base", 3);
  language.config.model.max_position_embeddings = 32;
  language.config.model.tie_word_embeddings = false;  // its own head is passed over
  const auto from = base(run(language).model) + "lora: {rank: 2}\n";
  const auto whole = run(of("whole", from), 2);
  {
    ThreadPool pool(1);
    StopFlag stop;
    StopAfter status(stop, 4);
    EXPECT_THROW(train(of("parts", from), pool, status, stop), Error);
  }
  EXPECT_EQ(run(of("parts", from)).model_sha256, whole.model_sha256);
  const Json adapter = parse_json(read_file(whole.model / "adapter_config.json"), "adapter");
  EXPECT_EQ(adapter.at("task_type"), "SEQ_CLS");
  EXPECT_EQ(adapter.at("modules_to_save"), Json::array({"score"}));
  // Over its base it is the model that it becomes when it is merged.
  const auto merged =
      run(of("merged", base(directory_ / "base/model") + "lora: {rank: 2, merge: true}\n"));
  ThreadPool pool(1);
  SilentStatus status;
  const StopFlag stop;
  auto adapted = load_model(StoredModel::open(ModelFiles::in_directory(directory_ / "base/model"),
                                              ModelFiles::in_directory(whole.model)),
                            pool);
  auto loaded = load_model(StoredModel::open(ModelFiles::in_directory(merged.model)), pool);
  EXPECT_EQ(adapted.model->config().head, loaded.model->config().head);
  const std::vector<std::string_view> texts{"the sun is warm", "a wind"};
  const auto outputs_of = [&](LoadedModel& model) {
    std::vector<float> all;
    predict(model, texts, 0, pool, status, stop, [&](std::span<const float> outputs) {
      all.insert(all.end(), outputs.begin(), outputs.end());
    });
    return all;
  };
  const auto one = outputs_of(adapted);
  const auto other = outputs_of(loaded);
  ASSERT_EQ(one.size(), other.size());
  for (std::size_t i = 0; i < one.size(); ++i) EXPECT_NEAR(one[i], other[i], 1e-4);
}

INSTANTIATE_TEST_SUITE_P(Kinds, Tasks, testing::Values("classification", "regression"),
                         [](const auto& task) { return std::string(task.param); });

TEST_F(TrainerLabelsTest, BeginOtherLabelsAnew) {
  const auto first = run(labels("first"));
  EXPECT_THAT(config_of(first.model).at("id2label").at("0"), "rain");  // learnt, in their order
  auto other = labels("other", base(first.model) + "labels: [wind, sun, rain]\n");
  other.config.steps = 1;
  other.config.optimiser.learning_rate = 1e-12;
  const auto result = run(other);
  EXPECT_EQ(config_of(result.model).at("id2label").at("0"), "wind");
  EXPECT_GT(*result.state.validation_loss, *first.state.validation_loss + 0.1);
}

TEST_F(TrainerLabelsTest, TakeTheLabelsOfABaseThatKnowsThemAll) {
  auto wider = labels("wider", "labels: [storm, sun, rain, wind]\n");
  wider.config.steps = 2;
  const auto first = run(wider);
  auto options = labels("again", base(first.model));
  options.config.steps = 1;
  EXPECT_EQ(config_of(run(options).model).at("num_labels"), 4);
}

TEST_F(TrainerLabelsTest, RefuseAClassifierForText) {
  const auto first = run(labels("first"));
  auto text = TrainFixture::options("text", 2);
  text.config.base = first.model;
  const StopFlag stop;
  text.base = BaseModel{
      BaseFiles::open(first.model.string(), ModelFiles::in_directory(first.model), {}, stop)};
  const Error error = refusal(text);
  EXPECT_EQ(error.code, ExitCode::usage);
  EXPECT_THAT(error.message, HasSubstr("is a classification model: it has no head for text"));
}

TEST_F(TrainerLabelsTest, RefuseToGoOnWithOtherLabels) {
  auto options = labels("run");
  options.config.steps = 2;
  run(options);
  EXPECT_EQ(refusal(options).message, "accepted");
  auto other = labels("run", "labels: [wind, sun, rain]\n");
  other.config.steps = 2;
  EXPECT_THAT(refusal(other).message, HasSubstr("cannot go on: labels was ["));
  auto skipping = labels("run");
  skipping.config.labels.too_long = TooLong::skip;
  EXPECT_THAT(refusal(skipping).message, HasSubstr("data.too_long was"));
}

TEST_F(TrainerLabelsTest, RefuseLabelsThatTellNothingApart) {
  const std::string one = "{\"text\":\"a\",\"label\":\"x\"}\n{\"text\":\"b\",\"label\":\"x\"}\n";
  EXPECT_THAT(refusal(with("a", "classification", one)).message,
              HasSubstr("classification.jsonl: all 2 examples have the label 'x'"));
  EXPECT_THAT(refusal(with("b", "classification", one, "labels: [x, y]\n")).message,
              HasSubstr("all 2 examples have the label 'x'"));
  EXPECT_THAT(refusal(numbers("c", "labels: [only]\n")).message,
              HasSubstr("'labels' names 1 numbers, the examples have 2"));
}

}  // namespace
}  // namespace aiops::train
