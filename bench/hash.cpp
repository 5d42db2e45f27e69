// SPDX-License-Identifier: Apache-2.0
#include "bench/hash.hpp"

#include "base/digest.hpp"
#include "base/error.hpp"
#include "base/units.hpp"
#include "bench/team_cases.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <random>

namespace aiops::bench {
namespace {

constexpr std::int64_t kBytesPerCall = 64 << 10;  // handing work to threads costs a microsecond

std::int64_t rounds_of(std::size_t block) {
  return std::max<std::int64_t>(1, kBytesPerCall / static_cast<std::int64_t>(block));
}

std::string random_bytes(std::int64_t size, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::string bytes(static_cast<std::size_t>(size), '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

// A stream of blocks must have the digest of its bytes as one piece.
Json check(const std::string& algorithm, const std::string& block) {
  Hasher streamed(algorithm), whole(algorithm);
  streamed.update(block);
  streamed.update(block);
  whole.update(block + block);
  if (streamed.finish() != whole.finish())
    throw Error(ExitCode::failed, algorithm + ": blocks have another digest than their whole");
  return {
      {"checked", true}, {"method", "stream against one piece"}, {"max_err", 0}, {"pass", true}};
}

Measurement describe(const std::string& algorithm, const std::string& block, const Bench& bench) {
  const std::int64_t rounds = rounds_of(block.size());
  const std::int64_t bytes = rounds * static_cast<std::int64_t>(block.size() * bench.threads);
  Measurement result;
  result.workload = {
      {"kind", "hash"},
      {"params",
       {{"algorithm", algorithm}, {"block_bytes", block.size()}, {"threads", bench.threads}}},
      {"dtype", "bytes"},
      {"seed", bench.rule.seed},
      {"input_sha256", sha256_of(block).hex()},
      {"bytes_min", bytes},
      {"byte_rule", "bytes hashed; one stream a thread"},
      {"flops", nullptr}};
  result.engine = {{"name", "OpenSSL"},
                   {"version", OpenSSL_version(OPENSSL_VERSION_STRING)},
                   {"backend", "cpu"},
                   {"flags", {{"pinned", true}}}};
  result.rate = {"mb_s", "MB/s", static_cast<double>(bytes) * 1000};
  result.working_set = static_cast<std::int64_t>(block.size());  // all threads read the same
  result.correctness = check(algorithm, block);
  return result;
}

Group block_group(const HashPlan& plan, std::int64_t size, const Bench& bench,
                  const std::shared_ptr<Team>& team) {
  const auto block = std::make_shared<const std::string>(random_bytes(size, bench.rule.seed));
  std::vector<TeamCase> cases;
  for (const std::string& algorithm : plan.algorithms) {
    const auto streams = std::make_shared<std::vector<Hasher>>();
    for (std::size_t member = 0; member < team->size(); ++member) streams->emplace_back(algorithm);
    cases.push_back({describe(algorithm, *block, bench), [block, streams](std::size_t member) {
                       for (std::int64_t round = 0; round < rounds_of(block->size()); ++round)
                         (*streams)[member].update(*block);
                     }});
  }
  return team_group(std::move(cases), team);
}

}  // namespace

Suite hash_suite(const HashPlan& plan, const Bench& bench) {
  const auto team = std::make_shared<Team>(bench.threads);
  Suite suite{"hash", plan.algorithms.size(), {}};
  for (const std::int64_t size : plan.blocks)
    suite.items.push_back({format_bytes(static_cast<std::uint64_t>(size)),
                           [=, &bench] { return block_group(plan, size, bench, team); }});
  return suite;
}

}  // namespace aiops::bench
