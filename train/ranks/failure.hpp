// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.hpp"

namespace aiops::train {

// Why a run of several ranks ended, as the first rank that failed, or its launcher, said.
struct Failure {
  int rank = 0;
  Error error;
};

}  // namespace aiops::train
