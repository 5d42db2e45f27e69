// SPDX-License-Identifier: Apache-2.0
#include "cli/debug_log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace aiops {
namespace {

// spdlog's default logger writes to standard output, which is for answers.
spdlog::logger make_logger() {
  spdlog::logger logger("aiops", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger.set_level(spdlog::level::debug);
  logger.set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %v", spdlog::pattern_time_type::utc);
  logger.flush_on(spdlog::level::debug);
  return logger;
}

}  // namespace

void log_debug(std::string_view what) {
  static spdlog::logger logger = make_logger();
  logger.debug("{}", mask_secrets(what));
}

}  // namespace aiops
