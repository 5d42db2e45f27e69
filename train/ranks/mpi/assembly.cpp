// SPDX-License-Identifier: Apache-2.0
#include "train/ranks/mpi/assembly.hpp"

#include "base/error.hpp"
#include "train/ranks/mpi/link.hpp"
#include "train/ranks/seating.hpp"

#include <algorithm>

namespace aiops::train {
namespace {

constexpr std::size_t kRecord = 1040;  // no message is longer: what all give must be as long

Hello decode(std::string_view record) {
  MessageReader reader;
  while (!reader.message()) {
    const std::size_t size = std::min(record.size(), reader.wanted());
    reader.take(record.substr(0, size));
    record.remove_prefix(size);
  }
  return std::get<Hello>(*reader.message());
}

void require_agreement(const Hello& own, const Hello& other) {
  if (const auto why = objection(own, other))
    throw Error(ExitCode::usage,
                "rank " + std::to_string(other.first) + " does not go with rank 0: " + *why,
                "give every rank the same files and flags");
}

}  // namespace

Place assemble_by_mpi(const MpiLibrary& mpi, const Party& party) {
  if (mpi.rank() != party.first || mpi.size() != party.ranks)
    throw Error(ExitCode::usage,
                "this is rank " + std::to_string(party.first) + " of " +
                    std::to_string(party.ranks) + ", but " + mpi.name() + " counts it as rank " +
                    std::to_string(mpi.rank()) + " of " + std::to_string(mpi.size()),
                "start it with the mpirun of that library, or with srun --mpi=pmix");
  Hello hello = hello_of(party);
  hello.port = 1;  // nobody comes to it
  std::string record = encode(hello);
  record.resize(kRecord);
  std::vector<Comer> comers;
  for (const std::string& other : mpi.gather(record)) comers.push_back({decode(other), ""});
  for (const Comer& comer : comers) require_agreement(comers.front().hello, comer.hello);
  const Nonce own = draw_nonce();
  const std::string first = mpi.gather({own.data(), own.size()}).front();
  Nonce nonce{};
  std::ranges::copy(first, nonce.begin());
  return seat(comers, nonce)[static_cast<std::size_t>(party.first)];
}

Neighbours link_by_mpi(const MpiLibrary& mpi, const Place& place) {
  Neighbours neighbours;
  if (place.group > 0)
    neighbours.before = std::make_unique<MpiLink>(mpi, static_cast<int>(place.first_before));
  if (place.group + 1 < place.groups)
    neighbours.after = std::make_unique<MpiLink>(mpi, static_cast<int>(place.first + place.count));
  return neighbours;
}

}  // namespace aiops::train
