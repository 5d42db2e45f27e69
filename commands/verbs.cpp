// SPDX-License-Identifier: Apache-2.0
#include "commands/verbs.hpp"

#include "commands/bench.hpp"
#include "commands/key.hpp"
#include "commands/sign.hpp"
#include "commands/verify.hpp"

namespace aiops::commands {

std::vector<Verb> all_verbs() {
  return {
      key_verb(),
      sign_verb(),
      verify_verb(),
      bench_verb(),
  };
}

}  // namespace aiops::commands
