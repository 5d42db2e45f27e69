// SPDX-License-Identifier: Apache-2.0
#include "commands/inspect_tensors.hpp"

#include "base/error.hpp"
#include "base/units.hpp"
#include "pack/delta/decoder.hpp"
#include "pack/delta/layers.hpp"
#include "pack/gguf.hpp"
#include "pack/unpack.hpp"

#include <nlohmann/json.hpp>

namespace aiops::commands {
namespace {

enum class Format { none, safetensors, gguf };

Format format_of(const pack::LayerPlan& plan) {
  if (plan.content != pack::LayerPlan::Content::file) return Format::none;
  if (plan.path.ends_with(".safetensors")) return Format::safetensors;
  return plan.path.ends_with(".gguf") ? Format::gguf : Format::none;
}

// A file that is stored as a difference shows its header alone.
pack::ByteSource source_of(pack::Repository& repository, const pack::DeltaSteps& steps,
                           const pack::LayerPlan& plan) {
  const auto last = steps.to(plan.layer.digest).back();
  auto source = pack::blob_source(repository.blob(last.layer), plan.path);
  return last.delta ? pack::self_contained(std::move(source)) : source;
}

std::vector<pack::TensorInfo> tensors_of(const pack::ByteSource& source,
                                         const pack::LayerPlan& plan) {
  if (format_of(plan) == Format::gguf) return pack::read_gguf_header(source).tensors;
  return pack::read_safetensors_header(source).tensors;
}

std::string shape_of(const pack::TensorInfo& tensor) {
  std::string text = "[";
  for (const auto dimension : tensor.shape)
    text += (text.size() > 1 ? "," : "") + std::to_string(dimension);
  return text + "]";
}

}  // namespace

void show_tensors(pack::Repository& repository, const pack::Manifest& manifest,
                  const std::string& what, Context& context) {
  Table table{{"NAME", "DTYPE", "SHAPE", "SIZE", "FILE"}, {}};
  OrderedJson list = OrderedJson::array();
  bool found = false;
  pack::Manifest files = manifest;
  files.layers = pack::whole_layers(manifest, what);
  const pack::DeltaSteps steps(manifest, what);
  for (const auto& plan : pack::plan_layers(files, what)) {
    if (format_of(plan) == Format::none) continue;
    found = true;
    for (const auto& tensor : tensors_of(source_of(repository, steps, plan), plan)) {
      const auto size = tensor.end - tensor.begin;
      table.rows.push_back(
          {tensor.name, tensor.dtype, shape_of(tensor), format_bytes(size), plan.path});
      list.push_back({{"name", tensor.name},
                      {"dtype", tensor.dtype},
                      {"shape", tensor.shape},
                      {"size", size},
                      {"file", plan.path}});
    }
  }
  if (!found)
    throw Error(ExitCode::not_found, what + " has no safetensors or GGUF file of its own layer");
  context.report.table(list, table);
}

}  // namespace aiops::commands
