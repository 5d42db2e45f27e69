// SPDX-License-Identifier: Apache-2.0
#include "bench/storage.hpp"

#include "base/error.hpp"
#include "base/units.hpp"
#include "bench/record.hpp"
#include "bench/scratch_file.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <system_error>

namespace aiops::bench {
namespace {

constexpr double kMostResident = 0.01;  // of a file that is cold

// A file of one size, and whether the next call finds it as it must be.
struct Subject {
  Subject(const StoragePlan& plan, std::string what, std::int64_t bytes, const StopFlag& flag)
      : file(plan.directory), operation(std::move(what)), size(bytes), stop(flag) {
    if (operation != "read") return;
    file.empty();
    file.write(size, stop);
  }

  // Ahead of each sample, not timed; a second call in one sample has to do it itself.
  void prepare() {
    if (operation == "write") {
      file.empty();
    } else {
      const double share = file.drop();
      if (share > kMostResident)
        throw Error(ExitCode::failed,
                    "the page cache keeps " + format_number(std::round(100 * share)) +
                        " % of the file: a read would not be cold",
                    "choose a --directory on a disk, or --operation write");
      resident = std::max(resident, share);
    }
    ready = true;
  }
  void call() {
    if (!ready) prepare();
    ready = false;
    if (operation == "write")
      file.write(size, stop);
    else
      file.read(stop);
  }

  Json check() {
    prepare();
    if (operation == "write") call();
    if (const std::int64_t wrong = file.wrong_blocks(); wrong > 0)
      throw Error(ExitCode::failed, std::to_string(wrong) +
                                        " blocks of a file are not what was "
                                        "written");
    ready = false;
    return {{"checked", true},
            {"method", "every block read is what was written"},
            {"max_err", 0},
            {"pass", true}};
  }

  ScratchFile file;
  std::string operation;
  std::int64_t size;
  const StopFlag& stop;
  bool ready = false;
  double resident = 0;  // the largest share before a read
  Measurement result;
};

Measurement describe(const StoragePlan& plan, const Subject& subject, const Bench& bench) {
  Measurement result;
  result.workload = {{"kind", "storage"},
                     {"params",
                      {{"operation", subject.operation},
                       {"size_bytes", subject.size},
                       {"block_bytes", ScratchFile::kBlock}}},
                     {"dtype", "bytes"},
                     {"seed", bench.rule.seed},
                     {"flops", nullptr},
                     {"bytes_min", subject.size}};
  result.engine = {{"name", "aiops"},
                   {"version", nullptr},
                   {"backend", "cpu"},
                   {"flags",
                    {{"filesystem", filesystem_of(plan.directory)},
                     {"write", "to a new file, fsync at the end"},
                     {"read", "pages dropped by posix_fadvise, mincore asked"}}}};
  result.rate = {"mb_s", "MB/s", static_cast<double>(subject.size) * 1000};
  return result;
}

void check_room(const StoragePlan& plan, std::int64_t size) {
  std::error_code error;
  const auto space = std::filesystem::space(plan.directory, error);
  if (error) throw system_error(plan.directory.string(), error.value());
  const auto needed = static_cast<double>(size) * static_cast<double>(plan.operations.size());
  if (needed > static_cast<double>(space.available))
    throw Error(ExitCode::failed,
                plan.directory.string() + " has room for " + format_bytes(space.available) +
                    ", less than the files need",
                "a smaller --size");
}

Group size_group(const StoragePlan& plan, std::int64_t size, const Bench& bench) {
  check_room(plan, size);
  const auto subjects = std::make_shared<std::vector<std::unique_ptr<Subject>>>();
  Group group;
  for (const std::string& operation : plan.operations) {
    auto subject = std::make_unique<Subject>(plan, operation, size, bench.stop);
    subject->result = describe(plan, *subject, bench);
    subject->result.correctness = subject->check();
    Subject* const each = subject.get();
    subjects->push_back(std::move(subject));
    group.cases.push_back(
        {[subjects, each] { each->call(); }, [subjects, each] { each->prepare(); }});
  }
  group.describe = [subjects](const std::vector<Samples>& samples) {
    std::vector<Measurement> results;
    for (std::size_t i = 0; i < subjects->size(); ++i) {
      Subject& subject = *(*subjects)[i];
      subject.result.samples = samples[i];
      subject.result.counters = {{"resident_pct", 100 * subject.resident}};
      results.push_back(subject.result);
    }
    return results;
  };
  return group;
}

}  // namespace

std::vector<std::string> storage_operations() { return {"write", "read"}; }

Suite storage_suite(const StoragePlan& plan, const Bench& bench) {
  Suite suite{"storage", plan.operations.size(), {}};
  for (const std::int64_t size : plan.sizes)
    suite.items.push_back({format_bytes(static_cast<std::uint64_t>(size)),
                           [=, &bench] { return size_group(plan, size, bench); }});
  return suite;
}

}  // namespace aiops::bench
