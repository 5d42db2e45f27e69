// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "fixture.hpp"
#include "train/data/corpus.hpp"
#include "train/data/permutation.hpp"
#include "train/data/token_cache.hpp"
#include "train/data/windows.hpp"

#include <gmock/gmock.h>

#include <set>

namespace aiops::train {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Permutation, TakesEveryPlaceOnce) {
  for (const std::uint64_t size : {1u, 2u, 3u, 5u, 64u, 65u, 1000u}) {
    const Permutation shuffle(size, 7);
    std::set<std::uint64_t> seen;
    for (std::uint64_t i = 0; i < size; ++i) {
      EXPECT_LT(shuffle(i), size);
      seen.insert(shuffle(i));
    }
    EXPECT_EQ(seen.size(), size);
  }
}

TEST(Permutation, DependsOnTheKeyAndMoves) {
  const Permutation a(1000, 1), b(1000, 2);
  int same = 0, fixed = 0;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    same += a(i) == b(i);
    fixed += a(i) == i;
  }
  EXPECT_LT(same, 20);
  EXPECT_LT(fixed, 20);
}

std::vector<std::int32_t> counting(std::int32_t size) {
  std::vector<std::int32_t> tokens(static_cast<std::size_t>(size));
  for (std::int32_t i = 0; i < size; ++i) tokens[static_cast<std::size_t>(i)] = i;
  return tokens;
}

TEST(Windows, ReadEveryTrainingWindowOncePerEpochAndNoneOfTheOthers) {
  const auto tokens = counting(101);
  const Windows windows(tokens, 10, 0.2, 3);
  EXPECT_EQ(windows.training(), 8u);
  EXPECT_EQ(windows.validation(), 2u);
  Rows rows, held_out;
  windows.read_validation(0, 2, held_out);
  for (const std::uint64_t epoch : {0u, 1u}) {
    windows.read_training(epoch * 8, 8, rows);
    std::set<std::int32_t> starts;
    for (std::size_t row = 0; row < 8; ++row) {
      starts.insert(rows.tokens[row * 10]);
      EXPECT_EQ(rows.targets[row * 10], rows.tokens[row * 10] + 1);
      EXPECT_EQ(rows.targets[row * 10 + 9], rows.tokens[row * 10] + 10);
    }
    EXPECT_EQ(starts.size(), 8u);
    EXPECT_FALSE(starts.contains(held_out.tokens[0]));
    EXPECT_FALSE(starts.contains(held_out.tokens[10]));
  }
}

TEST(Windows, AreAFunctionOfTheRow) {
  const auto tokens = counting(1001);
  const Windows windows(tokens, 10, 0.1, 3);
  Rows together, one;
  windows.read_training(85, 10, together);  // across the end of an epoch of 90
  windows.read_training(92, 1, one);
  EXPECT_EQ(one.tokens, std::vector(together.tokens.begin() + 70, together.tokens.begin() + 80));
  EXPECT_EQ(windows.position(92).epoch, 1u);
  EXPECT_EQ(windows.position(92).index, 2u);
}

TEST(Windows, RefuseTooLittleData) {
  const auto tokens = counting(20);
  EXPECT_THROW(Windows(tokens, 20, 0, 1), Error);
  EXPECT_THROW(Windows(tokens, 10, 0.1, 1), Error);  // one window cannot be both
  EXPECT_NO_THROW(Windows(tokens, 10, 0, 1));
}

class CorpusTest : public TrainFixture {
 protected:
  std::vector<std::string> read(CorpusOptions options) const {
    SilentStatus status;
    const StopFlag stop;
    const Corpus corpus(find_data(options, stop), options, status, stop);
    return {corpus.documents().begin(), corpus.documents().end()};
  }
  std::string refusal(const CorpusOptions& options, ExitCode code) const {
    try {
      read(options);
    } catch (const Error& error) {
      EXPECT_EQ(error.code, code);
      return error.message;
    }
    return "accepted";
  }
};

TEST_F(CorpusTest, ReadsJsonLines) {
  const auto path =
      write("a.jsonl", "{\"text\":\"one\",\"n\":1}\n\n{\"text\":\"\"}\n{\"text\":\"two\"}");
  EXPECT_THAT(read({.paths = {path}}), ElementsAre("one", "two"));
  EXPECT_THAT(refusal({.paths = {path}, .field = "body"}, ExitCode::failed),
              HasSubstr("a.jsonl:1: no text 'body'"));
  const auto broken = write("b.jsonl", "{\"text\":\"one\"}\n{\"text\":");
  EXPECT_THAT(refusal({.paths = {broken}}, ExitCode::failed), HasSubstr("b.jsonl:2"));
}

