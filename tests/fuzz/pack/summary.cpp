// SPDX-License-Identifier: Apache-2.0
#include "pack/summary.hpp"

#include "base/error.hpp"
#include "tests/fuzz/harness.hpp"

namespace {

using namespace aiops;

// Holds one config.
class OneBlob final : public pack::Repository {
 public:
  explicit OneBlob(pack::Blob blob) : blob_(std::move(blob)) {}
  std::string name() const override { return "input"; }
  pack::Document fetch_manifest(std::string_view) override { none(); }
  bool has(const pack::Descriptor&) override { return true; }
  pack::Blob blob(const pack::Descriptor&) override { return blob_; }
  pack::BlobFate push(const pack::Blob&, const std::function<void(std::uint64_t)>&) override {
    none();
  }
  void push_manifest(const pack::Document&, std::string_view) override { none(); }
  std::vector<pack::Descriptor> referrers(const Digest&) override { return {}; }
  std::vector<std::string> tags() override { return {}; }

 private:
  [[noreturn]] static void none() { throw Error(ExitCode::failed, "holds one config"); }
  pack::Blob blob_;
};

}  // namespace

// The config of an artifact, of the kind that the first byte chooses. Whatever it holds, something
// can be said.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  constexpr const char* kTypes[] = {"application/vnd.cncf.model.config.v1+json",
                                    "application/vnd.kitops.modelkit.config.v1+json",
                                    "application/vnd.docker.ai.model.config.v0.1+json",
                                    "application/vnd.docker.container.image.v1+json"};
  const std::size_t kind = data[0] % 4;
  const std::string bytes(fuzz::text_of(data + 1, size - 1));
  pack::Blob blob = pack::memory_blob(bytes, kTypes[kind]);
  pack::Manifest manifest{.media_type = {},
                          .artifact_type = {},
                          .config = blob.descriptor,
                          .layers = {},
                          .subject = {},
                          .annotations = {}};
  if (kind == 3) {
    manifest.layers.push_back(blob.descriptor);
    manifest.layers[0].media_type = "application/vnd.ollama.image.model";
  }
  OneBlob repository(std::move(blob));
  (void)pack::summarize(repository, manifest);
  return 0;
}
