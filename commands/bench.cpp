// SPDX-License-Identifier: Apache-2.0
#include "commands/bench.hpp"

#include "commands/bench_ab.hpp"
#include "commands/bench_allreduce.hpp"
#include "commands/bench_attach.hpp"
#include "commands/bench_attention.hpp"
#include "commands/bench_compare.hpp"
#include "commands/bench_gemm.hpp"
#include "commands/bench_generate.hpp"
#include "commands/bench_hash.hpp"
#include "commands/bench_memory.hpp"
#include "commands/bench_operator.hpp"
#include "commands/bench_registry.hpp"
#include "commands/bench_report.hpp"
#include "commands/bench_storage.hpp"
#include "commands/bench_train.hpp"
#include "commands/bench_verify.hpp"

namespace aiops::commands {

Verb bench_verb() {
  Verb verb;
  verb.name = "bench";
  verb.summary = "Measure this machine, honestly";
  verb.description =
      "Each suite warms up, takes samples until the 95 % interval of the median is within 0.5 % "
      "(or "
      "it no longer narrows, or --time is used up), and says which of these ended it. Nothing is "
      "dropped: outliers are counted, raw samples are in the record, and only digits that the "
      "noise "
      "supports are shown.\n\n"
      "With -o json the answer is one record a line, in the canonical form of RFC 8785, with the "
      "machine, the method, the samples, how the CPU's clock went meanwhile, the energy where a "
      "counter of it can be read, and a hash that says what it may be compared with.";
  verb.verbs = {bench_memory_verb(),   bench_gemm_verb(),     bench_hash_verb(),
                bench_train_verb(),    bench_generate_verb(), bench_attention_verb(),
                bench_operator_verb(), bench_storage_verb(),  bench_allreduce_verb(),
                bench_registry_verb(), bench_ab_verb(),       bench_compare_verb(),
                bench_verify_verb(),   bench_attach_verb(),   bench_report_verb()};
  return verb;
}

}  // namespace aiops::commands
