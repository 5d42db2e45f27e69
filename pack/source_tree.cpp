// SPDX-License-Identifier: Apache-2.0
#include "pack/source_tree.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "pack/paths.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <set>
#include <tuple>

namespace aiops::pack {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostFiles = 100'000;  // a manifest holds no more layers
constexpr std::size_t kDeepest = 64;

bool is_inside(const fs::path& path, const fs::path& directory) {
  const auto [end, rest] =
      std::mismatch(directory.begin(), directory.end(), path.begin(), path.end());
  return end == directory.end();
}

// The physical path, or an Error that names `shown`.
fs::path real_path(const fs::path& path, const fs::path& shown) {
  std::array<char, PATH_MAX> buffer{};
  if (::realpath(path.c_str(), buffer.data()) != nullptr) return buffer.data();
  if (errno == ELOOP) throw Error(ExitCode::failed, shown.string() + ": a loop of symbolic links");
  if (errno == ENOENT && fs::is_symlink(path))
    throw Error(ExitCode::not_found,
                shown.string() + ": a symbolic link to a file that is missing");
  throw system_error(shown.string(), errno);
}

class Scan {
 public:
  Scan(const fs::path& directory, const ModelFile& model, Status& status)
      : shown_(directory), root_(real_path(directory, directory)), model_(model), status_(status) {
    // A Hugging Face cache: models--OWNER--NAME/{blobs,snapshots/REVISION}
    if (root_.parent_path().filename() == "snapshots")
      blobs_ = root_.parent_path().parent_path() / "blobs";
  }

  std::vector<SourceFile> run() {
    if (!fs::is_directory(root_))
      throw Error(ExitCode::failed, shown_.string() + ": not a directory");
    walk(root_, "", {});
    std::sort(files_.begin(), files_.end(), [](const SourceFile& a, const SourceFile& b) {
      return std::tie(a.kind, a.path) < std::tie(b.kind, b.path);
    });
    PathSet paths;
    for (const auto& file : files_) paths.add(file.path, shown_.string());
    if (!files_.empty()) return std::move(files_);
    throw Error(ExitCode::failed, shown_.string() + ": holds no file to pack",
                skipped_ == 0 ? "" : "look at include and exclude in aiops.yaml");
  }

 private:
  using Ancestors = std::set<fs::path>;

  void walk(const fs::path& directory, const std::string& prefix, Ancestors above) {
    const auto shown = prefix.empty() ? shown_ : shown_ / prefix;
    if (!above.insert(directory).second)
      throw Error(ExitCode::failed,
                  shown.string() + ": a symbolic link to a directory above it, a loop");
    if (above.size() > kDeepest)
      throw Error(ExitCode::failed, shown.string() + ": directories nested too deeply");
    std::error_code error;
    for (fs::directory_iterator it(directory, error), end; !error && it != end;
         it.increment(error)) {
      const auto name = it->path().filename().string();
      if (!is_left_out(name, prefix)) visit(it->path(), prefix + name, above);
    }
    if (error) throw system_error(shown.string(), error.value());
  }

  // Hidden files are a tool's, not the model's (.git, .cache, .ipynb_checkpoints); the practice of
  // ModelPack's own packer.
  static bool is_left_out(const std::string& name, const std::string& prefix) {
    return name.starts_with('.') || name == "__pycache__" || name.ends_with(".pyc") ||
           name.ends_with(".pyo") || (prefix.empty() && name == kModelFileName);
  }

  void visit(const fs::path& path, const std::string& name, const Ancestors& above) {
    if (is_excluded(name)) return;  // first: what is left out may be anything, even a bad link
    const auto shown = shown_ / name;
    const fs::path real = resolve(path, shown);
    struct stat status {};
    if (::stat(real.c_str(), &status) != 0) throw system_error(shown.string(), errno);
    if (S_ISDIR(status.st_mode)) return walk(real, name + "/", above);
    if (!is_included(name)) return;
    if (!S_ISREG(status.st_mode))
      throw Error(ExitCode::failed, shown.string() + ": neither a file nor a directory",
                  "leave it out with exclude in aiops.yaml");
    check_relative_path(name, shown_.string());
    if (::access(real.c_str(), R_OK) != 0) throw system_error(shown.string(), errno);
    const auto size = static_cast<std::uint64_t>(status.st_size);
    const FileKind kind = kind_of(name, size);
    files_.push_back(
        {name, real, kind, size, kind == FileKind::code && (status.st_mode & S_IXUSR) != 0});
    if (files_.size() > kMostFiles)
      throw Error(ExitCode::failed, shown_.string() + ": more than 100,000 files");
  }

  fs::path resolve(const fs::path& path, const fs::path& shown) const {
    if (!fs::is_symlink(path)) return path;
    auto real = real_path(path, shown);
    if (is_inside(real, root_) || (!blobs_.empty() && is_inside(real, blobs_))) return real;
    throw Error(ExitCode::failed,
                shown.string() + ": a symbolic link that leaves the directory, to " + real.string(),
                "copy the file here, or leave it out with exclude in aiops.yaml");
  }

  // A directory that is excluded goes with all that is in it.
  bool is_excluded(const std::string& name) {
    const bool excluded = matches_any(model_.exclude, name);
    if (excluded) leave_out(name);
    return excluded;
  }

  bool is_included(const std::string& name) {
    const bool included = model_.include.empty() || matches_any(model_.include, name);
    if (!included) leave_out(name);
    return included;
  }

  void leave_out(const std::string& name) {
    ++skipped_;
    status_.detail("left out " + printable(name));
  }

  FileKind kind_of(const std::string& name, std::uint64_t size) const {
    for (const auto& [glob, kind] : model_.kinds)
      if (matches_glob(glob, name)) return kind;
    return kind_of_file(name, size);
  }

  fs::path shown_;
  fs::path root_;
  fs::path blobs_;
  const ModelFile& model_;
  Status& status_;
  std::vector<SourceFile> files_;
  std::size_t skipped_ = 0;
};

}  // namespace

std::vector<SourceFile> scan_directory(const fs::path& directory, const ModelFile& model,
                                       Status& status) {
  return Scan(directory, model, status).run();
}

}  // namespace aiops::pack
