// SPDX-License-Identifier: Apache-2.0
#include "commands/sign.hpp"

#include "base/error.hpp"
#include "base/output_file.hpp"
#include "cli/arguments.hpp"
#include "commands/digests.hpp"
#include "commands/keys.hpp"
#include "pack/store.hpp"
#include "sign/artifact.hpp"
#include "sign/model_directory.hpp"

#include <nlohmann/json.hpp>

namespace aiops::commands {
namespace {

SignOptions resolve_options(const Arguments& arguments) {
  SignOptions options{SignTarget::parse(arguments.word("REF")),
                      arguments.required_text("key"),
                      arguments.path("passphrase-file"),
                      arguments.path("signature"),
                      registry_access(arguments),
                      digest_trust(arguments)};
  if (options.signature && !options.target.path)
    throw Error(ExitCode::usage,
                "--signature is for directories: an artifact keeps its signatures beside it");
  return options;
}

void sign_files(const SignOptions& options, const sign::PrivateKey& key, Context& context) {
  const auto& model = *options.target.path;
  // No link is followed out of a model that may be somebody else's, to a name that nobody gave.
  const auto signature =
      options.signature ? replaceable_file(*options.signature) : sign::default_signature_of(model);
  pack::DigestMemory digests(digest_memory_file(context), options.digests);
  const auto result =
      sign::sign_model(model, signature, key, digests, context.status, context.stop);
  const std::string root = "sha256:" + result.oms_root;
  std::string text = "signed " + std::to_string(result.files) +
                     (result.files == 1 ? " file" : " files") + " in " + signature.string() +
                     "\nroot  " + root + "\nkey   " + key.public_key().id().hex;
  for (const std::string& name : result.ignored) text += "\nnot signed: " + name;
  context.report.answer(root,
                        {{"target", options.target.word},
                         {"signature", signature.string()},
                         {"key", key.public_key().id().hex},
                         {"oms_root", result.oms_root},
                         {"files", result.files},
                         {"ignored", result.ignored}},
                        text);
}

void sign_in_repository(const SignOptions& options, const sign::PrivateKey& key, Context& context) {
  const auto [repository, root] = options.target.open(Access::write, options.registry, context);
  const auto referrers = sign::sign_artifact(*repository, root, key);
  if (options.target.reference->kind == pack::Reference::Kind::archive)
    pack::finish_archive(*repository);
  const std::string& digest = root.descriptor.digest.str();
  OrderedJson list = OrderedJson::array();
  std::string text = "signed " + options.target.word + "\ndigest     " + digest + "\nkey        " +
                     key.public_key().id().hex;
  for (const Digest& referrer : referrers) {
    list.push_back(referrer.str());
    text += "\nsignature  " + referrer.str();
  }
  context.report.answer(digest,
                        {{"target", options.target.word},
                         {"digest", digest},
                         {"key", key.public_key().id().hex},
                         {"signatures", std::move(list)}},
                        text);
}

}  // namespace

Verb sign_verb() {
  Verb verb;
  verb.name = "sign";
  verb.summary = "Sign an artifact or a directory";
  verb.description =
      "Signs an artifact where it lies, in the store, a layout or a registry. Two statements are "
      "attached to it: cosign's, about the manifest, and an OpenSSF Model Signing statement that "
      "lists the files, made from the layers' digests without reading a file again. 'cosign "
      "verify', 'model_signing verify' and 'aiops verify' can check them. Signing again with the "
      "same key adds nothing.\n\n"
      "A directory (./DIR, /DIR or dir:DIR) gets a detached signature in DIR/model.sig, a single "
      "file in FILE.sig. Every file is signed but .git, .gitattributes, .github and .gitignore "
      "at the top and the signature itself; links are refused. A file that 'aiops train' wrote, "
      "or that was signed or packed before, is not read again unless it has changed; --rehash "
      "reads all.\n\n"
      "The key's passphrase is asked for, or comes from --passphrase-file or AIOPS_PASSPHRASE.";
  verb.positionals = {
      {.name = "REF", .help = "An artifact, or ./DIR or dir:DIR", .complete = Complete::reference}};
  verb.flags = {{.name = "key",
                 .letter = 'k',
                 .value = "KEY",
                 .help = "Private key to sign with",
                 .setting = "sign.key",
                 .complete = Complete::private_key},
                passphrase_file_flag(),
                {.name = "signature",
                 .value = "FILE",
                 .help = "Where a directory's signature goes",
                 .complete = Complete::file},
                rehash_flag()};
  for (Flag& flag : registry_flags()) verb.flags.push_back(std::move(flag));
  verb.examples = {
      {"aiops sign demo:1 --key aiops.key", "an artifact in the store"},
      {"aiops sign ./demo --key aiops.key --signature demo.sig",
       "a directory, with the signature beside it"},
      {"aiops sign -q dir:demo/model.safetensors --key aiops.key --signature weights.sig",
       "one file; prints the root"},
  };
  verb.run = [](const Arguments& arguments, Context& context) {
    sign_target(resolve_options(arguments), context);
  };
  return verb;
}

void sign_target(const SignOptions& options, Context& context) {
  const auto loaded = load_private_key(options.key, options.passphrase_file, context);
  if (options.target.path)
    sign_files(options, loaded.key, context);
  else
    sign_in_repository(options, loaded.key, context);
}

}  // namespace aiops::commands
