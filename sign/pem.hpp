// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sign/secret.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace aiops::sign {

// One block of a PEM text (RFC 7468): its label and its decoded bytes.
struct PemBlock {
  std::string label;
  Secret der;
};

// The first block of `pem` whose label is one of `labels`; others before it (such as the
// `EC PARAMETERS` that openssl ecparam writes) are passed over. Refuses more than 64 KiB. Throws
// Error{failed} naming `what` and, where there is one, the label found instead.
PemBlock first_pem_block(std::string_view pem, const std::vector<std::string_view>& labels,
                         std::string_view what);

// `label` and `bytes` as a PEM text with lines of 64 characters.
std::string to_pem(std::string_view label, std::string_view bytes);

}  // namespace aiops::sign
