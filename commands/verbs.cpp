// SPDX-License-Identifier: Apache-2.0
#include "commands/verbs.hpp"

#include "commands/bench.hpp"
#include "commands/checkpoint.hpp"
#include "commands/completion.hpp"
#include "commands/config.hpp"
#include "commands/copy.hpp"
#include "commands/delete.hpp"
#include "commands/device.hpp"
#include "commands/eval.hpp"
#include "commands/generate.hpp"
#include "commands/init.hpp"
#include "commands/inspect.hpp"
#include "commands/key.hpp"
#include "commands/lineage.hpp"
#include "commands/login.hpp"
#include "commands/logout.hpp"
#include "commands/ls.hpp"
#include "commands/pack.hpp"
#include "commands/pull.hpp"
#include "commands/push.hpp"
#include "commands/referrers.hpp"
#include "commands/rm.hpp"
#include "commands/sign.hpp"
#include "commands/store.hpp"
#include "commands/tag.hpp"
#include "commands/tags.hpp"
#include "commands/tokenizer.hpp"
#include "commands/train.hpp"
#include "commands/unpack.hpp"
#include "commands/verify.hpp"
#include "commands/version.hpp"

namespace aiops::commands {

std::vector<Verb> all_verbs() {
  // clang-format off
  return {
      init_verb(),
      pack_verb(),
      unpack_verb(),
      push_verb(),
      pull_verb(),
      copy_verb(),
      ls_verb(),
      tag_verb(),
      rm_verb(),
      store_verb(),
      inspect_verb(),
      referrers_verb(),
      tags_verb(),
      delete_verb(),
      login_verb(),
      logout_verb(),
      key_verb(),
      sign_verb(),
      verify_verb(),
      lineage_verb(),
      train_verb(),
      checkpoint_verb(),
      generate_verb(),
      eval_verb(),
      tokenizer_verb(),
      bench_verb(),
      device_verb(),
      config_verb(),
      completion_verb(),
      version_verb(),
  };
  // clang-format on
}

}  // namespace aiops::commands
