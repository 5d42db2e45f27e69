// SPDX-License-Identifier: Apache-2.0
#include "train/ranks/ranks.hpp"

#include "base/error.hpp"
#include "train/ranks/hostlist.hpp"

#include <gmock/gmock.h>

#include <map>

namespace aiops::train {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Variables = std::map<std::string, std::string, std::less<>>;

Placement resolve(const Variables& variables, const RankFlags& flags = {}) {
  return resolve_ranks(flags, [&](std::string_view name) -> std::optional<std::string> {
    const auto at = variables.find(name);
    if (at == variables.end() || at->second.empty()) return std::nullopt;
    return at->second;
  });
}

// "A=1 B=2"
Variables split(std::string_view text) {
  Variables variables;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    const std::size_t equals = word.find('=');
    variables.emplace(word.substr(0, equals), word.substr(equals + 1));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
  }
  return variables;
}

std::string refusal(const Variables& variables, const RankFlags& flags = {}) {
  try {
    resolve(variables, flags);
  } catch (const Error& error) {
    EXPECT_EQ(error.code, ExitCode::usage);
    return error.message;
  }
  return "accepted";
}

// One row a launcher: what it sets, and who that makes of the process.
struct Row {
  const char* launcher;
  const char* variables;
  int rank, world, local_rank, local_size, start;
  const char* address;
  int port;
  const char* source;
  std::optional<int> ranks = {};
};

