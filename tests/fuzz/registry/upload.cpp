// SPDX-License-Identifier: Apache-2.0
#include "registry/known_blobs.hpp"
#include "registry/upload_limits.hpp"
#include "registry/upload_session.hpp"
#include "tests/fuzz/harness.hpp"
#include "tests/fuzz/scratch_file.hpp"

namespace {

using namespace aiops::registry;

// What registries say about an upload in fields and error bodies.
void hear(std::string_view text) {
  if (const auto held = parse_upload_range(text))
    if (*held == 1) __builtin_trap();
  if (const auto limit = stated_limit(text))
    if (*limit > 1'000'000ull << 30) __builtin_trap();
  Response response;
  response.url = Url{"https", "h:5000", "/v2/a/blobs/uploads/"};
  response.headers.fields = {{"OCI-Chunk-Min-Length", std::string(text)}};
  least_piece(response);
  response.body = text;
  for (const int status : {400, 404, 409, 413, 416, 503}) {
    response.status = status;
    if (meaning_of(response) == UploadAnswer::taken) __builtin_trap();
  }
}

// What earlier processes have left, or somebody else has put there.
void remember(std::string_view text) {
  const aiops::fuzz::ScratchFile file(text);
  const auto digest = aiops::sha256_of("x");
  KnownBlobs(file.path()).elsewhere(digest, "a");
  const UploadLimits limits = LearnedLimits(file.path(), {}).get();
  for (const auto size : {limits.whole_refused, limits.piece, limits.patch_limit})
    if (size != 0 && size < 4096) __builtin_trap();  // requests of a few bytes each
  const auto directory = file.directory() / "journal";
  PushJournal(directory).open("https://h:5000", "a", digest).keep({Url{"https", "h", "/"}, 1});
  for (const auto& entry : std::filesystem::directory_iterator(directory))
    aiops::fuzz::fill(entry.path(), text);
  const auto entry = PushJournal(directory).open("https://h:5000", "a", digest);
  if (entry.session() && entry.session()->location.str().find('\n') != std::string::npos)
    __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = aiops::fuzz::text_of(data, size);
  hear(text);
  return aiops::fuzz::refuses_politely([&] { remember(text); });
}
