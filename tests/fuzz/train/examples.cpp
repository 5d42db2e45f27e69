// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "tests/fuzz/harness.hpp"
#include "train/data/delimited.hpp"
#include "train/data/example.hpp"

// The first byte says how the rest is read: as a line of JSON, or as a table.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace aiops;
  if (size == 0) return 0;
  const std::string text(fuzz::text_of(data + 1, size - 1));
  const auto kind =
      data[0] % 2 == 0 ? train::HeadKind::classification : train::HeadKind::regression;
  train::CorpusOptions options;
  options.labels = {"label"};
  const auto require_whole = [&](const train::Example& example) {
    if (example.text.empty()) __builtin_trap();
    if (kind == train::HeadKind::regression && example.values.empty()) __builtin_trap();
    if (kind == train::HeadKind::classification && example.label.text.empty()) __builtin_trap();
  };
  return fuzz::refuses_politely([&] {
    if (data[0] == 'j' || data[0] == 'k')
      return require_whole(train::parse_example(text, options, kind, "input:1"));
    train::DelimitedReader reader(text, ',', "input");
    std::vector<std::string> record;
    if (!reader.next(record)) return;
    const train::ExampleColumns columns(record, options, kind, reader.where());
    while (reader.next(record)) require_whole(columns.read(record, reader.where()));
  });
}
