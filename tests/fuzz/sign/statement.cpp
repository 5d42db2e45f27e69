// SPDX-License-Identifier: Apache-2.0
#include "sign/statement.hpp"

#include "sign/oms.hpp"
#include "tests/fuzz/harness.hpp"

// What a model statement lists must be names that cannot lead out of the model, each once.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace aiops;
  return fuzz::refuses_politely([&] {
    const auto statement = sign::parse_statement(fuzz::text_of(data, size), "input");
    if (statement.subjects.empty() || statement.predicate == nullptr) __builtin_trap();
    const auto oms = sign::parse_oms(statement, "input");
    for (const auto& resource : oms.resources)
      if (!sign::is_canonical_name(resource.name) && resource.name != ".") __builtin_trap();
    if (!sign::differences(oms.resources, oms.resources).empty()) __builtin_trap();
  });
}
