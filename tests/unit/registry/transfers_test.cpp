// SPDX-License-Identifier: Apache-2.0
// Many blobs, several jobs, and a registry whose tokens die, that is busy now and then and breaks
// connections: everything arrives. Under ThreadSanitizer this is the test of the transfer code.
#include "pack/media_type.hpp"
#include "pack/store.hpp"
#include "pack/transfer.hpp"
#include "registry/remote_repository.hpp"
#include "tests/unit/pack/scratch.hpp"
#include "tests/unit/registry/loopback_server.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <set>

namespace aiops::registry {
namespace {

using Asked = LoopbackServer::Asked;

constexpr std::size_t kBlobs = 40;

// Whether this is one of each `period` calls.
bool each(std::atomic<int>& calls, int period) { return ++calls % period == 0; }

// A repository in memory that fails by count, never by chance.
class FaultyRegistry {
 public:
  std::string answer(const Asked& asked) {
    if (asked.target.starts_with("/token"))
      return "200 OK\r\n\r\n{\"token\":\"t" + std::to_string(++token_) + "\",\"expires_in\":300}";
    if (refuses(asked)) return unauthorized();
    if (each(requests_, 19)) return "429 Slow\r\nRetry-After: 0\r\n\r\n";
    const auto name = asked.target.substr(0, asked.target.find('?'));
    if (name.find("/uploads/") != std::string::npos) return upload(asked, name);
    if (name.find("/manifests/") != std::string::npos) return manifest(asked, name);
    return blob(asked, name.substr(name.rfind('/') + 1));
  }

  // In the middle of a body, and sometimes without a word.
  std::string early(const Asked& asked) {
    if (asked.method != "PUT" || asked.field("Content-Length").size() < 6 || !each(bodies_, 5))
      return {};
    return each(refusals_, 2) && refuses(asked) ? unauthorized()
                                                : "503 Busy\r\nRetry-After: 0\r\n\r\n";
  }

  std::string authority;

 private:
  std::string unauthorized() const {
    return "401 No\r\nWWW-Authenticate: Bearer realm=\"http://" + authority +
           "/token\",service=\"x\"\r\n\r\n";
  }

  // The first requests have no token, and every seventh finds that its own has died; but nothing is
  // refused twice, because one fresh token is all that a request gets.
  bool refuses(const Asked& asked) {
    const std::lock_guard lock(mutex_);
    const bool known = asked.field("Authorization").starts_with("Bearer t");
    if (known && !each(deaths_, 7)) return false;
    return refused_.insert(asked.method + asked.target).second || !known;
  }

  std::string upload(const Asked& asked, const std::string& name) {
    const std::lock_guard lock(mutex_);
    if (asked.method == "POST") {
      const auto session = "/v2/a/blobs/uploads/" + std::to_string(++opened_);
      sessions_.insert(session);
      return "202 Accepted\r\nLocation: " + session + "?s=1\r\n\r\n";
    }
    const auto digest = asked.target.find("sha256%3a");
    if (asked.method != "PUT" || sessions_.erase(name) == 0 || digest == std::string::npos)
      return "404 Gone\r\n\r\n{\"errors\":[{\"code\":\"BLOB_UPLOAD_INVALID\"}]}";
    if (each(puts_, 6)) return {};
    blobs_["sha256:" + asked.target.substr(digest + 9, 64)] = asked.body;
    return each(puts_, 7) ? "" : "201 Created\r\n\r\n";
  }

  std::string manifest(const Asked& asked, const std::string& name) {
    const std::lock_guard lock(mutex_);
    if (asked.method == "PUT") {
      manifest_ = asked.body;
      return "201 Created\r\n\r\n";
    }
    if (manifest_.empty()) return "404 No " + name + "\r\n\r\n";
    return "200 OK\r\nContent-Type: " + std::string(pack::media_type::kManifest) + "\r\n\r\n" +
           manifest_;
  }

  std::string blob(const Asked& asked, const std::string& digest) {
    const std::lock_guard lock(mutex_);
    const auto found = blobs_.find(digest);
    if (found == blobs_.end()) return "404 No\r\n\r\n";
    const auto& bytes = found->second;
    if (asked.method == "HEAD") return "200 OK\r\n\r\n";
    std::size_t first = 0;
    std::size_t last = bytes.size() - 1;
    std::string head = "200 OK\r\nAccept-Ranges: bytes\r\n";
    if (const auto range = asked.field("Range"); !range.empty()) {
      const auto dash = range.find('-');
      first = std::stoul(range.substr(6));
      if (dash + 1 < range.size()) last = std::min(last, std::stoul(range.substr(dash + 1)));
      head = "206 Part\r\nContent-Range: bytes " + std::to_string(first) + "-" +
             std::to_string(last) + "/" + std::to_string(bytes.size()) + "\r\n";
    }
    const auto part = bytes.substr(first, last - first + 1);
    if (!each(gets_, 3)) return head + "\r\n" + part;
    return head + "Content-Length: " + std::to_string(part.size()) + "\r\n\r\n" +
           part.substr(0, part.size() / 2);
  }

  std::mutex mutex_;
  std::map<std::string, std::string> blobs_;
  std::string manifest_;
  std::set<std::string> sessions_, refused_;
  std::atomic<int> token_{0}, requests_{0}, bodies_{0}, refusals_{0}, puts_{0}, gets_{0},
      opened_{0}, deaths_{0};
};

pack::Document fill(pack::Repository& place) {
  const auto put = [&](std::string bytes) {
    const auto blob = pack::memory_blob(std::move(bytes), "application/octet-stream");
    place.push(blob, [](std::uint64_t) {});
    return blob.descriptor;
  };
  pack::Manifest manifest{
      std::string(pack::media_type::kManifest), "test/x", put("{}"), {}, {}, {}};
  for (std::size_t i = 0; i < kBlobs; ++i)
    manifest.layers.push_back(put(std::string((i % 8 == 0 ? 1500000 : 100000) + i, 'x')));
  auto document = pack::make_document(manifest.to_bytes(), pack::media_type::kManifest);
  place.push_manifest(document, "1");
  return document;
}

TEST(TransfersTest, ManyBlobsPassThroughEveryFault) {
  FaultyRegistry registry;
  LoopbackServer server([&](const Asked& asked) { return registry.answer(asked); },
                        [&](const Asked& asked) { return registry.early(asked); });
  registry.authority = server.authority();
  SilentStatus status;
  StopFlag stop;
  const pack::Scratch scratch;
  RemoteOptions options;
  options.host = server.authority();
  options.repository = "a";
  options.scheme = Scheme::http;
  options.purpose = Purpose::write;
  options.retries = 20;
  options.spool = scratch.path();
  const auto source = pack::open_layout(scratch / "source", pack::Create::yes);
  const auto target = pack::open_layout(scratch / "target", pack::Create::yes);
  const auto document = fill(*source);

  const auto sent = pack::transfer(*source, *open_remote(options, status, stop), document, "1",
                                   {.jobs = 6}, status, stop);
  EXPECT_EQ(sent.blobs_sent, kBlobs + 1);
  const auto remote = open_remote(options, status, stop);
  const auto got =
      pack::transfer(*remote, *target, remote->fetch_manifest("1"), "1", {.jobs = 6}, status, stop);
  EXPECT_EQ(got.blobs_sent, kBlobs + 1);  // each of them hashed on its way into the layout
  EXPECT_EQ(target->fetch_manifest("1").bytes, document.bytes);
}

}  // namespace
}  // namespace aiops::registry
