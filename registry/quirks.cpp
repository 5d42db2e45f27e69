// SPDX-License-Identifier: Apache-2.0
#include "registry/quirks.hpp"

#include <fnmatch.h>

#include <algorithm>

namespace aiops::registry {
namespace {

constexpr std::uint64_t MiB = 1 << 20, GB = 1'000'000'000;

// A column is what a registry was seen to do or says of itself; every one of them takes a blob as
// one PUT, so that is what is tried first. The first row that fits decides.
constexpr Quirks kTable[] = {
    {.name = "GitHub",
     .hosts = "ghcr.io",
     .piece = 4 * MiB,
     .patch_limit = 4 * MiB,  // 416 "exceeds the maximum permissible limit of 4.00MiB"
     .blob_limit = 10 * GB,
     .blob_note = "GitHub takes layers of up to 10 GB",
     .create = ""},
    {.name = "Amazon ECR Public",
     .hosts = "public.ecr.aws",
     .piece = 20 * MiB,
     .patch_limit = 0,
     .blob_limit = 10'000 * MiB,
     .blob_note = "the quota of Amazon ECR Public is 10,000 MiB a layer",
     .create = "aws ecr-public create-repository --region us-east-1 --repository-name {namespace}"},
    {.name = "Amazon ECR",
     .hosts = "*.dkr.ecr.*.amazonaws.com *.dkr.ecr.*.amazonaws.com.cn *.dkr.ecr-fips.*",
     .piece = 20 * MiB,  // at least 5 MiB but for the last
     .patch_limit = 0,
     .blob_limit = 52'000 * MiB,
     .blob_note = "the quota of Amazon ECR is 52,000 MiB a layer",
     .create = "aws ecr create-repository --region {region} --repository-name {repository}"},
    {.name = "Google Artifact Registry",
     .hosts = "*.pkg.dev",
     .piece = 64 * MiB,
     .patch_limit = 0,
     .blob_limit = 0,
     .blob_note = "",
     .create = "gcloud artifacts repositories create {namespace} --repository-format docker "
               "--location {region}"},
    {.name = "Quay",
     .hosts = "quay.io",
     .piece = 64 * MiB,
     .patch_limit = 0,
     .blob_limit = 20 * GB,
     .blob_note = "Quay takes about 20 GB in one PUT",
     .create = ""},
    {.name = "",
     .hosts = "*",
     .piece = 64 * MiB,  // below the 100 MB of common proxies
     .patch_limit = 0,
     // A warning to operators of S3 storage, which counts to 10,000 parts of 10 MiB by default.
     .blob_limit = 10'000 * 10 * MiB,
     .blob_note = "registries on S3 storage refuse more than 10,000 parts of, by default, 10 MiB",
     .create = ""},
};

bool fits(std::string_view patterns, const std::string& host) {
  while (!patterns.empty()) {
    const auto end = std::min(patterns.find(' '), patterns.size());
    const std::string pattern(patterns.substr(0, end));
    if (::fnmatch(pattern.c_str(), host.c_str(), FNM_CASEFOLD) == 0) return true;
    patterns.remove_prefix(std::min(end + 1, patterns.size()));
  }
  return false;
}

void replace(std::string& text, std::string_view name, std::string_view value) {
  if (const auto at = text.find(name); at != std::string::npos)
    text.replace(at, name.size(), value);
}

// "123.dkr.ecr.eu-west-1.amazonaws.com" and "europe-west4-docker.pkg.dev" name their region.
std::string region_of(std::string_view host) {
  for (const std::string_view before : {".ecr.", ".ecr-fips."})
    if (const auto at = host.find(before); at != std::string_view::npos) {
      host.remove_prefix(at + before.size());
      return std::string(host.substr(0, host.find('.')));
    }
  return std::string(host.substr(0, host.find("-docker.")));
}

// Which part of the path is the repository that one creates there.
std::string_view namespace_of(std::string_view host, std::string_view repository) {
  if (!host.ends_with(".pkg.dev"))  // ALIAS/NAME...
    return repository.substr(repository.find('/') + 1);
  const auto project = repository.find('/');  // PROJECT/REPOSITORY/NAME...
  if (project == std::string_view::npos) return repository;
  const auto rest = repository.substr(project + 1);
  return rest.substr(0, rest.find('/'));
}

}  // namespace

std::span<const Quirks> quirk_table() { return kTable; }

const Quirks& quirks_of(std::string_view host) {
  const std::string name(host.substr(0, host.find(':')));
  return *std::ranges::find_if(kTable, [&](const Quirks& row) { return fits(row.hosts, name); });
}

std::string create_command(std::string_view host, std::string_view repository) {
  std::string command(quirks_of(host).create);
  replace(command, "{region}", region_of(host));
  replace(command, "{repository}", repository);
  replace(command, "{namespace}", namespace_of(host, repository));
  return command;
}

}  // namespace aiops::registry
