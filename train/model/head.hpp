// SPDX-License-Identifier: Apache-2.0
// What stands on the last norm of a decoder: the matrix that makes the next token's logits of it,
// or, as in Hugging Face's ...ForSequenceClassification, one (score, without a bias) that makes an
// output for each label. A text is judged by the outputs at its last token, which has seen all.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace aiops::train {

class ConfigReader;

enum class HeadKind {
  language,        // logits of the vocabulary, at every token
  classification,  // logits of the labels
  regression,      // numbers
};

struct ModelHead {
  HeadKind kind = HeadKind::language;
  std::vector<std::string> labels = {};  // the names of the outputs; none of a language model

  bool is_language() const { return kind == HeadKind::language; }
  // Throws Error{usage}: a classification has two labels or more, a regression one, all different.
  void check() const;
  bool operator==(const ModelHead&) const = default;
};

inline constexpr std::size_t kMostLabels = 1 << 16;

// "LABEL_0", "LABEL_1", …: what transformers calls outputs that nobody has named.
std::vector<std::string> unnamed_labels(std::size_t count);

// The labels and the problem_type of a config.json of ...ForSequenceClassification.
ModelHead read_classifier_head(const ConfigReader& reader);

}  // namespace aiops::train