const Row kRows[] = {
    {"nobody", "", 0, 1, 0, 1, 1, "", 0, ""},
    {"nobody, --ranks 3", "", 0, 3, 0, 3, 3, "", 0, "--ranks", 3},
    {"torchrun",
     "RANK=5 WORLD_SIZE=8 LOCAL_RANK=1 LOCAL_WORLD_SIZE=4 MASTER_ADDR=node0 MASTER_PORT=1234", 5, 8,
     1, 4, 1, "node0", 1234, "RANK"},
    {"Volcano", "RANK=1 WORLD_SIZE=2 MASTER_ADDR=m MASTER_PORT=23456", 1, 2, 0, 0, 1, "m", 23456,
     "RANK"},
    {"srun, one node",
     "SLURM_JOB_ID=4537 SLURM_STEP_ID=0 SLURM_PROCID=1 SLURM_NTASKS=2 SLURM_LOCALID=1 "
     "SLURM_NNODES=1 SLURM_STEP_NODELIST=gpu[007]",
     1, 2, 1, 2, 1, "gpu007", 61001, "SLURM_PROCID"},
    {"srun, three nodes",
     "SLURM_JOB_ID=4 SLURM_STEP_ID=3 SLURM_PROCID=4 SLURM_NTASKS=5 SLURM_LOCALID=0 SLURM_NNODES=3 "
     "SLURM_NODEID=2 SLURM_STEP_TASKS_PER_NODE=2(x2),1 SLURM_STEP_NODELIST=n[09-10],m1",
     4, 5, 0, 1, 1, "n09", 61004, "SLURM_PROCID"},
    {"srun --mpi=pmix",
     "SLURM_JOB_ID=4 SLURM_STEP_ID=0 SLURM_PROCID=1 SLURM_NTASKS=2 SLURM_NNODES=1 PMIX_RANK=1 "
     "PMIX_NAMESPACE=slurm.pmix.4.0",
     1, 2, 0, 2, 1, "", 61004, "SLURM_PROCID"},
    {"the batch shell of a Slurm job", "SLURM_JOB_ID=4 SLURM_PROCID=0 SLURM_NTASKS=8", 0, 1, 0, 1,
     1, "", 0, ""},
    {"srun -n 1 with --ranks 2", "SLURM_JOB_ID=4 SLURM_STEP_ID=0 SLURM_PROCID=0 SLURM_NTASKS=1", 0,
     2, 0, 2, 2, "", 0, "--ranks", 2},
    {"mpirun",
     "OMPI_COMM_WORLD_RANK=3 OMPI_COMM_WORLD_SIZE=4 OMPI_COMM_WORLD_LOCAL_RANK=1 "
     "OMPI_COMM_WORLD_LOCAL_SIZE=2 PMIX_RANK=3 PMIX_NAMESPACE=77",
     3, 4, 1, 2, 1, "", 29500, "OMPI_COMM_WORLD_RANK"},
    {"hydra", "PMI_RANK=1 PMI_SIZE=2 MPI_LOCALRANKID=1 MPI_LOCALNRANKS=2", 1, 2, 1, 2, 1, "", 29500,
     "PMI_RANK"},
    {"PMIx alone", "PMIX_RANK=1 WORLD_SIZE=2", 1, 2, 0, 0, 1, "", 29500, "PMIX_RANK"},
    {"Kubeflow Trainer",
     "PET_NODE_RANK=1 PET_NNODES=2 PET_NPROC_PER_NODE=2 PET_MASTER_ADDR=j-node-0-0.j "
     "PET_MASTER_PORT=29500 JOB_COMPLETION_INDEX=1",
     2, 4, 0, 2, 2, "j-node-0-0.j", 29500, "PET_NODE_RANK"},
    {"Kubeflow Trainer, auto", "PET_NODE_RANK=1 PET_NNODES=2 PET_NPROC_PER_NODE=auto", 3, 6, 0, 3,
     3, "", 29500, "PET_NODE_RANK", 3},
    {"Indexed Job", "JOB_COMPLETION_INDEX=1 WORLD_SIZE=6 MASTER_ADDR=a-0.a", 2, 6, 0, 2, 2, "a-0.a",
     29500, "JOB_COMPLETION_INDEX", 2},
    {"Indexed Job of one", "JOB_COMPLETION_INDEX=0", 0, 1, 0, 1, 1, "", 29500,
     "JOB_COMPLETION_INDEX"},
    {"Indexed Job with RANK of a set of Jobs", "JOB_COMPLETION_INDEX=1 RANK=3 WORLD_SIZE=4", 3, 4,
     0, 0, 1, "", 29500, "RANK"},
    {"LeaderWorkerSet", "LWS_WORKER_INDEX=2 LWS_GROUP_SIZE=3 LWS_LEADER_ADDRESS=l.svc", 2, 3, 0, 1,
     1, "l.svc", 29500, "LWS_WORKER_INDEX"},
    {"SkyPilot", "SKYPILOT_NODE_RANK=1 SKYPILOT_NODE_IPS=10.0.0.1\n10.0.0.2\n", 2, 4, 0, 2, 2,
     "10.0.0.1", 29500, "SKYPILOT_NODE_RANK", 2},
    {"dstack", "DSTACK_NODE_RANK=0 DSTACK_NODES_NUM=2 DSTACK_MASTER_NODE_IP=10.0.0.9", 0, 2, 0, 1,
     1, "10.0.0.9", 29500, "DSTACK_NODE_RANK"},
};

TEST(Ranks, EveryLauncherIsUnderstood) {
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.launcher);
    const Placement place = resolve(split(row.variables), {.ranks = row.ranks, .master = ""});
    EXPECT_EQ(place.rank, row.rank);
    EXPECT_EQ(place.world_size, row.world);
    EXPECT_EQ(place.local_rank, row.local_rank);
    EXPECT_EQ(place.local_size, row.local_size);
    EXPECT_EQ(place.start, row.start);
    EXPECT_EQ(place.master_address, row.address);
    EXPECT_EQ(place.master_port, row.port);
    EXPECT_EQ(place.source, row.source);
  }
}

