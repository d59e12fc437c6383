#include "base/kernel_limits.hpp"

#include "base/unique_fd.hpp"

#include <boost/system/system_error.hpp>

#include <cerrno>
#include <system_error>
#include <vector>

#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

namespace treecast {

bool descriptors_are_used_up() noexcept {
    const UniqueFd probe(::eventfd(0, EFD_CLOEXEC));
    return !probe && errno == EMFILE;
}

std::string descriptor_limit_text() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    return "this process may have " + std::to_string(limit.rlim_cur) +
           " files open, which is too little: raise RLIMIT_NOFILE (ulimit -n, LimitNOFILE=)";
}

std::string reason_of(const ErrorCode& error) {
    return error == system_error(EMFILE) ? descriptor_limit_text() : error.message();
}

StartupError refusal_of(const std::exception& error) {
    const auto* const by_boost = dynamic_cast<const boost::system::system_error*>(&error);
    const auto* const by_std = dynamic_cast<const std::system_error*>(&error);
    const bool lacks_descriptors = (by_boost != nullptr && by_boost->code().value() == EMFILE) ||
                                   (by_std != nullptr && by_std->code().value() == EMFILE);
    if (lacks_descriptors)
        return {ExitCode::configuration, error.what() + (": " + descriptor_limit_text())};
    return {ExitCode::failed, error.what()};
}

void require_descriptors(std::size_t count) {
    std::vector<UniqueFd> reserved;
    while (reserved.size() < count) {
        reserved.emplace_back(::eventfd(0, EFD_CLOEXEC));
        if (!reserved.back())
            throw StartupError(
                ExitCode::configuration,
                "no room for " + std::to_string(count) +
                    " files beside those that are open: " + reason_of(last_system_error())
            );
    }
}

void require_proc() {
    if (::access("/proc/self/fd", X_OK) != 0)
        throw StartupError(
            ExitCode::configuration,
            "/proc is needed and cannot be read (" + last_system_error().message() +
                "); mount it: mount -t proc proc /proc"
        );
}

}  // namespace treecast
