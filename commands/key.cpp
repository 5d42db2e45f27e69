// SPDX-License-Identifier: Apache-2.0
#include "commands/key.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "cli/arguments.hpp"
#include "commands/keys.hpp"

#include <nlohmann/json.hpp>
#include <unistd.h>

#include <system_error>

namespace aiops::commands {
namespace {

namespace fs = std::filesystem;

Flag out_flag() {
  return {.name = "out",
          .value = "PREFIX",
          .help = "Write PREFIX.key and PREFIX.pub",
          .fallback = "aiops",
          .complete = Complete::file};
}

Flag no_passphrase_flag() {
  return {.name = "no-passphrase",
          .help = "Protect the key by its file permissions only, for machines that sign"};
}

KeyGenerateOptions destination(const Arguments& arguments) {
  const bool none = arguments.is_on("no-passphrase");
  if (none && arguments.has("passphrase-file"))
    throw Error(ExitCode::usage, "--no-passphrase and --passphrase-file exclude each other");
  return {arguments.required_text("out"), arguments.path("passphrase-file"),
          none ? Passphrase::none : Passphrase::wanted};
}

Verb generate_verb() {
  Verb verb;
  verb.name = "generate";
  verb.summary = "Make a key pair to sign with";
  verb.description =
      "Makes an ECDSA P-256 key pair. PREFIX.key is the private key in cosign's encrypted format, "
      "readable by you alone; PREFIX.pub is the public key to hand out. Existing files are never "
      "overwritten.\n\n"
      "The passphrase is asked for, or comes from --passphrase-file or AIOPS_PASSPHRASE. A key "
      "made with --no-passphrase has an empty one: whoever can read the file can sign with it.\n\n"
      "To trust a key on this machine, copy its .pub file to the folder 'trusted' beside the "
      "user's configuration file.";
  verb.flags = {out_flag(), passphrase_file_flag(), no_passphrase_flag()};
  verb.examples = {
      {"aiops key generate --out release --no-passphrase", "a key that a script can use"},
      {"AIOPS_PASSPHRASE='correct horse' aiops key generate --out locked",
       "a key with a passphrase, for cosign as well"},
  };
  verb.run = [](const Arguments& arguments, Context& context) {
    key_generate(destination(arguments), context);
  };
  return verb;
}

Verb import_verb() {
  Verb verb;
  verb.name = "import";
  verb.summary = "Turn another program's private key into a key file";
  verb.description =
      "Reads an ECDSA P-256 private key in PEM (PKCS#8 or SEC 1, as openssl and model-signing keep "
      "them, or cosign's encrypted format) and writes it as 'key generate' would: encrypted, "
      "readable by you alone, with its public half beside it.";
  verb.positionals = {
      {.name = "FILE", .help = "The private key", .complete = Complete::private_key}};
  verb.flags = {out_flag(), passphrase_file_flag(), no_passphrase_flag()};
  verb.examples = {
      {"openssl ecparam -name prime256v1 -genkey -noout -out ec.pem && "
       "aiops key import ec.pem --out imported --no-passphrase",
       "a key from openssl"},
      {"aiops key import aiops.key --out copy --no-passphrase", "a key under another passphrase"},
  };
  verb.run = [](const Arguments& arguments, Context& context) {
    key_import({arguments.word("FILE"), destination(arguments)}, context);
  };
  return verb;
}

Verb show_verb() {
  Verb verb;
  verb.name = "show";
  verb.summary = "Say which key a file holds";
  verb.description =
      "Prints the id of a public or private key: the SHA-256 of the public key's DER encoding "
      "(SubjectPublicKeyInfo), which 'verify' prints as well. An encrypted private key has to be "
      "opened for it.";
  verb.positionals = {
      {.name = "FILE", .help = "A public or private key", .complete = Complete::public_key}};
  verb.flags = {{.name = "pem", .help = "Print the public key itself, as PEM"},
                passphrase_file_flag()};
  verb.examples = {
      {"aiops key show aiops.pub", "id and algorithm"},
      {"aiops key show -q aiops.key", "the id alone"},
      {"aiops key show --pem aiops.key > again.pub", "the public half of a private key"},
  };
  verb.run = [](const Arguments& arguments, Context& context) {
    key_show({arguments.word("FILE"), arguments.path("passphrase-file"), arguments.is_on("pem")},
             context);
  };
  return verb;
}

fs::path with_suffix(const fs::path& prefix, const char* suffix) {
  return prefix.string() + suffix;
}

// Before a passphrase is asked for, not after.
void refuse_existing(const fs::path& prefix) {
  for (const char* suffix : {".key", ".pub"}) {
    const fs::path path = with_suffix(prefix, suffix);
    std::error_code error;  // what cannot be looked at cannot be written either, and says so then
    if (fs::exists(fs::symlink_status(path, error)))
      throw Error(ExitCode::failed, path.string() + ": exists already and is not overwritten",
                  "give another name with --out, or move the file away");
  }
}

void write_pair(const sign::PrivateKey& key, const KeyGenerateOptions& options, Context& context) {
  const sign::Secret passphrase = options.passphrase == Passphrase::none
                                      ? sign::Secret()
                                      : new_passphrase(options.passphrase_file, context);
  const fs::path private_file = with_suffix(options.prefix, ".key");
  const fs::path public_file = with_suffix(options.prefix, ".pub");
  sign::write_new_file(private_file, sign::format_private_key(key, passphrase), 0600);
  try {
    sign::write_new_file(public_file, key.public_key().pem(), 0644);
  } catch (...) {
    ::unlink(private_file.c_str());  // ours, made a moment ago: both files or none
    throw;
  }
  const std::string& id = key.public_key().id().hex;
  context.report.answer(
      id,
      {{"id", id},
       {"algorithm", key.public_key().algorithm()},
       {"private", private_file.string()},
       {"public", public_file.string()}},
      "wrote " + private_file.string() + " and " + public_file.string() + "\nkey id " + id);
}

bool holds_private_key(std::string_view pem) {
  return pem.find("PRIVATE KEY-----") != std::string_view::npos;
}

const char* name_of(sign::KeyProtection protection) {
  switch (protection) {
    case sign::KeyProtection::plain:
      return "not encrypted";
    case sign::KeyProtection::empty_passphrase:
      return "encrypted, no passphrase";
    case sign::KeyProtection::passphrase:
      return "encrypted, passphrase";
  }
  return "";
}

}  // namespace

Verb key_verb() {
  Verb verb;
  verb.name = "key";
  verb.summary = "Make, import and show signing keys";
  verb.description =
      "Keys are ECDSA P-256 in files that cosign reads and writes as well: what one program signs "
      "the other verifies.";
  verb.verbs = {generate_verb(), import_verb(), show_verb()};
  return verb;
}

void key_generate(const KeyGenerateOptions& options, Context& context) {
  refuse_existing(options.prefix);
  write_pair(sign::PrivateKey::generate(), options, context);
}

void key_import(const KeyImportOptions& options, Context& context) {
  refuse_existing(options.to.prefix);
  const auto loaded = load_private_key(options.file, options.to.passphrase_file, context);
  write_pair(loaded.key, options.to, context);
}

void key_show(const KeyShowOptions& options, Context& context) {
  std::optional<sign::LoadedKey> loaded;
  if (holds_private_key(sign::read_secret_file(options.file, 64u << 10).view()))
    loaded = load_private_key(options.file, options.passphrase_file, context);
  const sign::PublicKey key =
      loaded ? loaded->key.public_key()
             : sign::PublicKey::parse(read_file(options.file, 64u << 10), options.file.string());
  if (options.pem) return context.report.raw(key.pem());

  OrderedJson json = {{"id", key.id().hex},
                      {"algorithm", key.algorithm()},
                      {"kind", loaded ? "private" : "public"}};
  std::string text = "id          " + key.id().hex + "\nalgorithm   " +
                     std::string(key.algorithm()) + "\nkind        " +
                     (loaded ? "private" : "public");
  if (loaded) {
    json["protection"] = name_of(loaded->protection);
    text += std::string("\nprotection  ") + name_of(loaded->protection);
  }
  context.report.answer(key.id().hex, json, text);
}

}  // namespace aiops::commands
