// SPDX-License-Identifier: Apache-2.0
#include "commands/verify.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "cli/arguments.hpp"
#include "commands/keys.hpp"
#include "commands/verification.hpp"

#include <nlohmann/json.hpp>

namespace aiops::commands {
namespace {

VerifyOptions resolve_options(const Arguments& arguments) {
  VerifyOptions options{
      SignTarget::parse(arguments.word("REF")), arguments.texts("key"), arguments.path("signature"),
      arguments.is_on("strict") ? sign::Unsigned::nothing : sign::Unsigned::as_signed,
      registry_access(arguments)};
  if (!options.target.path && (options.signature || arguments.is_on("strict")))
    throw Error(ExitCode::usage, "--signature and --strict are for directories");
  return options;
}

// The exit code and the error on stderr say that it failed and name one file; this names them all.
void report_differences(const VerifyOptions& options, const sign::ModelVerdict& verdict,
                        Context& context) {
  OrderedJson list = OrderedJson::array();
  for (const sign::Difference& difference : verdict.differences) {
    list.push_back({{"reason", aiops::name_of(difference.reason)}, {"file", difference.name}});
    if (!context.report.is_json())
      context.status.step(std::string(aiops::name_of(difference.reason)) + " " +
                          printable(difference.name));
  }
  if (context.report.is_json())
    context.report.answer({},
                          {{"target", options.target.word},
                           {"verified", false},
                           {"key", verdict.key.hex},
                           {"differences", std::move(list)}},
                          {});
}

void verify_files(const VerifyOptions& options, Context& context) {
  const auto& model = *options.target.path;
  const auto verdict = sign::verify_model(
      model, options.signature.value_or(sign::default_signature_of(model)),
      trusted_keys(options.keys, context), options.may_be_unsigned, context.status, context.stop);
  if (!verdict.differences.empty()) {
    report_differences(options, verdict, context);
    const sign::Difference& first = verdict.differences[0];
    const std::size_t others = verdict.differences.size() - 1;
    throw verification_error(first.reason,
                             model.string() + ": " + aiops::name_of(first.reason) + " " +
                                 printable(first.name) +
                                 (others == 0 ? "" : " and " + std::to_string(others) + " more"));
  }
  const std::string root = "sha256:" + verdict.oms_root;
  std::string text = "verified " + model.string() + ": " + std::to_string(verdict.files) +
                     (verdict.files == 1 ? " file" : " files") + "\nroot       " + root +
                     "\nkey        " + verdict.key.hex + "\nstatement  " +
                     std::string(sign::kOmsPredicate);
  for (const std::string& name : verdict.ignored) text += "\nnot signed: " + printable(name);
  context.report.answer(root,
                        {{"target", options.target.word},
                         {"verified", true},
                         {"key", verdict.key.hex},
                         {"statements", OrderedJson::array({sign::kOmsPredicate})},
                         {"oms_root", verdict.oms_root},
                         {"files", verdict.files},
                         {"ignored", verdict.ignored}},
                        text);
}

void verify_in_repository(const VerifyOptions& options, Context& context) {
  const auto [repository, root] = options.target.open(Access::read, options.registry, context);
  const VerifiedArtifact verified = require_signature(*repository, root, options.keys, context);
  const std::string& digest = root.descriptor.digest.str();
  std::string text = "verified " + options.target.word + "\ndigest     " + digest +
                     "\nkey        " + verified.key_id;
  for (const std::string& statement : verified.statements)
    text += "\nstatement  " + printable(statement);
  OrderedJson json = {{"target", options.target.word},
                      {"verified", true},
                      {"digest", digest},
                      {"key", verified.key_id},
                      {"statements", verified.statements}};
  if (!verified.oms_root.empty()) {
    json["oms_root"] = verified.oms_root;
    text += "\nroot       sha256:" + verified.oms_root;
  }
  context.report.answer(digest, json, text);
}

}  // namespace

Verb verify_verb() {
  Verb verb;
  verb.name = "verify";
  verb.summary = "Check the signature of an artifact or a directory";
  verb.description =
      "An artifact is verified when a trusted key made cosign's signing statement about exactly "
      "its digest; statements of other kinds do not count. If the same key made a model statement, "
      "it must list exactly the artifact's files. Nothing but signatures is downloaded.\n\n"
      "A directory (./DIR, /DIR or dir:DIR) is verified against DIR/model.sig: every file must be "
      "there, unchanged, and no other. What the signer left out, such as .git, is named; --strict "
      "refuses it.\n\n"
      "The trusted keys are those given with --key, else the *.pub files in the folder 'trusted' "
      "beside the user's configuration file. A key is never taken from a signature, a model or the "
      "current directory.\n\n"
      "A failure exits with 3 and a stable reason: unsigned, untrusted-key, bad-signature, "
      "digest-mismatch, missing-file or extra-file. A registry that does not answer exits with 6.";
  verb.positionals = {
      {.name = "REF", .help = "An artifact, or ./DIR or dir:DIR", .complete = Complete::reference}};
  verb.flags = {{.name = "key",
                 .letter = 'k',
                 .value = "PUB",
                 .help = "Public key to trust, instead of the user's trusted keys",
                 .repeat = true,
                 .complete = Complete::public_key},
                {.name = "signature",
                 .value = "FILE",
                 .help = "A directory's signature, when it is elsewhere",
                 .complete = Complete::file},
                {.name = "strict", .help = "Refuse every unsigned file of a directory, .git too"}};
  for (Flag& flag : registry_flags()) verb.flags.push_back(std::move(flag));
  verb.examples = {
      {"aiops sign demo:1 --key aiops.key && aiops verify demo:1 --key aiops.pub",
       "an artifact in the store"},
      {"aiops sign ./demo --key aiops.key --signature files.sig && "
       "aiops verify ./demo --key aiops.pub --signature files.sig -o json",
       "a directory; the verdict as JSON"},
  };
  verb.run = [](const Arguments& arguments, Context& context) {
    verify_target(resolve_options(arguments), context);
  };
  return verb;
}

void verify_target(const VerifyOptions& options, Context& context) {
  if (options.target.path)
    verify_files(options, context);
  else
    verify_in_repository(options, context);
}

}  // namespace aiops::commands
