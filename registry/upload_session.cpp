// SPDX-License-Identifier: Apache-2.0
#include "registry/upload_session.hpp"

#include "base/error.hpp"
#include "registry/manifest_refusal.hpp"
#include "registry/refusal.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace aiops::registry {
namespace {

constexpr int kLooks = 400;  // about half a minute
constexpr Milliseconds kBetweenLooks{100};

std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) {
    return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  });
  return text;
}

bool speaks_of_a_limit(const std::string& body) {
  const std::string text = lower(body.substr(0, 4096));
  return text.find("exceed") != std::string::npos || text.find("limit") != std::string::npos ||
         text.find("too large") != std::string::npos;
}

}  // namespace

std::optional<std::uint64_t> parse_upload_range(std::string_view field) {
  for (const std::string_view prefix : {"bytes=", "bytes "})
    if (field.starts_with(prefix)) field.remove_prefix(prefix.size());
  if (!field.starts_with("0-")) return std::nullopt;
  const auto last = parse_number(field.substr(2));
  if (!last || *last == std::numeric_limits<std::uint64_t>::max()) return std::nullopt;
  return *last == 0 ? 0 : *last + 1;
}

std::uint64_t least_piece(const Response& response) {
  const auto field = response.headers.find("OCI-Chunk-Min-Length");
  return field ? parse_number(*field).value_or(0) : 0;
}

std::optional<std::uint64_t> stated_limit(std::string_view text) {
  const std::string folded = lower(std::string(text.substr(0, 4096)));
  const auto at = folded.find("limit of ");
  if (at == std::string::npos) return std::nullopt;
  text = std::string_view(folded).substr(at + 9);
  double number = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (error != std::errc() || !(number > 0) || number > 1e6) return std::nullopt;
  const auto unit = text.substr(static_cast<std::size_t>(end - text.data()), 3);
  for (const auto& [name, size] :
       {std::pair{"kib", 1024.0}, {"mib", 1048576.0}, {"gib", 1073741824.0}})
    if (unit == name) return static_cast<std::uint64_t>(number * size);
  return std::nullopt;
}

UploadAnswer meaning_of(const Response& response) {
  const int status = response.status;
  if (response.ok()) return UploadAnswer::taken;
  const std::string code = error_code(response);
  if (code == "DIGEST_INVALID") return UploadAnswer::digest_refused;
  if (code == "BLOB_UPLOAD_INVALID" || code == "BLOB_UPLOAD_UNKNOWN") return UploadAnswer::lost;
  if (status == 413) return UploadAnswer::too_large;
  if (status == 416)
    return speaks_of_a_limit(response.body) ? UploadAnswer::too_large : UploadAnswer::out_of_step;
  if (status == 404) return UploadAnswer::lost;
  if (status == 409) return UploadAnswer::out_of_step;
  return is_transient(status) ? UploadAnswer::transient : UploadAnswer::refused;
}

std::optional<Url> new_location(const Response& response) {
  const auto location = response.headers.find("Location");
  return location ? std::optional(resolve_location(response.url, *location)) : std::nullopt;
}

Response open_upload(Remote& remote, const std::string& action) {
  Response response =
      remote.session->send({Method::post, remote.url("blobs/uploads/")}, remote.scopes);
  if (response.status == 202) {
    if (new_location(response)) return response;
    throw Error(ExitCode::failed, "cannot " + action + ": the registry opened no session");
  }
  throw repository_refusal(remote, response, action);
}

std::optional<Response> try_mount(Remote& remote, const Digest& digest, const std::string& from) {
  Request post{Method::post, remote.url("blobs/uploads/")};
  post.url = post.url.with_query("mount", digest.str()).with_query("from", from);
  Scopes scopes = remote.scopes;
  scopes.push_back("repository:" + from + ":pull");
  try {
    Response response = remote.session->attempt(post, scopes);
    const bool opened = response.status == 202 && new_location(response);
    if (response.status == 201 || opened) return response;
  } catch (const TransportFailure&) {
  } catch (const Error& error) {  // a token for both repositories may not be had
    if (error.code == ExitCode::interrupted || error.code == ExitCode::terminated) throw;
  }
  return std::nullopt;
}

Request upload_request(Method method, const UploadPlace& place, const Upload& body,
                       const Digest* digest) {
  Request request{method, place.location};
  if (digest != nullptr) request.url = request.url.with_query("digest", digest->str());
  request.headers.emplace_back("Content-Type", "application/octet-stream");
  // §pushing-a-blob-in-chunks: without "bytes" and without a total, unlike RFC 9110.
  if (method == Method::patch)
    request.headers.emplace_back("Content-Range", std::to_string(place.offset) + "-" +
                                                      std::to_string(place.offset + body.size - 1));
  request.upload = &body;
  return request;
}

std::optional<UploadPlace> ask_status(Remote& remote, UploadPlace place) {
  std::optional<std::uint64_t> before;
  for (int looks = 0; looks < kLooks; ++looks) {
    const Response response = remote.session->send({Method::get, place.location}, remote.scopes);
    if (response.status != 204 && response.status != 200 && response.status != 202)
      return std::nullopt;
    const auto range = response.headers.find("Range");
    const auto kept = range ? parse_upload_range(*range) : std::nullopt;
    if (!kept) return std::nullopt;
    if (auto newer = new_location(response)) place.location = std::move(*newer);
    if (*kept == 0 || kept == before) {
      place.offset = *kept;
      return place;
    }
    before = kept;
    remote.session->pause(kBetweenLooks);
  }
  return std::nullopt;
}

void cancel_upload(Remote& remote, const UploadPlace& place) noexcept {
  try {
    remote.session->attempt({Method::delete_, place.location}, remote.scopes);
  } catch (...) {  // the registry purges it in time
  }
}

}  // namespace aiops::registry