TEST_F(CorpusTest, CutsAtASeparator) {
  const auto path = write("f.txt", "one\n%\ntwo\n% not\n%\n%\nthree");
  EXPECT_THAT(read({.paths = {path}, .separator = "%"}),
              ElementsAre("one\n", "two\n% not\n", "three"));
}

TEST_F(CorpusTest, CutsAtASeparatorOfACrLfFile) {
  const auto path = write("f.txt", "one\r\n%\r\ntwo\r\n");
  EXPECT_THAT(read({.paths = {path}, .separator = "%"}), ElementsAre("one\r\n", "two\r\n"));
}

TEST_F(CorpusTest, RefusesWideText) {
  using namespace std::string_literals;
  const auto refused = [&](const std::string& bytes) {
    return refusal({.paths = {write("w.txt", bytes)}}, ExitCode::failed);
  };
  EXPECT_THAT(refused("\xff\xfeh\0i\0"s), HasSubstr("w.txt: is UTF-16, not UTF-8"));
  EXPECT_THAT(refused("\xfe\xff\0h\0i"s), HasSubstr("w.txt: is UTF-16, not UTF-8"));
  EXPECT_THAT(refused("\xff\xfe\0\0h\0\0\0"s), HasSubstr("w.txt: is UTF-32, not UTF-8"));
}

TEST_F(CorpusTest, RefusesOtherForms) {
  using namespace std::string_literals;
  const auto refused = [&](const std::string& bytes) {
    return refusal({.paths = {write("w.txt", bytes)}}, ExitCode::failed);
  };
  EXPECT_THAT(refused("PAR1\x15\0\x15"s), HasSubstr("w.txt: is a Parquet file, not text"));
  EXPECT_THAT(refused("notes.txt"s + std::string(248, '\0') + "ustar\0"s),
              HasSubstr("w.txt: is a tar archive, not text"));
  EXPECT_THAT(read({.paths = {write("p.txt", "PAR1 is a word")}}), ElementsAre("PAR1 is a word"));
}

TEST_F(CorpusTest, RefusesWhatCannotBeReadTwice) {
  EXPECT_THAT(refusal({.paths = {"/dev/zero"}}, ExitCode::usage),
              HasSubstr("/dev/zero: is not a regular file"));
}

TEST_F(CorpusTest, SearchesDirectoriesInOrder) {
  write("d/b.txt", "b");
  write("d/a.md", "a");
  write("d/c/x.rst", "x");
  write("d/skipped.bin", "y");
  EXPECT_THAT(read({.paths = {directory_ / "d"}}), ElementsAre("a", "b", "x"));
}

TEST_F(CorpusTest, ReadsGzip) {
  // printf 'zipped\n' | gzip -n | xxd
  const std::string gzip(
      "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xab\xca\x2c\x28\x48\x4d\xe1\x02\x00\xac\x00\x3a\xc7"
      "\x07\x00\x00\x00",
      27);
  const auto path = write("z.txt.gz", gzip);
  EXPECT_THAT(read({.paths = {path}}), ElementsAre("zipped\n"));
  const auto cut = write("cut.txt.gz", gzip.substr(0, 15));
  EXPECT_THAT(refusal({.paths = {cut}}, ExitCode::failed), HasSubstr("cut.txt.gz"));
}

TEST_F(CorpusTest, NamesWhatIsMissingOrEmpty) {
  EXPECT_THAT(refusal({.paths = {directory_ / "no.txt"}}, ExitCode::not_found),
              HasSubstr("no.txt"));
  EXPECT_THAT(refusal({.paths = {write("empty.txt", "")}}, ExitCode::failed),
              HasSubstr("the data holds no text"));
  std::filesystem::create_directory(directory_ / "void");
  EXPECT_THAT(refusal({.paths = {directory_ / "void"}}, ExitCode::not_found), HasSubstr("void"));
}

TEST_F(CorpusTest, DigestCountsBytesAndReadingNotNames) {
  const StopFlag stop;
  const CorpusOptions a{.paths = {write("a.txt", "same")}};
  const CorpusOptions b{.paths = {write("b.txt", "same")}};
  CorpusOptions cut = a;
  cut.separator = "%";
  const auto digest = [&](const CorpusOptions& o) {
    return digest_of(find_data(o, stop), o).str();
  };
  EXPECT_EQ(digest(a), digest(b));
  EXPECT_NE(digest(a), digest(cut));
}

