// SPDX-License-Identifier: Apache-2.0
// An artifact moves in the order that keeps every moment consistent: blobs first, in parallel, then
// the manifests that name them, the innermost first, and the root with its tag last; then what
// refers to them. Whoever stops it half way leaves blobs that the next run finds and nothing that
// points at a blob which is not there.
#include "pack/transfer.hpp"

#include "base/error.hpp"
#include "pack/job_slots.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <vector>

namespace aiops::pack {
namespace {

constexpr std::size_t kDeepest = 8;  // indexes in indexes, referrers of referrers
constexpr std::size_t kMostManifests = 10'000;

// An artifact's parts: manifests with the innermost first, and each blob once.
struct Parts {
  std::vector<Document> manifests;
  std::vector<Descriptor> blobs;
};

class Transfer {
 public:
  Transfer(Repository& from, Repository& to, const TransferOptions& options, Status& status,
           const StopFlag& stop)
      : from_(from), to_(to), options_(options), status_(status), stop_(stop) {}

  TransferResult run(const Document& root, std::string_view tag) {
    Parts parts;
    gather(root, parts, 0);
    {
      for (const auto& blob : parts.blobs) result_.bytes_total += blob.size;
      Task task(status_, "Copying", result_.bytes_total);
      copy_blobs(parts.blobs, [&](std::uint64_t bytes) { task.advance(bytes); });
    }
    for (std::size_t i = 0; i + 1 < parts.manifests.size(); ++i)
      place(parts.manifests[i], parts.manifests[i].descriptor.digest.str(), {});
    place(root, tag.empty() ? root.descriptor.digest.str() : std::string(tag), tag);
    for (const auto& further : options_.further_tags) place(root, further, further);
    if (options_.referrers == Referrers::copy)
      for (const auto& manifest : parts.manifests) copy_referrers(manifest.descriptor.digest, 0);
    result_.blobs_sent = sent_;
    result_.blobs_existed = existed_;
    result_.blobs_mounted = mounted_;
    result_.bytes_sent = bytes_;
    return result_;
  }

 private:
  void gather(const Document& document, Parts& parts, std::size_t depth) {
    stop_.check();
    if (!seen_.insert(document.descriptor.digest).second) return;
    const std::string what = from_.name() + "@" + document.descriptor.digest.str();
    if (depth > kDeepest || seen_.size() > kMostManifests)
      throw Error(ExitCode::failed, what + " is nested too deep or has too many manifests");
    if (is_index(document.descriptor.media_type)) {
      for (const auto& child : Index::parse(document.bytes, what).manifests)
        gather(from_.fetch_manifest(child.digest.str()), parts, depth + 1);
    } else {
      const Manifest manifest = Manifest::parse(document.bytes, what);
      add_blob(manifest.config, parts);
      for (const auto& layer : manifest.layers) add_blob(layer, parts);
    }
    parts.manifests.push_back(document);
  }

  void add_blob(const Descriptor& blob, Parts& parts) {
    if (seen_.insert(blob.digest).second) parts.blobs.push_back(blob);
  }

  // The largest first, so that no thread is left with a long one at the end; what then has nothing
  // to do may help the others. The first failure stops the others at their next piece and is the
  // one told.
  void copy_blobs(std::vector<Descriptor> blobs,
                  const std::function<void(std::uint64_t)>& advance) {
    std::stable_sort(blobs.begin(), blobs.end(),
                     [](const auto& a, const auto& b) { return a.size > b.size; });
    std::atomic<std::size_t> next{0};
    std::atomic<bool> failed{false};
    std::mutex mutex;
    std::exception_ptr failure;
    const std::size_t jobs = std::max<std::size_t>(options_.jobs, 1);
    const std::size_t busy = std::clamp<std::size_t>(blobs.size(), 1, jobs);
    const auto idle = std::make_shared<JobSlots>(jobs - busy);
    const auto work = [&] {
      try {
        for (std::size_t i = next++; i < blobs.size() && !failed; i = next++)
          copy_blob(blobs[i], idle, failed, advance);
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (!failed.exchange(true)) failure = std::current_exception();
      }
      idle->release();
    };
    {
      std::vector<std::jthread> threads;
      for (std::size_t i = 1; i < busy; ++i) threads.emplace_back(work);
      work();
    }
    if (failure) std::rethrow_exception(failure);
  }

