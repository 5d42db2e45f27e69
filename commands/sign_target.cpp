// SPDX-License-Identifier: Apache-2.0
#include "commands/sign_target.hpp"

#include <cerrno>
#include <system_error>

namespace aiops::commands {
namespace {

bool looks_like_a_path(std::string_view word) {
  if (word == "." || word == ".." || word.ends_with('/')) return true;
  for (std::string_view start : {"/", "./", "../", "~/"})
    if (word.starts_with(start)) return true;
  return false;
}

}  // namespace

SignTarget SignTarget::parse(std::string_view word) {
  SignTarget target{std::string(word), std::nullopt, std::nullopt};
  try {
    if (looks_like_a_path(word)) {
      target.path = word;
    } else {
      target.reference = pack::Reference::parse(word);
      if (target.reference->kind == pack::Reference::Kind::directory)
        target.path = target.reference->path;
    }
  } catch (const Error& error) {
    throw target.explained(error);
  }
  if (!target.path) return target;
  target.reference.reset();
  if (std::error_code error; !std::filesystem::exists(*target.path, error))
    throw system_error(target.path->string(), ENOENT);
  return target;
}

Opened SignTarget::open(Access access, const RegistryAccess& registry, Context& context) const {
  try {
    if (access == Access::write) return open_to_add(*reference, registry, context);
    auto repository = open_repository(*reference, access, registry, context);
    pack::Document root = resolve(*repository, *reference);
    return {std::move(repository), std::move(root)};
  } catch (const Error& error) {
    throw explained(error);
  }
}

Error SignTarget::explained(Error error) const {
  const bool may_be_meant = error.code == ExitCode::not_found || error.code == ExitCode::usage;
  if (std::error_code ignored; may_be_meant && !path && std::filesystem::exists(word, ignored))
    error.mend = "dir:" + word + " means the files of that name on disk";
  return error;
}

}  // namespace aiops::commands
