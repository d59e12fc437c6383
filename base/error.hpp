// `Result<T>` and the error codes of Treecast, for every folder.
//
// Expected outcomes (file vanished, version superseded, queue full) are values of `Result`. A
// failure at start-up (bad root, port taken) is a StartupError, which `main` turns into one line
// and an exit code. Codes of the system (errno) travel as boost::system::system_category().
#pragma once

#include <treecast/exit_code.hpp>

#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>

#include <stdexcept>
#include <string>

namespace treecast {

using ErrorCode = boost::system::error_code;

template <class T>
using Result = boost::system::result<T, ErrorCode>;

enum class Errc : int {
    invalid_path = 1,    // a path that can name no file of a tree: "..", "//", NUL, too long
    invalid_version,     // not EPOCH.REVISION
    invalid_duration,    // not a time such as 30, 30s or 500ms
    invalid_size,        // not a size such as 4096, 64K or 256M
    invalid_instance,    // not up to 64 letters, digits, '.', '_', '-', or begins with '.'
    layout_mismatch,     // the object was written by another version of Treecast
    damaged,             // bytes in shared memory or in a queue that our writers never write
    foreign_owner,       // the object belongs to another user
    already_running,     // another daemon serves this instance
    no_free_queue_pair,  // every queue pair is claimed by a living proxy worker
    superseded,          // the version has been replaced; look up again
    catalog_full,        // the catalog has no room for another entry
    no_memory,           // shared memory has no room for the content
    not_a_file,          // a FIFO, a socket, a device or a directory
    outside_root,        // a link that leads out of the root
    writable_by_others,  // a directory of objects that others may write to
};

const boost::system::error_category& treecast_category() noexcept;
ErrorCode make_error_code(Errc code) noexcept;
/// A value of errno as an error code.
ErrorCode system_error(int number) noexcept;
/// The current errno as an error code.
ErrorCode last_system_error() noexcept;

/// A failure before "ready". `what()` is one line that names what is wrong and what to do.
class StartupError : public std::runtime_error {
public:
    StartupError(ExitCode code, const std::string& message)
        : std::runtime_error(message), code_(code) {}
    ExitCode code() const noexcept { return code_; }

private:
    ExitCode code_;
};

}  // namespace treecast

template <>
struct boost::system::is_error_code_enum<treecast::Errc> : std::true_type {};
