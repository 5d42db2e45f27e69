// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace aiops {

// Runs one command line and returns the exit code. The only catch of Error is here.
int run_program(int argc, char** argv);

}  // namespace aiops
