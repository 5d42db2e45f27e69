// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <archive.h>
#include <archive_entry.h>

namespace aiops::pack {

// libarchive's functions, found in libarchive.so.13 on first use: linked, the library and the XML
// and Unicode libraries behind it would cost every start of the program 1.5 ms.
#define AIOPS_ARCHIVE_FUNCTIONS(X)         \
  X(archive_entry_filetype)                \
  X(archive_entry_free)                    \
  X(archive_entry_hardlink)                \
  X(archive_entry_new)                     \
  X(archive_entry_pathname)                \
  X(archive_entry_perm)                    \
  X(archive_entry_set_filetype)            \
  X(archive_entry_set_mtime)               \
  X(archive_entry_set_pathname)            \
  X(archive_entry_set_perm)                \
  X(archive_entry_set_size)                \
  X(archive_entry_size)                    \
  X(archive_entry_size_is_set)             \
  X(archive_error_string)                  \
  X(archive_filter_bytes)                  \
  X(archive_free)                          \
  X(archive_read_data)                     \
  X(archive_read_free)                     \
  X(archive_read_new)                      \
  X(archive_read_next_header)              \
  X(archive_read_open)                     \
  X(archive_read_open_fd)                  \
  X(archive_read_open_filename)            \
  X(archive_read_support_filter_bzip2)     \
  X(archive_read_support_filter_gzip)      \
  X(archive_read_support_filter_xz)        \
  X(archive_read_support_filter_zstd)      \
  X(archive_read_support_format_empty)     \
  X(archive_read_support_format_raw)       \
  X(archive_read_support_format_tar)       \
  X(archive_set_error)                     \
  X(archive_version_string)                \
  X(archive_write_add_filter_zstd)         \
  X(archive_write_close)                   \
  X(archive_write_data)                    \
  X(archive_write_header)                  \
  X(archive_write_new)                     \
  X(archive_write_open)                    \
  X(archive_write_set_bytes_in_last_block) \
  X(archive_write_set_bytes_per_block)     \
  X(archive_write_set_filter_option)       \
  X(archive_write_set_format_gnutar)       \
  X(archive_write_set_format_raw)

struct ArchiveLibrary {
#define AIOPS_MEMBER(name) decltype(&::name) name;
  AIOPS_ARCHIVE_FUNCTIONS(AIOPS_MEMBER)
#undef AIOPS_MEMBER
};

// Opens the library once. Throws Error{failed} with the package to install.
const ArchiveLibrary& libarchive();

}  // namespace aiops::pack
