// SPDX-License-Identifier: Apache-2.0
#include "train/data/examples.hpp"

#include "base/error.hpp"
#include "fixture.hpp"
#include "train/data/labels.hpp"

#include <gmock/gmock.h>

namespace aiops::train {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class ExamplesTest : public TrainFixture {
 protected:
  Examples read(const std::string& name, std::string_view bytes,
                HeadKind kind = HeadKind::classification,
                std::vector<std::string> labels = {"label"}) {
    options_ = {.paths = {write(name, bytes)}, .labels = std::move(labels)};
    SilentStatus status;
    const StopFlag stop;
    return Examples(find_data(options_, stop), options_, kind, status, stop);
  }
  std::string refusal(const std::string& name, std::string_view bytes,
                      HeadKind kind = HeadKind::classification,
                      std::vector<std::string> labels = {"label"}) {
    try {
      read(name, bytes, kind, std::move(labels));
    } catch (const Error& error) {
      EXPECT_EQ(error.code, ExitCode::failed);
      return error.message.substr(error.message.rfind('/') + 1);
    }
    return "accepted";
  }
  static std::string label_refusal(const Examples& examples,
                                   const std::vector<std::string>& labels) {
    try {
      label_ids(examples, labels);
    } catch (const Error& error) {
      return error.message.substr(error.message.rfind('/') + 1);
    }
    return "accepted";
  }
  CorpusOptions options_;
};

TEST_F(ExamplesTest, ReadLinesOfJson) {
  const auto examples =
      read("a.jsonl",
           "{\"text\":\"one\",\"label\":\"pos\"}\n\n"
           "{\"label\":\"neg\",\"text\":\"two\"}\n{\"text\":\"x\",\"label\":true}");
  EXPECT_THAT(examples.documents(), ElementsAre("one", "two", "x"));
  EXPECT_THAT(labels_in(examples), ElementsAre("neg", "pos", "true"));
  EXPECT_THAT(label_ids(examples, labels_in(examples)), ElementsAre(1, 0, 2));
  EXPECT_THAT(examples.where(1), testing::EndsWith("a.jsonl:3"));
}

TEST_F(ExamplesTest, ReadTables) {
  const auto comma = read("a.csv", "id,label,text\n1,pos,\"one, two\nthree\"\n2,neg,four\n");
  EXPECT_THAT(comma.documents(), ElementsAre("one, two\nthree", "four"));
  EXPECT_THAT(labels_in(comma), ElementsAre("neg", "pos"));
  EXPECT_THAT(comma.where(1), testing::EndsWith("a.csv:4"));
  const auto tab = read("a.tsv", "text\tlabel\na, b\t1\nc\t0\n");
  EXPECT_THAT(tab.documents(), ElementsAre("a, b", "c"));
  EXPECT_THAT(label_ids(tab, std::vector<std::string>{"no", "yes"}), ElementsAre(1, 0));
  const auto numbers =
      read("n.csv", "text,x,y\na,1,-2.5e1\nb,3,4\n", HeadKind::regression, {"y", "x"});
  EXPECT_EQ(numbers.targets(), 2u);
  EXPECT_THAT(numbers.values(), ElementsAre(-25, 1, 4, 3));
}

// Numbers are in the order of their values, and mean a name before they mean a place.
TEST_F(ExamplesTest, TakeNumbersForLabels) {
  const auto examples = read("a.jsonl",
                             "{\"text\":\"a\",\"label\":10}\n{\"text\":\"b\",\"label\":2}\n"
                             "{\"text\":\"c\",\"label\":2.0}");
  EXPECT_THAT(labels_in(examples), ElementsAre("2", "10"));
  EXPECT_THAT(label_ids(examples, std::vector<std::string>{"10", "x", "y", "2"}),
              ElementsAre(0, 3, 3));
  const auto places = read("b.jsonl", "{\"text\":\"a\",\"label\":1}\n{\"text\":\"b\",\"label\":0}");
  EXPECT_THAT(label_ids(places, std::vector<std::string>{"no", "yes"}), ElementsAre(1, 0));
}

TEST_F(ExamplesTest, ReadNumbers) {
  const auto one = read("a.jsonl", "{\"text\":\"a\",\"label\":1}\n{\"text\":\"b\",\"label\":-0.5}",
                        HeadKind::regression);
  EXPECT_EQ(one.targets(), 1u);
  EXPECT_THAT(one.values(), ElementsAre(1, -0.5));
  const auto list = read("b.jsonl", "{\"text\":\"a\",\"label\":[1,2,3]}", HeadKind::regression);
  EXPECT_EQ(list.targets(), 3u);
}

TEST_F(ExamplesTest, NameFileAndLineOfWhatIsWrong) {
  const std::string good = "{\"text\":\"a\",\"label\":\"x\"}\n";
  const std::pair<std::string, const char*> lines[] = {
      {"{\"label\":\"x\"}", "a.jsonl:2: no text 'text'"},
      {"{\"text\":7,\"label\":\"x\"}", "a.jsonl:2: no text 'text'"},
      {"{\"text\":\"\",\"label\":\"x\"}", "a.jsonl:2: 'text' is empty"},
      {"{\"text\":\"a\"}", "a.jsonl:2: has no 'label'"},
      {"{\"text\":\"a\",\"label\":null}", "a.jsonl:2: has no 'label'"},
      {"{\"text\":\"a\",\"label\":\"\"}", "a.jsonl:2: 'label' is empty"},
      {"{\"text\":\"a\",\"label\":1.5}",
       "a.jsonl:2: 'label' is 1.5, neither a name nor a whole number"},
      {"{\"text\":\"a\",\"label\":[1]}", "a.jsonl:2: 'label' is neither a name nor a number"},
      {"[1]", "a.jsonl:2: is not a JSON object"},
      {"{\"text\":\"a\",", "a.jsonl:2: not valid JSON at byte 13"},
      {"{\"text\":\"\xff\"}", "a.jsonl:2: JSON is not valid UTF-8"},
  };
  for (const auto& [line, expected] : lines) EXPECT_EQ(refusal("a.jsonl", good + line), expected);
  EXPECT_EQ(refusal("e.jsonl", "\n"), "e.jsonl: the data holds no example");
  EXPECT_EQ(refusal("e.csv", "text,label\n"), "e.csv: the data holds no example");
  EXPECT_EQ(refusal("e.csv", ""), "e.csv: the data holds no example");
  EXPECT_EQ(refusal("a.txt", "x"),
            "a.txt: labelled texts are read from .jsonl, .csv and .tsv files");
  EXPECT_EQ(refusal("a.csv", "text,lab\n"), "a.csv:1: has no column 'label'");
  EXPECT_EQ(refusal("a.csv", "text,label\na,b\nc\n"),
            "a.csv:3: has 1 column, the first line names 2");
  EXPECT_EQ(refusal("a.csv", "text,label\n\xff,b\n"), "a.csv:2: 'text' is not valid UTF-8");
  EXPECT_EQ(refusal("a.csv", "text,label\n,b\n"), "a.csv:2: 'text' is empty");
  EXPECT_EQ(refusal("a.csv", "text,label\na,\n"), "a.csv:2: has no 'label'");
}

TEST_F(ExamplesTest, RefuseNumbersThatAreNone) {
  const auto in_json = [&](const std::string& label) {
    return refusal("a.jsonl", "{\"text\":\"a\",\"label\":" + label + "}", HeadKind::regression);
  };
  EXPECT_EQ(in_json("\"3\""), "a.jsonl:1: 'label' is not a number");
  EXPECT_EQ(in_json("NaN"), "a.jsonl:1: not valid JSON at byte 21");
  EXPECT_EQ(in_json("1e39"), "a.jsonl:1: 'label' is 1e+39, which no finite fp32 number is");
  EXPECT_EQ(in_json("1e400"), "a.jsonl:1: JSON has a number out of range");
  EXPECT_EQ(in_json("[]"), "a.jsonl:1: 'label' is an empty list");
  EXPECT_EQ(in_json("[1,true]"), "a.jsonl:1: 'label' is not a number");
  const auto in_table = [&](const std::string& label) {
    return refusal("a.csv", "text,label\na," + label + "\n", HeadKind::regression);
  };
  EXPECT_EQ(in_table("nan"), "a.csv:2: 'label' is nan, which no finite fp32 number is");
  EXPECT_EQ(in_table("3 kg"), "a.csv:2: 'label' is '3 kg', not a number");
  EXPECT_THAT(refusal("b.jsonl", "{\"text\":\"a\",\"label\":1}\n{\"text\":\"b\",\"label\":[1,2]}",
                      HeadKind::regression),
              HasSubstr("b.jsonl:1 has 1"));
}

TEST_F(ExamplesTest, NameTheExampleWhoseLabelIsNone) {
  const auto words =
      read("a.jsonl", "{\"text\":\"a\",\"label\":\"pos\"}\n{\"text\":\"b\",\"label\":\"nge\"}");
  EXPECT_EQ(label_refusal(words, {"neg", "pos"}), "a.jsonl:2: the label 'nge' is none of neg, pos");
  const auto numbers = read("n.csv", "text,label\na,0\nb,2\n");
  EXPECT_EQ(label_refusal(numbers, {"neg", "pos"}),
            "n.csv:3: the label 2 is out of range: 2 labels are counted from 0: neg, pos");
  const auto below = read("b.csv", "text,label\na,-1\n");
  EXPECT_THAT(label_refusal(below, {"neg", "pos"}), HasSubstr("the label -1 is out of range"));
}

// What the data is read as is part of what it is.
TEST_F(ExamplesTest, HaveADigestOfTheirMembers) {
  const StopFlag stop;
  CorpusOptions options{.paths = {write("d/a.jsonl", "{}")}, .labels = {"label"}};
  const auto digest = [&] { return digest_of(find_data(options, stop), options); };
  const auto before = digest();
  options.labels = {"kind"};
  EXPECT_NE(digest(), before);
  write("d/b.txt", "x");
  options.paths = {directory_ / "d"};
  EXPECT_EQ(find_data(options, stop).size(), 1u);  // no .txt
  options.labels.clear();
  EXPECT_EQ(find_data(options, stop).size(), 2u);
}

}  // namespace
}  // namespace aiops::train
