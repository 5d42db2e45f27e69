// SPDX-License-Identifier: Apache-2.0
#include "registry/remote_repository.hpp"

#include "base/error.hpp"
#include "registry/refusal.hpp"
#include "registry/remote.hpp"

namespace aiops::registry {
namespace {

// Docker Hub's registry is not at the name people use, and its official repositories are in
// `library`.
std::string api_host(const std::string& host) {
  return host == "docker.io" || host == "index.docker.io" ? "registry-1.docker.io" : host;
}

std::string api_repository(const std::string& host, const std::string& repository) {
  const bool official = api_host(host) != host && repository.find('/') == std::string::npos;
  return official ? "library/" + repository : repository;
}

// Token protocol: what a repository is asked to be opened for.
const char* actions_for(Purpose purpose) {
  switch (purpose) {
    case Purpose::read:
      return ":pull";
    case Purpose::write:
      return ":pull,push";
    case Purpose::remove:
      return ":pull,push,delete";  // push: the fallback index of a subject changes, too
  }
  return "";
}

Url base_url(const RemoteOptions& options) {
  const char* scheme = options.scheme == Scheme::http ? "http://" : "https://";
  return Url::parse(scheme + api_host(options.host), "the registry");
}

std::shared_ptr<Remote> connect(const RemoteOptions& options, CredentialLookup lookup,
                                Status& status, const StopFlag& stop) {
  auto remote = std::make_shared<Remote>();
  remote->session = std::make_unique<Session>(base_url(options), options.http, std::move(lookup),
                                              options.retries, status, stop, options.purpose);
  remote->host = options.host;
  remote->repository = api_repository(options.host, options.repository);
  remote->scopes = {"repository:" + remote->repository + actions_for(options.purpose)};
  remote->mount_from = options.mount_from == remote->repository ? "" : options.mount_from;
  remote->spool = options.spool;
  remote->chunk = options.chunk;
  remote->memory = std::make_unique<UploadMemory>(options.state, remote->session->base());
  remote->status = &status;
  return remote;
}

class Opened final : public RemoteRepository {
 public:
  explicit Opened(std::shared_ptr<Remote> remote) : remote_(std::move(remote)) {}

  std::string name() const override { return remote_->name(); }

  pack::Document fetch_manifest(std::string_view tag_or_digest) override {
    return get_manifest(*remote_, tag_or_digest);
  }

  bool has(const pack::Descriptor& blob) override { return has_blob(*remote_, blob); }

  pack::Blob blob(const pack::Descriptor& descriptor) override {
    // A manifest of the repository names it, so the registry has it there.
    remote_->memory->blobs.note(descriptor.digest, remote_->repository);
    return {descriptor,
            [remote = remote_, descriptor](std::uint64_t offset, const pack::Sink& sink) {
              download_blob(*remote, descriptor, offset, sink);
            },
            {},
            parts_of(remote_, descriptor)};
  }

  pack::BlobFate push(const pack::Blob& blob,
                      const std::function<void(std::uint64_t)>& moved) override {
    return upload_blob(*remote_, blob, moved);
  }

  void push_manifest(const pack::Document& document, std::string_view tag) override {
    const auto subject = pack::subject_of(document);
    const SubjectNoted noted = put_manifest(*remote_, document, tag);
    if (subject && noted == SubjectNoted::no) note_referrer(*remote_, document, *subject);
  }

  std::vector<pack::Descriptor> referrers(const Digest& subject) override {
    return list_referrers(*remote_, subject);
  }

  std::vector<std::string> tags() override { return list_tags(*remote_); }

  std::optional<Digest> stated_digest(std::string_view tag) override {
    return registry::stated_digest(*remote_, tag);
  }

  void delete_manifest(const pack::Document& document) override {
    registry::delete_manifest(*remote_, document);
  }

  void delete_blob(const Digest& digest) override { registry::delete_blob(*remote_, digest); }

  void delete_tag(std::string_view tag) override { registry::delete_tag(*remote_, tag); }

 private:
  std::shared_ptr<Remote> remote_;  // shared with the blobs given out
};

}  // namespace

std::unique_ptr<RemoteRepository> open_remote(RemoteOptions options, Status& status,
                                              const StopFlag& stop) {
  const auto lookup = [auth = options.auth, host = options.host, repository = options.repository,
                       purpose = options.purpose, &status] {
    return find_credentials(auth, host, repository, purpose, status);
  };
  return std::make_unique<Opened>(connect(options, lookup, status, stop));
}

void check_credentials(const RemoteOptions& options, const Credentials& credentials, Status& status,
                       const StopFlag& stop) {
  RemoteOptions strict = options;
  strict.purpose = Purpose::write;  // no going on as anonymous
  const auto remote = connect(
      strict, [credentials] { return credentials; }, status, stop);
  const Response response = remote->session->send({Method::get, remote->session->url("/v2/")}, {});
  if (response.status == 401)
    throw Error(ExitCode::denied,
                options.host + " does not accept this user and password" + server_text(response));
  if (!response.ok()) throw refusal(response, "log in");
}

}  // namespace aiops::registry
