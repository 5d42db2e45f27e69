// SPDX-License-Identifier: Apache-2.0
// How errors leave the plug-in: as a code and texts, never as an exception.
#pragma once

#include "base/error.hpp"
#include "kernels/device/abi.h"

#include <algorithm>
#include <new>
#include <string>
#include <string_view>
#include <utility>

namespace aiops::kernels::cuda {

// Thrown where an operator does not serve its parameters: another may.
struct Unsupported {
  std::string why;
};

// Copies what fits, and ends it.
template <std::size_t N>
void put(char (&to)[N], std::string_view text) {
  const std::size_t length = std::min(text.size(), N - 1);
  std::copy_n(text.begin(), length, to);
  to[length] = '\0';
}

// Runs `work`; what it throws becomes the code and the fault.
template <typename Work>
std::int32_t guarded(aiops_fault* fault, const Work& work) noexcept {
  const auto say = [&](std::int32_t code, std::string_view message, std::string_view mend) {
    if (fault != nullptr) {
      put(fault->message, message);
      put(fault->mend, mend);
    }
    return code;
  };
  try {
    work();
    return AIOPS_OK;
  } catch (const Unsupported& refusal) {
    return say(AIOPS_UNSUPPORTED, refusal.why, {});
  } catch (const Error& error) {
    return say(static_cast<std::int32_t>(error.code), error.message, error.mend);
  } catch (const std::bad_alloc&) {
    return say(AIOPS_FAILED, "out of memory", {});
  } catch (const std::exception& error) {
    return say(AIOPS_FAILED, error.what(), {});
  }
}

}  // namespace aiops::kernels::cuda