TEST(Ranks, TwoThatDisagreeAreRefused) {
  const Variables torchrun{{"RANK", "0"}, {"WORLD_SIZE", "2"}};
  const auto with = [&](Variables more) {
    more.insert(torchrun.begin(), torchrun.end());
    return refusal(more);
  };
  const std::string mine = "RANK=0 of 2 (WORLD_SIZE) disagrees with ";
  EXPECT_EQ(with({{"SLURM_PROCID", "1"}, {"SLURM_NTASKS", "2"}}),
            mine + "SLURM_PROCID=1 of 2 (SLURM_NTASKS)");
  EXPECT_EQ(with({{"SLURM_PROCID", "0"}, {"SLURM_NTASKS", "4"}}),
            mine + "SLURM_PROCID=0 of 4 (SLURM_NTASKS)");
  EXPECT_EQ(with({{"OMPI_COMM_WORLD_RANK", "1"}, {"OMPI_COMM_WORLD_SIZE", "2"}}),
            mine + "OMPI_COMM_WORLD_RANK=1 of 2 (OMPI_COMM_WORLD_SIZE)");
  EXPECT_EQ(with({{"PMI_RANK", "1"}, {"PMI_SIZE", "2"}}), mine + "PMI_RANK=1 of 2 (PMI_SIZE)");
  EXPECT_EQ(with({{"PMIX_RANK", "1"}}), mine + "PMIX_RANK=1 of 2 (WORLD_SIZE)");
  EXPECT_THAT(with({{"PET_NODE_RANK", "0"}, {"PET_NNODES", "3"}}), HasSubstr("PET_NODE_RANK"));
  EXPECT_THAT(with({{"JOB_COMPLETION_INDEX", "1"}}), HasSubstr("JOB_COMPLETION_INDEX=1"));
  EXPECT_THAT(refusal({{"LWS_WORKER_INDEX", "1"},
                       {"LWS_GROUP_SIZE", "2"},
                       {"DSTACK_NODE_RANK", "0"},
                       {"DSTACK_NODES_NUM", "2"}}),
              HasSubstr("LWS_WORKER_INDEX=1 of 2 (LWS_GROUP_SIZE) disagrees with DSTACK"));
  EXPECT_THAT(refusal({{"PET_NODE_RANK", "0"}, {"PET_NNODES", "2"}, {"JOB_COMPLETION_INDEX", "1"}}),
              HasSubstr("disagrees with JOB_COMPLETION_INDEX=1"));
  EXPECT_EQ(with({{"SLURM_PROCID", "0"}, {"SLURM_NTASKS", "2"}}), "accepted");
}

TEST(Ranks, HalvesAndNonsenseAreRefused) {
  EXPECT_EQ(refusal({{"RANK", "0"}}), "RANK is set, but WORLD_SIZE is not");
  EXPECT_EQ(refusal({{"PMIX_RANK", "0"}}), "PMIX_RANK is set, but WORLD_SIZE is not");
  EXPECT_EQ(refusal({{"SKYPILOT_NODE_RANK", "0"}}),
            "SKYPILOT_NODE_RANK is set, but SKYPILOT_NODE_IPS is not");
  EXPECT_THAT(refusal({{"RANK", "-1"}, {"WORLD_SIZE", "2"}}), HasSubstr("RANK is '-1', but must"));
  EXPECT_THAT(refusal({{"RANK", "1 "}, {"WORLD_SIZE", "2"}}), HasSubstr("RANK is '1 '"));
  EXPECT_THAT(refusal({{"RANK", "0"}, {"WORLD_SIZE", "99999"}}), HasSubstr("WORLD_SIZE is"));
  EXPECT_EQ(refusal({{"RANK", "2"}, {"WORLD_SIZE", "2"}}),
            "RANK: rank 2 is not below 2, the number of ranks");
  EXPECT_THAT(refusal({{"RANK", "0"}, {"WORLD_SIZE", "0"}}), HasSubstr("not below 0"));
  EXPECT_THAT(refusal({{"JOB_COMPLETION_INDEX", "1"}}), HasSubstr("nothing says of how many"));
  EXPECT_THAT(refusal({{"JOB_COMPLETION_INDEX", "0"}, {"WORLD_SIZE", "3"}}, {.ranks = 2}),
              HasSubstr("counts processes, and is no multiple of --ranks 2"));
  EXPECT_THAT(refusal({{"RANK", "0"}, {"WORLD_SIZE", "2"}}, {.ranks = 2}),
              HasSubstr("it cannot start --ranks 2"));
}

