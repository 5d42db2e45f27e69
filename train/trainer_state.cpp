// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "train/checkpoint/checkpoint.hpp"

#include <nlohmann/json.hpp>

namespace aiops::train {

namespace {

OrderedJson files_json(const std::vector<DataFile>& files) {
  auto json = OrderedJson::array();
  for (const DataFile& file : files)
    json.push_back({{"path", file.path}, {"sha256", file.sha256}, {"bytes", file.bytes}});
  return json;
}

std::vector<DataFile> parse_files(const Json& json) {
  std::vector<DataFile> files;
  for (const Json& file : json)
    files.push_back(
        {file.at("path"), file.at("sha256"), whole_number<std::uint64_t>(file.at("bytes"))});
  return files;
}

OrderedJson base_json(const BaseRecord& base) {
  return {{"name", base.name}, {"digest", base.digest}, {"files", files_json(base.files)}};
}

std::optional<BaseRecord> parse_base(const Json& json, const char* key) {
  const auto base = json.find(key);
  if (base == json.end()) return std::nullopt;
  return BaseRecord{base->at("name"), base->at("digest"), parse_files(base->at("files"))};
}

}  // namespace

std::string TrainerState::to_text() const {
  OrderedJson json{
      {"step", step},
      {"steps", steps},
      {"tokens", tokens},
      {"data_position", {{"epoch", position.epoch}, {"index", position.index}}},
      {"loss", loss},
      {"validation_loss", validation_loss ? OrderedJson(*validation_loss) : OrderedJson(nullptr)},
      {"wall_seconds", wall_seconds},
      {"restarts", restarts},
      {"data_digest", data_digest},
      {"data", files_json(data)},
      {"config", OrderedJson::parse(config)}};
  for (const Measure& measure : measures) json["validation"][measure.name] = measure.value;
  if (!steering.is_empty()) json["steering"] = steering.to_json();
  if (base) json["base"] = base_json(*base);
  if (adapter) json["adapter"] = base_json(*adapter);
  return json.dump(2) + "\n";
}

TrainerState TrainerState::parse(std::string_view text, std::string_view what) {
  const Json json = parse_json(text, what, {64u << 20, 16});
  TrainerState state;
  try {
    state.step = whole_number<std::int64_t>(json.at("step"));
    state.steps = whole_number<std::int64_t>(json.at("steps"));
    state.tokens = whole_number<std::uint64_t>(json.at("tokens"));
    const Json& position = json.at("data_position");
    state.position.epoch = whole_number<std::uint64_t>(position.at("epoch"));
    state.position.index = whole_number<std::uint64_t>(position.at("index"));
    json.at("loss").get_to(state.loss);
    if (const Json& loss = json.at("validation_loss"); !loss.is_null())
      state.validation_loss = loss.get<double>();
    if (const auto found = json.find("validation"); found != json.end())
      for (const auto& [name, value] : found->items())
        state.measures.push_back({name, value.get<double>()});
    json.at("wall_seconds").get_to(state.wall_seconds);
    if (const auto found = json.find("restarts"); found != json.end())
      state.restarts = whole_number<std::int64_t>(*found);
    json.at("data_digest").get_to(state.data_digest);
    state.data = parse_files(json.at("data"));
    if (const auto found = json.find("steering"); found != json.end())
      state.steering = Steering::from_json(*found);
    state.base = parse_base(json, "base");
    state.adapter = parse_base(json, "adapter");
    state.config = aiops::to_text(json.at("config"));
  } catch (const Json::exception& error) {
    throw Error(ExitCode::failed, std::string(what) + ": not a trainer state: " + error.what());
  }
  if (state.step < 0 || state.steps < state.step)
    throw Error(ExitCode::failed, std::string(what) + ": step " + std::to_string(state.step) +
                                      " of " + std::to_string(state.steps));
  return state;
}

}  // namespace aiops::train
