// SPDX-License-Identifier: Apache-2.0
// What tokenizer.json puts around the model: how text is prepared before merging, and what becomes
// of the tokens' bytes after.
#pragma once

#include "base/json.hpp"
#include "train/tokenizer/splitter.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace aiops::train {

enum class Alphabet { bytes, characters };  // what a piece is before the first merge
enum class Normalization { none, nfc };
// Who puts U+2581 in place of spaces: the normalizer does it before the added tokens are looked for
// that wait for it, the pre_tokenizer after.
enum class Marks { none, by_normalizer, by_pre_tokenizer };
// Where U+2581 is put before a text: Llama 2's normalizer does it before each stretch between added
// tokens, Metaspace unless there is one already, at the start or before each stretch.
enum class MarkBefore { nothing, each, each_unmarked, first_unmarked };

struct Components {
  Alphabet alphabet = Alphabet::bytes;
  Normalization normalization = Normalization::none;
  MarkBefore mark_before = MarkBefore::nothing;
  Marks marks = Marks::none;
  bool marks_for_spaces = false;  // U+0020 becomes U+2581
  Splitter splitter = Splitter::gpt2;
  bool decoder_drops_space = false;  // one, from the start of the text
  std::vector<std::string> before;   // special tokens that the post_processor puts around a text
  std::vector<std::string> after;
};

// Of a whole tokenizer.json. Throws Error{failed} naming `what` and the component that is not
// supported.
Components read_components(const Json& tokenizer, const std::string& what);

[[noreturn]] void refuse_tokenizer(const std::string& what, const std::string& why);

// A member of a JSON object; null when there is none.
const Json& json_member(const Json& object, const char* key);
// The "type" of a component; empty when it has none.
std::string json_type(const Json& component);
bool json_is_true(const Json& value);

}  // namespace aiops::train