TEST(Ranks, FlagsBeatEverybody) {
  const Variables slurm{{"SLURM_PROCID", "0"}, {"SLURM_NTASKS", "1"}, {"RANK", "7"}};
  const Placement place =
      resolve(slurm, {.rank = 1, .world_size = 2, .ranks = {}, .master = "[::1]:77"});
  EXPECT_EQ(place.rank, 1);
  EXPECT_EQ(place.world_size, 2);
  EXPECT_EQ(place.source, "--rank");
  EXPECT_EQ(place.master_address, "::1");
  EXPECT_EQ(place.master_port, 77);
  EXPECT_TRUE(place.on_one_host());
  EXPECT_EQ(refusal({}, {.rank = 1}), "--rank and --world-size go together");
  EXPECT_EQ(refusal({}, {.world_size = 1}), "--rank and --world-size go together");
  EXPECT_THAT(refusal({}, {.rank = 2, .world_size = 2}), HasSubstr("--rank: rank 2"));
  EXPECT_THAT(refusal({}, {.rank = 0, .world_size = 2, .ranks = 2}), HasSubstr("one of them"));
  for (const char* master : {":1", "host:", "host:0", "host:65536", "host:x", "[::1", "[]:1"}) {
    const bool fine = std::string_view(master) == "host:";  // the default port
    const std::string said = refusal({}, {.ranks = 1, .master = master});
    if (fine)
      EXPECT_EQ(said, "accepted");
    else
      EXPECT_THAT(said, HasSubstr("expected HOST:PORT")) << master;
  }
}

TEST(Ranks, KnowsWhenAllShareAHost) {
  const Variables far{{"RANK", "1"}, {"WORLD_SIZE", "2"}, {"MASTER_ADDR", "node0"}};
  const Variables near{{"RANK", "1"}, {"WORLD_SIZE", "2"}, {"MASTER_ADDR", "127.0.0.1"}};
  EXPECT_FALSE(resolve(far).on_one_host());
  EXPECT_TRUE(resolve(near).on_one_host());
  EXPECT_TRUE(resolve({}).on_one_host());
}

TEST(Hostlist, ExpandsBrackets) {
  EXPECT_THAT(expand_hostlist("gpu[001-003,010],login1", "L"),
              ElementsAre("gpu001", "gpu002", "gpu003", "gpu010", "login1"));
  EXPECT_THAT(expand_hostlist("rack[1-2]n[8-9].ib", "L"),
              ElementsAre("rack1n8.ib", "rack1n9.ib", "rack2n8.ib", "rack2n9.ib"));
  EXPECT_THAT(expand_hostlist("n[08-11]", "L"), ElementsAre("n08", "n09", "n10", "n11"));
  EXPECT_THAT(expand_hostlist("one", "L"), ElementsAre("one"));
  EXPECT_THAT(expand_counts("2(x3),1", "C"), ElementsAre(2, 2, 2, 1));
}

TEST(Hostlist, RefusesTheRest) {
  for (const char* list : {"", ",", "a,", "a[", "a[]", "a[1", "a[2-1]", "a[1-]", "a]", "a[b]",
                           "a b", "a[1-2-3]", "a[1234567890]", "a/b"})
    EXPECT_THROW(expand_hostlist(list, "L"), Error) << list;
  for (const char* list : {"", "2(", "2(x", "2(x3", "2(3)", "x", "1,"})
    EXPECT_THROW(expand_counts(list, "C"), Error) << list;
  EXPECT_THROW(expand_hostlist("n[1-999999999]", "L"), Error);
  EXPECT_THROW(expand_hostlist("[1-300][1-300]", "L"), Error);
  EXPECT_THROW(expand_counts("1(x999999999)", "C"), Error);
  EXPECT_EQ(expand_hostlist("n[1-65536]", "L").size(), 65536u);
}

}  // namespace
}  // namespace aiops::train