  void copy_blob(const Descriptor& blob, const std::shared_ptr<JobSlots>& idle,
                 const std::atomic<bool>& failed,
                 const std::function<void(std::uint64_t)>& advance) {
    stop_.check();
    std::uint64_t heard = 0;
    Blob source = from_.blob(blob);
    source.idle_jobs = idle;
    const BlobFate fate = to_.push(source, [&](std::uint64_t bytes) {
      stop_.check();
      if (failed) throw Error(ExitCode::failed, "another blob failed");
      const std::uint64_t counted = std::min(bytes, blob.size - heard);
      heard += counted;
      advance(counted);
    });
    advance(blob.size - heard);
    if (fate == BlobFate::sent) {
      ++sent_;
      bytes_ += blob.size;
    } else {
      ++(fate == BlobFate::mounted ? mounted_ : existed_);
    }
    status_.detail(blob.digest.short_form() + (fate == BlobFate::sent      ? " copied"
                                               : fate == BlobFate::mounted ? " mounted"
                                                                           : " already there"));
  }

  // Stores a manifest unless its place already shows the same one.
  void place(const Document& document, const std::string& where, std::string_view tag) {
    stop_.check();
    if (holds(where, document.descriptor.digest)) return;
    push_manifest(document, tag);
  }

  // A blob can be gone between its push and its manifest. Then, once, whatever is missing is sent
  // again: pushing asks first.
  void push_manifest(const Document& document, std::string_view tag) {
    try {
      to_.push_manifest(document, tag);
    } catch (const MissingBlobs& missing) {
      if (is_index(document.descriptor.media_type)) throw;
      status_.detail(missing.message + "; sending what is missing");
      const std::string what = from_.name() + "@" + document.descriptor.digest.str();
      const Manifest manifest = Manifest::parse(document.bytes, what);
      std::vector<Descriptor> blobs = {manifest.config};
      for (const auto& layer : manifest.layers)
        if (std::ranges::find(blobs, layer.digest, &Descriptor::digest) == blobs.end())
          blobs.push_back(layer);
      copy_blobs(std::move(blobs), [](std::uint64_t) {});
      to_.push_manifest(document, tag);
    }
    ++result_.manifests_sent;
  }

  bool holds(const std::string& tag_or_digest, const Digest& digest) {
    if (sent_ + mounted_ > 0) return false;  // something is new: do not spend a request on asking
    try {
      return to_.fetch_manifest(tag_or_digest).descriptor.digest == digest;
    } catch (const Error& error) {
      if (error.code != ExitCode::not_found) throw;
      return false;
    }
  }

  void copy_referrers(const Digest& subject, std::size_t depth) {
    if (depth > kDeepest)
      throw Error(ExitCode::failed, "the referrers of " + from_.name() + " are nested too deep");
    std::set<Digest> present;
    const auto listed = from_.referrers(subject);
    if (!listed.empty())
      for (const auto& known : to_.referrers(subject)) present.insert(known.digest);
    for (const auto& referrer : listed) {
      const auto document = fetch_referrer(referrer.digest);
      if (!document) continue;
      Parts parts;
      gather(*document, parts, depth);
      if (parts.manifests.empty()) continue;  // met before: a referrer that refers to itself
      copy_blobs(parts.blobs, [](std::uint64_t) {});
      for (const auto& part : parts.manifests) {
        if (present.contains(part.descriptor.digest)) continue;
        push_manifest(part, {});
      }
      ++result_.referrers;
      copy_referrers(referrer.digest, depth + 1);
    }
  }

  // Listings outlive what they list: a referrer that was removed must not hold up the artifact.
  std::optional<Document> fetch_referrer(const Digest& digest) {
    try {
      return from_.fetch_manifest(digest.str());
    } catch (const Error& error) {
      if (error.code != ExitCode::not_found) throw;
      status_.warn(from_.name() + " lists a referrer that is not there: " + digest.str());
      return std::nullopt;
    }
  }

  Repository& from_;
  Repository& to_;
  const TransferOptions& options_;
  Status& status_;
  const StopFlag& stop_;
  std::set<Digest> seen_;  // manifests and blobs that are dealt with
  std::atomic<std::uint64_t> sent_{0};
  std::atomic<std::uint64_t> existed_{0};
  std::atomic<std::uint64_t> mounted_{0};
  std::atomic<std::uint64_t> bytes_{0};
  TransferResult result_;
};

}  // namespace

TransferResult transfer(Repository& from, Repository& to, const Document& root,
                        std::string_view tag, const TransferOptions& options, Status& status,
                        const StopFlag& stop) {
  return Transfer(from, to, options, status, stop).run(root, tag);
}

}  // namespace aiops::pack