TEST_F(CorpusTest, CacheHoldsDocumentsBetweenEndTokens) {
  ThreadPool one(1), three(3);
  SilentStatus status;
  const StopFlag stop;
  std::string large;
  for (int i = 0; i < 300000; ++i) large += "word" + std::to_string(i % 977) + "\n";
  const std::vector<std::string_view> documents{"a <|endoftext|> b", large};
  const std::vector<std::string> special{"<|endoftext|>"};
  const auto tokenizer = Tokenizer::learn(documents, 400, special, one, status, stop);
  const std::int32_t end = 0;
  const Surroundings around{.before = {&end, 1}, .after = {}, .last = end};
  write_token_cache(directory_ / "1.tokens", documents, tokenizer, around, one, status, stop);
  write_token_cache(directory_ / "3.tokens", documents, tokenizer, around, three, status, stop);
  EXPECT_EQ(read_file(directory_ / "1.tokens"), read_file(directory_ / "3.tokens"));
  const TokenCache cache(directory_ / "1.tokens");
  const auto tokens = cache.tokens();
  EXPECT_EQ(std::ranges::count(tokens, 0), 3);  // before each document and after the last
  EXPECT_EQ(tokens.front(), 0);
  EXPECT_EQ(tokens.back(), 0);
  ASSERT_EQ(cache.starts().size(), 3u);
  EXPECT_EQ(tokens[cache.starts()[1]], 0);
  EXPECT_EQ(cache.starts()[2], tokens.size() - 1);
  EXPECT_EQ(tokenizer.decode(tokens),
            "<|endoftext|>a <|endoftext|> b<|endoftext|>" + large + "<|endoftext|>");
}

TEST_F(CorpusTest, KnowsACacheThatWasCut) {
  const std::vector<std::int32_t> document{1, 2, 3};
  const auto path = directory_ / "a.tokens";
  TokenCacheWriter out(path);
  for (int i = 0; i < 2; ++i) {
    out.begin_document();
    out.append(document);
  }
  out.commit(0);
  const std::string tokens = read_file(path), starts = read_file(directory_ / "a.starts");
  const auto is_whole = [&](std::string_view kept, std::string_view index) {
    write("b.tokens", kept);
    write("b.starts", index);
    return TokenCache(directory_ / "b.tokens").is_whole();
  };
  EXPECT_TRUE(is_whole(tokens, starts));
  for (std::size_t size = 0; size < tokens.size(); ++size)
    EXPECT_FALSE(is_whole(tokens.substr(0, size), starts)) << size;
  for (std::size_t size = 0; size < starts.size(); ++size)
    EXPECT_FALSE(is_whole(tokens, starts.substr(0, size))) << size;
  EXPECT_FALSE(is_whole(tokens + "\1", starts));
  for (const std::size_t at : {0, 15, 23}) {  // the first start, and bytes that make one huge
    std::string absurd = starts;
    absurd[at] = '\x7f';
    EXPECT_FALSE(is_whole(tokens, absurd)) << at;
  }
}

// A document that is cut into stretches has what surrounds it once.
TEST_F(CorpusTest, CacheHoldsWhatTheTokenizerWantsAroundADocument) {
  ThreadPool threads(2);
  SilentStatus status;
  const StopFlag stop;
  std::string large;
  for (int i = 0; i < 300000; ++i) large += "word" + std::to_string(i % 977) + "\n";
  const std::vector<std::string_view> documents{large, "a"};
  const std::vector<std::string> special{"<b>", "<e>"};
  const auto tokenizer = Tokenizer::learn(documents, 300, special, threads, status, stop);
  const std::int32_t before = 0, after = 1;
  write_token_cache(directory_ / "a.tokens", documents, tokenizer,
                    {.before = {&before, 1}, .after = {&after, 1}, .last = 7}, threads, status,
                    stop);
  const TokenCache cache(directory_ / "a.tokens");
  const auto tokens = cache.tokens();
  EXPECT_EQ(tokenizer.decode(tokens.first(tokens.size() - 1)), "<b>" + large + "<e><b>a<e>");
  EXPECT_EQ(tokens.back(), 7);
  EXPECT_EQ(cache.starts()[1], tokens.size() - 4);
}

}  // namespace
}  // namespace aiops::train
