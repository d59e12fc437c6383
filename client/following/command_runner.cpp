#include "client/following/command_runner.hpp"

#include "base/log.hpp"

#include <system_error>
#include <utility>

#include <unistd.h>

namespace treecast::client {

CommandRunner::CommandRunner(std::string command, std::string path)
    : command_(std::move(command)), path_(std::move(path)) {}

void CommandRunner::submit(FileChange change, UniqueFd content) {
    pending_.emplace(Job{std::move(change), std::move(content)});
    advance();
}

void CommandRunner::advance() {
    if (child_) {
        const auto status = child_->poll_exit();
        if (!status)
            return;
        child_.reset();
        if (!status->success())
            log::warn("the command for {} {} failed: {}", path_, running_version_, status->text());
    }
    if (const auto job = std::exchange(pending_, std::nullopt))
        run(*job);
}

void CommandRunner::run(const Job& job) {
    ChildSetup setup;
    setup.executable = "/bin/sh";
    setup.arguments = {"sh", "-c", command_};
    setup.environment = {
        "TREECAST_PATH=" + path_,
        "TREECAST_VERSION=" + job.change.version,
        "TREECAST_SHA256=" + job.change.sha256,
        std::string("TREECAST_EVENT=") + to_string(job.change.event),
    };
    setup.standard_input = job.content.get();
    if (job.content)
        ::lseek(job.content.get(), 0, SEEK_SET);
    running_version_ = job.change.version;
    try {
        child_.emplace(setup);
    } catch (const std::system_error& error) {
        log::error("the command for {} cannot be started: {}", path_, error.what());
    }
}

}  // namespace treecast::client
