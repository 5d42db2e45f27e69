// SPDX-License-Identifier: Apache-2.0
#include "cli/documents.hpp"

#include "cli/help.hpp"
#include "fake.hpp"

#include <algorithm>

namespace aiops {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string page(const std::vector<Document>& documents, const std::string& file) {
  const auto at = std::ranges::find(documents, file, &Document::file);
  if (at != documents.end()) return at->text;
  ADD_FAILURE() << "no " << file;
  return {};
}

TEST(ManPages, HaveOnePageForEachVisibleVerb) {
  std::vector<std::string> files;
  for (const auto& document : man_pages(small_program())) files.push_back(document.file);
  EXPECT_THAT(files, testing::ElementsAre("aiops.1", "aiops-push.1", "aiops-store.1",
                                          "aiops-store-gc.1", "aiops-store-info.1", "aiops-rm.1"));
}

TEST(ManPages, EscapeWhatRoffWouldTake) {
  Verb program = small_program();
  program.verbs[0].description = ".so /etc/passwd\n\n'quoted\n\nback\\slash --flag größe";
  const auto text = page(man_pages(program), "aiops-push.1");
  EXPECT_THAT(text, HasSubstr("\n\\&.so /etc/passwd\n"));
  EXPECT_THAT(text, HasSubstr("\n\\(aqquoted\n"));
  EXPECT_THAT(text, HasSubstr("back\\eslash \\-\\-flag gr\\[u00F6]\\[u00DF]e"));
}

TEST(ManPages, CarryEverySection) {
  const auto text = page(man_pages(small_program()), "aiops-push.1");
  for (const auto* section : {"NAME", "SYNOPSIS", "DESCRIPTION", "ARGUMENTS", "OPTIONS",
                              "EXIT STATUS", "ENVIRONMENT", "SEE ALSO"})
    EXPECT_THAT(text, HasSubstr(std::string(".SH ") + section + "\n"));
}

TEST(Markdown, EscapesTables) {
  Verb program = small_program();
  program.verbs[0].flags[0].help = "a | b <c> *d*";
  EXPECT_THAT(
      page(markdown_reference(program), "push.md"),
      HasSubstr("| `-t, --tag TAG` | A \\| b \\<c\\> \\*d\\*; may be given several times. |"));
}

TEST(Examples, AreJsonLines) {
  Verb program = small_program();
  program.verbs[0].examples = {{"aiops push \"m:1\"", "send"}};
  EXPECT_EQ(example_list(program),
            "{\"verb\":\"aiops push\",\"command\":\"aiops push "
            "\\\"m:1\\\"\",\"explanation\":\"send\"}\n");
}

TEST(Help, FitsTheWidth) {
  const Verb program = small_program();
  for_each_verb(program, [](const auto& path) {
    for (const std::size_t width : {40u, 80u}) {
      std::istringstream lines(help_page(path, width, Style{}));
      for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), width + 6) << line;
    }
  });
}

TEST(Help, ShowsChoicesDefaultsAndKeys) {
  const Verb program = small_program();
  const auto text = help_page({&program, &program.verbs[0]}, 100, Style{});
  EXPECT_THAT(text, HasSubstr("Usage: aiops push [FLAG]… REF [DST]\n"));
  EXPECT_THAT(
      text,
      HasSubstr("-j, --jobs N      How many at once; default 4; configuration registry.jobs"));
  EXPECT_THAT(text, HasSubstr("A format; one of raw, tar"));
  EXPECT_THAT(text, Not(HasSubstr("__secret")));
}

}  // namespace
}  // namespace aiops
