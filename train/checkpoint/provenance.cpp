// SPDX-License-Identifier: Apache-2.0
#include "train/checkpoint/provenance.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "base/version.hpp"

#include <nlohmann/json.hpp>
#include <sys/utsname.h>

#include <map>

namespace aiops::train {
namespace {

constexpr std::size_t kMostData = 1000;  // beyond, the digest of all of them stands for each

// A DigestSet (in-toto) from "sha256:…", or from hex alone.
OrderedJson digest_json(const std::string& digest) {
  const std::size_t colon = digest.find(':');
  if (colon == std::string::npos) return {{"sha256", digest}};
  return {{digest.substr(0, colon), digest.substr(colon + 1)}};
}

OrderedJson dependencies(const TrainerState& state, const RunRecord& run) {
  auto list = OrderedJson::array();
  list.push_back({{"name", "dataset"}, {"digest", digest_json(state.data_digest)}});
  if (state.data.size() <= kMostData)
    for (const DataFile& file : state.data)
      list.push_back({{"name", "dataset-file"},
                      {"digest", digest_json(file.sha256)},
                      {"annotations", {{"path", file.path}, {"bytes", file.bytes}}}});
  if (state.base)
    list.push_back({{"name", "base-model"},
                    {"digest", digest_json(state.base->digest)},
                    {"annotations", {{"reference", state.base->name}}}});
  if (state.adapter)
    list.push_back({{"name", "base-adapter"},
                    {"digest", digest_json(state.adapter->digest)},
                    {"annotations", {{"reference", state.adapter->name}}}});
  if (run.parent)
    list.push_back({{"name", "parent-checkpoint"},
                    {"digest", digest_json(run.parent->root)},
                    {"annotations", {{"step", run.parent->step}}}});
  return list;
}

OrderedJson environment() {
  utsname system{};
  ::uname(&system);
  return {{"os", system.sysname}, {"architecture", system.machine}};
}

OrderedJson metrics(const TrainerState& state, const CheckpointManifest& files) {
  OrderedJson said{{"step", state.step},     {"steps", state.steps},
                   {"tokens", state.tokens}, {"epoch", state.position.epoch},
                   {"loss", state.loss},     {"wallSeconds", state.wall_seconds}};
  if (state.validation_loss) said["validationLoss"] = *state.validation_loss;
  for (const Measure& measure : state.measures) said["validation"][measure.name] = measure.value;
  OrderedJson entry{{"name", kStatePath}};
  if (const auto* file = files.find(kStatePath))
    entry["digest"] = digest_json(std::string(file->sha256.hex()));
  entry["annotations"] = std::move(said);
  return entry;
}

OrderedJson internal_parameters(const TrainerState& state, const RunRecord& run) {
  OrderedJson json{{"threads", run.threads}, {"restarts", state.restarts}};
  if (!state.gradient_sum.empty()) json["gradientsAdded"] = state.gradient_sum;
  json["environment"] = environment();
  return json;
}

OrderedJson predicate_of(const TrainerState& state, const RunRecord& run,
                         const CheckpointManifest& files) {
  return {{"buildDefinition",
           {{"buildType", kTrainBuildType},
            {"externalParameters", {{"config", OrderedJson::parse(state.config)}}},
            {"internalParameters", internal_parameters(state, run)},
            {"resolvedDependencies", dependencies(state, run)}}},
          {"runDetails",
           {{"builder", {{"id", "urn:aiops:local"}, {"version", {{"aiops", kVersion}}}}},
            {"metadata",
             {{"invocationId", run.invocation},
              {"startedOn", run.started},
              {"finishedOn", run.finished}}},
            {"byproducts", OrderedJson::array({metrics(state, files)})}}}};
}

const Json& annotation(const Json& entry, const char* name) {
  return entry.at("annotations").at(name);
}

void read_dependency(const Json& entry, Provenance& provenance) {
  const auto name = entry.at("name").get<std::string>();
  const auto set = entry.at("digest").get<std::map<std::string, std::string>>();
  if (set.size() != 1 || !Digest::is_valid(set.begin()->first + ":" + set.begin()->second))
    throw Error(ExitCode::failed, name + " has no digest");
  const std::string digest = set.begin()->first + ":" + set.begin()->second;
  if (name == "parent-checkpoint")
    provenance.parent =
        Parent{set.begin()->second, whole_number<std::int64_t>(annotation(entry, "step"))};
  else if (name == "base-model")
    provenance.base =
        Provenance::Material{annotation(entry, "reference").get<std::string>(), digest};
  else if (name == "base-adapter")
    provenance.adapter =
        Provenance::Material{annotation(entry, "reference").get<std::string>(), digest};
  else if (name == "dataset-file")
    provenance.data.push_back({annotation(entry, "path").get<std::string>(), digest});
}

void read_run(const Json& run, Provenance& provenance) {
  provenance.builder = run.at("builder").at("id").get<std::string>();
  provenance.started = run.at("metadata").at("startedOn").get<std::string>();
  provenance.finished = run.at("metadata").at("finishedOn").get<std::string>();
  for (const Json& entry : run.at("byproducts")) {
    if (entry.at("name") != kStatePath) continue;
    provenance.step = whole_number<std::int64_t>(annotation(entry, "step"));
    provenance.steps = whole_number<std::int64_t>(annotation(entry, "steps"));
    provenance.loss = annotation(entry, "loss").get<double>();
    if (entry.at("annotations").contains("validationLoss"))
      provenance.validation_loss = annotation(entry, "validationLoss").get<double>();
  }
}

}  // namespace

std::string root_of(const CheckpointManifest& files, Scope scope) {
  Hasher hasher;
  for (const auto& file : files.files) {
    if (file.path == kProvenancePath || file.path == kManifestPath) continue;
    if (scope == Scope::model && file.path.starts_with("training/")) continue;
    hasher.update(from_hex(file.sha256.hex()));
  }
  return std::string(hasher.finish().hex());
}

std::string make_provenance(const TrainerState& state, const RunRecord& run,
                            const CheckpointManifest& files) {
  const auto subject = [&](const char* name, Scope scope) {
    return OrderedJson{{"name", name}, {"digest", digest_json(root_of(files, scope))}};
  };
  const OrderedJson statement{
      {"_type", "https://in-toto.io/Statement/v1"},
      {"subject", OrderedJson::array(
                      {subject("checkpoint", Scope::checkpoint), subject("model", Scope::model)})},
      {"predicateType", kSlsaPredicate},
      {"predicate", predicate_of(state, run, files)}};
  return statement.dump(2) + "\n";
}

Provenance read_provenance(const Json& predicate, std::string_view what) {
  Provenance provenance;
  try {
    const Json& build = predicate.at("buildDefinition");
    if (build.at("buildType") != kTrainBuildType)
      throw Error(ExitCode::failed, "it was not made by aiops train");
    provenance.restarts = whole_number<std::int64_t>(build.at("internalParameters").at("restarts"));
    for (const Json& entry : build.at("resolvedDependencies")) read_dependency(entry, provenance);
    read_run(predicate.at("runDetails"), provenance);
  } catch (const Json::exception& error) {
    throw Error(ExitCode::failed, std::string(what) + ": not a provenance: " + error.what());
  } catch (const Error& error) {
    throw Error(error.code, std::string(what) + ": not a provenance: " + error.message);
  }
  return provenance;
}

}  // namespace aiops::train
