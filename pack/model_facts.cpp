// SPDX-License-Identifier: Apache-2.0
// Facts are taken from the strongest witness: the weights' own headers, then config.json, then the
// README. Broken weights are refused, because nobody else will look at them before they are in use;
// a broken README is only worth a warning.
#include "pack/model_facts.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/units.hpp"
#include "base/yaml.hpp"
#include "pack/gguf.hpp"
#include "pack/safetensors.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <map>

namespace aiops::pack {
namespace {

constexpr std::uint64_t kMostText = 16u << 20;

struct Precision {
  std::string_view dtype, name;
};
constexpr std::array<Precision, 15> kPrecisions = {{{"F32", "float32"},
                                                    {"F64", "float64"},
                                                    {"F16", "float16"},
                                                    {"BF16", "bfloat16"},
                                                    {"F8_E4M3", "float8_e4m3"},
                                                    {"F8_E5M2", "float8_e5m2"},
                                                    {"C64", "complex64"},
                                                    {"I8", "int8"},
                                                    {"I16", "int16"},
                                                    {"I32", "int32"},
                                                    {"I64", "int64"},
                                                    {"U8", "uint8"},
                                                    {"U16", "uint16"},
                                                    {"U32", "uint32"},
                                                    {"BOOL", "bool"}}};

std::string precision_name(const std::string& dtype) {
  for (const auto& one : kPrecisions)
    if (one.dtype == dtype) return std::string(one.name);
  std::string name = dtype;
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return name;
}

std::string join_by_bytes(const std::map<std::string, std::uint64_t>& bytes) {
  std::vector<std::pair<std::string, std::uint64_t>> order(bytes.begin(), bytes.end());
  std::stable_sort(order.begin(), order.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string text;
  for (const auto& [dtype, count] : order)
    text += (text.empty() ? "" : ",") + precision_name(dtype);
  return text;
}

std::string architecture_of(const std::string& family) {
  if (family.empty()) return {};
  const auto is = [&](std::string_view word) { return family.find(word) != std::string::npos; };
  if (is("mamba")) return "ssm";
  return is("rwkv") ? "rnn" : "transformer";
}

// Optimiser states below training/ have tensors too, and no parameters of the model.
bool is_main(const std::string& path) { return !path.starts_with("training/"); }

class Gatherer {
 public:
  explicit Gatherer(Status& status) : status_(status) {}

  void take(const SourceFile& file) {
    if (file.path.ends_with(".safetensors")) {
      take_safetensors(file);
    } else if (file.path.ends_with(".gguf")) {
      take_gguf(file);
    } else if (file.path == "config.json") {
      take_config(file);
    } else if (file.path == "model_index.json") {
      facts_.architecture = "diffusion";
    } else if (file.path == "README.md") {
      take_readme(file);
    } else if (file.kind == FileKind::weight && facts_.format.empty()) {
      facts_.format = file.path.substr(std::min(file.path.rfind('.') + 1, file.path.size()));
    }
    if (file.kind == FileKind::weight && is_pickle(file)) pickles_.push_back(file.path);
  }

  ModelFacts finish() {
    if (!pickles_.empty())
      status_.warn(printable(pickles_[0]) +
                   (pickles_.size() == 1 ? " is a pickle: loading it"
                                         : " and " + std::to_string(pickles_.size() - 1) +
                                               " more are pickles: loading one") +
                   " runs whatever code it holds; safetensors does not");
    if (facts_.precision.empty()) facts_.precision = join_by_bytes(bytes_);
    if (facts_.architecture.empty()) facts_.architecture = architecture_of(facts_.family);
    return std::move(facts_);
  }

 private:
  // By its bytes where they tell: PROTO opens a pickle of protocol 2 and later, which the first
  // torch.save wrote bare; today's wraps it in a zip. Older protocols are text without a mark.
  static bool is_pickle(const SourceFile& file) {
    const std::string_view path = file.path;
    if (path.ends_with(".pkl") || path.ends_with(".pickle")) return true;
    std::array<std::byte, 4> bytes{};
    if (file.size < bytes.size()) return false;
    file_source(file.real).read_at(0, bytes);
    if (bytes[0] == std::byte{0x80}) return bytes[1] >= std::byte{2} && bytes[1] <= std::byte{5};
    constexpr std::array<std::string_view, 4> kTorch = {".bin", ".pt", ".pth", ".ckpt"};
    return std::memcmp(bytes.data(), "PK\3\4", bytes.size()) == 0 &&
           std::any_of(kTorch.begin(), kTorch.end(),
                       [&](std::string_view suffix) { return path.ends_with(suffix); });
  }

  void take_safetensors(const SourceFile& file) {
    auto source = file_source(file.real);
    source.what = file.path;
    const auto header = read_safetensors_header(source);
    if (!is_main(file.path)) return;
    if (facts_.format != "gguf") facts_.format = "safetensors";
    for (const auto& tensor : header.tensors) {
      facts_.parameters += tensor.elements();
      bytes_[tensor.dtype] += tensor.end - tensor.begin;
    }
  }

  // Several GGUF files in one directory are quantisations of one model: the first one speaks.
  void take_gguf(const SourceFile& file) {
    auto source = file_source(file.real);
    source.what = file.path;
    const auto header = read_gguf_header(source);
    if (facts_.format == "gguf" || !is_main(file.path)) return;
    facts_.format = "gguf";
    facts_.family = header.text("general.architecture");
    if (facts_.name.empty()) facts_.name = header.text("general.name");
    facts_.context_length = header.number(facts_.family + ".context_length");
    facts_.quantization = header.quantization();
    facts_.parameters = 0;
    for (const auto& tensor : header.tensors) facts_.parameters += tensor.elements();
    if (const auto licence = header.text("general.license");
        !licence.empty() && facts_.licences.empty())
      facts_.licences = {spdx_licence(licence)};
  }

  void take_config(const SourceFile& file) {
    Json config;
    try {
      config = parse_json(read_file(file.real, kMostText), file.path, {.bytes = kMostText});
    } catch (const Error& error) {
      if (error.code != ExitCode::failed) throw;
      return status_.warn(error.message);
    }
    if (!config.is_object()) return;
    if (facts_.family.empty()) facts_.family = string_of(config, "model_type");
    for (const char* key : {"max_position_embeddings", "n_positions", "n_ctx", "max_seq_len"})
      if (facts_.context_length == 0 && config.contains(key) && config[key].is_number_unsigned())
        facts_.context_length = config[key].get<std::uint64_t>();
    const auto found = config.find("quantization_config");
    if (found == config.end() || !found->is_object() || !facts_.quantization.empty()) return;
    facts_.quantization = string_of(*found, "quant_method");
    const auto bits = found->find("bits");
    if (bits != found->end() && bits->is_number_unsigned())
      facts_.quantization += "-" + std::to_string(bits->get<std::uint64_t>()) + "bit";
  }

  static std::string string_of(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
  }

  void take_readme(const SourceFile& file) {
    const auto text = read_file(file.real, kMostText);
    const auto yaml = front_matter(text);
    if (yaml.empty()) return;
    try {
      YamlMap map = YamlMap::load(file.path, yaml);
      auto licences = map.texts("license");
      if (licences.size() == 1 && licences[0] == "other")
        licences = {map.text("license_name").value_or("other")};
      facts_.licences.clear();
      for (const auto& licence : licences) facts_.licences.push_back(spdx_licence(licence));
    } catch (const Error& error) {
      status_.warn("the front matter of " + error.message);
    }
  }

  Status& status_;
  ModelFacts facts_;
  std::map<std::string, std::uint64_t> bytes_;  // by dtype
  std::vector<std::string> pickles_;
};

}  // namespace

ModelFacts gather_facts(const std::vector<SourceFile>& files, Status& status) {
  Gatherer gatherer(status);
  for (const auto& file : files) gatherer.take(file);
  return gatherer.finish();
}

std::string parameter_size(std::uint64_t parameters) {
  if (parameters >= 950) return format_count(std::max<std::uint64_t>(parameters, 1000));
  return "0." + std::to_string(std::max<std::uint64_t>((parameters + 50) / 100, 1)) + "K";
}

}  // namespace aiops::pack
