// SPDX-License-Identifier: Apache-2.0
#include "train/model/head.hpp"

#include "base/encoding.hpp"
#include "train/config/reader.hpp"

#include <set>

namespace aiops::train {
namespace {

// id2label is left out by transformers where it says nothing: of two labels without a name.
constexpr std::int64_t kUsualCount = 2;

std::vector<std::string> labels_by_id(const ConfigReader& reader, const Json& id2label) {
  if (!id2label.is_object()) reader.refuse("'id2label' is not an object");
  std::vector<std::string> labels;
  for (std::size_t id = 0; id < id2label.size(); ++id) {
    const auto found = id2label.find(std::to_string(id));
    if (found == id2label.end())
      reader.refuse("'id2label' has " + std::to_string(id2label.size()) + " labels and none for " +
                    std::to_string(id));
    labels.push_back(found->is_string() ? found->get<std::string>() : to_text(*found));
  }
  return labels;
}

HeadKind kind_of(const ConfigReader& reader, std::size_t labels) {
  const Json* type = reader.find("problem_type");
  if (type == nullptr) return labels == 1 ? HeadKind::regression : HeadKind::classification;
  if (*type == "regression") return HeadKind::regression;
  if (*type == "single_label_classification") return HeadKind::classification;
  reader.refuse("'problem_type' is " + to_text(*type) +
                ", only single_label_classification and regression are supported");
}

}  // namespace

std::vector<std::string> unnamed_labels(std::size_t count) {
  std::vector<std::string> labels;
  for (std::size_t i = 0; i < count; ++i) labels.push_back("LABEL_" + std::to_string(i));
  return labels;
}

void ModelHead::check() const {
  if (is_language()) return;
  const auto refuse = [](const std::string& why) { throw Error(ExitCode::usage, why); };
  const std::size_t least = kind == HeadKind::classification ? 2 : 1;
  if (labels.size() < least || labels.size() > kMostLabels)
    refuse("the number of labels must be between " + std::to_string(least) + " and " +
           std::to_string(kMostLabels) + ", not " + std::to_string(labels.size()));
  std::set<std::string> seen;
  for (const std::string& label : labels)
    if (!seen.insert(label).second) refuse("the label '" + printable(label) + "' is there twice");
}

ModelHead read_classifier_head(const ConfigReader& reader) {
  const Json* id2label = reader.find("id2label");
  const std::int64_t said = reader.integer("num_labels", -1);
  ModelHead head;
  if (id2label != nullptr) {
    head.labels = labels_by_id(reader, *id2label);
  } else {
    const std::int64_t count = said < 0 ? kUsualCount : said;
    if (count > static_cast<std::int64_t>(kMostLabels)) reader.refuse("'num_labels' is too large");
    head.labels = unnamed_labels(static_cast<std::size_t>(count));
  }
  if (said >= 0 && said != static_cast<std::int64_t>(head.labels.size()))
    reader.refuse("'num_labels' is " + std::to_string(said) + ", 'id2label' has " +
                  std::to_string(head.labels.size()));
  head.kind = kind_of(reader, head.labels.size());
  return head;
}

}  // namespace aiops::train
