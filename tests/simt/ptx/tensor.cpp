// SPDX-License-Identifier: Apache-2.0
// Tensor cores and asynchronous copies, which the runtime does.
#include "kernels/cuda/layer/executor.hpp"
#include "tests/simt/ptx/addresses.hpp"
#include "tests/simt/ptx/site.hpp"
#include "tests/simt/ptx/table.hpp"

namespace aiops::simt::ptx {
namespace {

template <Product Kind>
void multiply(Lane& lane, const Instruction& i) {
  float d[4];
  float c[4];
  std::uint32_t a[4];
  std::uint32_t b[2];
  for (int k = 0; k < 4; ++k) a[k] = lane.get<std::uint32_t>(i, 4 + k);
  for (int k = 0; k < 2; ++k) b[k] = lane.get<std::uint32_t>(i, 8 + k);
  for (int k = 0; k < 4; ++k) c[k] = lane.get<float>(i, 10 + k);
  mma(Kind, d, a, b, c, site_of(lane, i));
  for (int k = 0; k < 4; ++k) lane.set(i, k, d[k]);
}

template <int Matrices, Layout As>
void load_matrices(Lane& lane, const Instruction& i) {
  std::uint32_t fragment[Matrices];
  ldmatrix(fragment, address<Space::shared>(lane, i, Matrices), Matrices, As, site_of(lane, i));
  for (int k = 0; k < Matrices; ++k) lane.set(i, k, fragment[k]);
}

void copy_whole(Lane& lane, const Instruction& i) {
  const auto size = lane.get<std::int32_t>(i, 2);
  cp_async(address<Space::shared>(lane, i, 0), address<Space::generic>(lane, i, 1), size, size);
}
void copy_part(Lane& lane, const Instruction& i) {
  cp_async(address<Space::shared>(lane, i, 0), address<Space::generic>(lane, i, 1),
           lane.get<std::int32_t>(i, 2), lane.get<std::int32_t>(i, 3));
}
void commit(Lane&, const Instruction&) { cp_async_commit(); }
void wait(Lane& lane, const Instruction& i) { cp_async_wait(lane.get<std::int32_t>(i, 0)); }
void wait_all(Lane&, const Instruction&) {
  cp_async_commit();
  cp_async_wait(0);
}

constexpr Layout kStored = Layout::as_stored;
constexpr Layout kTurned = Layout::transposed;

const Rule kRules[] = {
    {"mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32", multiply<Product::bf16_m16n8k16>, 14},
    {"mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32", multiply<Product::tf32_m16n8k8>, 14},
    {"ldmatrix.sync.aligned.m8n8.x1.shared[::cta].b16", load_matrices<1, kStored>, 2},
    {"ldmatrix.sync.aligned.m8n8.x2.shared[::cta].b16", load_matrices<2, kStored>, 3},
    {"ldmatrix.sync.aligned.m8n8.x4.shared[::cta].b16", load_matrices<4, kStored>, 5},
    {"ldmatrix.sync.aligned.m8n8.x1.trans.shared[::cta].b16", load_matrices<1, kTurned>, 2},
    {"ldmatrix.sync.aligned.m8n8.x2.trans.shared[::cta].b16", load_matrices<2, kTurned>, 3},
    {"ldmatrix.sync.aligned.m8n8.x4.trans.shared[::cta].b16", load_matrices<4, kTurned>, 5},
    {"cp.async.{ca,cg}.shared[::cta].global[.L2::128B]", copy_whole, 3},
    {"cp.async.{ca,cg}.shared[::cta].global[.L2::128B]", copy_part, 4},
    {"cp.async.commit_group", commit, 0},
    {"cp.async.wait_group", wait, 1},
    {"cp.async.wait_all", wait_all, 0},
};

}  // namespace

std::span<const Rule> tensor_rules() { return kRules; }

}  // namespace aiops::simt::ptx
