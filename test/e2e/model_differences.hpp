// What the model test compares: a walk of the tree, what is published, and the log of changes.
#pragma once

#include "base/sha256.hpp"
#include "test/support/pair_of_programs.hpp"
#include "test/support/processes.hpp"
#include "test/support/tree_model/published_tree.hpp"
#include "test/support/tree_model/tree_vandal.hpp"
#include "test/support/tree_model/tree_walk.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <random>
#include <set>
#include <sstream>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace treecast::test::model_cases {

namespace fs = std::filesystem;
using namespace treecast;
using namespace treecast::test;

using Steady = std::chrono::steady_clock;
using Walked = std::map<std::string, WalkedFile>;

constexpr unsigned writers_max = 3;
constexpr std::uint64_t file_size_max = 1 << 20;
constexpr std::size_t entries_max = 6000;
constexpr auto patience_with_a_difference = std::chrono::seconds(20);

inline std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
    const char* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
    return value == nullptr ? otherwise : std::stoull(value);
}

/// Why a file is not served; none if it is.
inline ipc::UnavailableReason refusal_of(const WalkedFile& file) {
    if ((file.status.st_mode & S_IROTH) == 0)
        return ipc::UnavailableReason::private_file;
    if (static_cast<std::uint64_t>(file.status.st_size) > file_size_max)
        return ipc::UnavailableReason::too_large;
    return ipc::UnavailableReason::none;
}

/// What is wrong with what is published of a file that is there; empty if nothing is.
inline std::string difference(
    const WalkedFile& file,
    const PublishedTree::Found& found,
    const PublishedTree& published
) {
    const ipc::Record& record = found.record;
    const auto refusal = refusal_of(file);
    const UniqueFd opened(::open(file.real_path.c_str(), O_RDONLY | O_CLOEXEC));
    std::ostringstream wrong;
    if (refusal != ipc::UnavailableReason::none || !opened) {
        const auto reason = opened ? refusal : ipc::UnavailableReason::unreadable;
        if (record.state == ipc::FileState::present && opened)
            wrong << "is not " << ipc::to_string(reason);
        // Whether it can be opened shows when it is.
        if (record.state == ipc::FileState::unavailable && record.reason != reason &&
            record.reason != refusal)
            wrong << "is " << ipc::to_string(record.reason) << ", not " << ipc::to_string(reason);
        return wrong.str();
    }
    if (record.state != ipc::FileState::present) {
        wrong << "is " << ipc::to_string(record.reason);
        return wrong.str();
    }
    const std::int64_t mtime_ns =
        std::int64_t{file.status.st_mtim.tv_sec} * 1'000'000'000 + file.status.st_mtim.tv_nsec;
    if (record.size != static_cast<std::uint64_t>(file.status.st_size))
        wrong << "has size " << record.size << ", not " << file.status.st_size << "; ";
    if (record.mode != file.status.st_mode)
        wrong << std::oct << "has mode " << record.mode << ", not " << file.status.st_mode
              << std::dec << "; ";
    if (record.mtime_ns != mtime_ns)
        wrong << "has mtime " << record.mtime_ns << ", not " << mtime_ns << "; ";
    const std::string bytes = read_file(file.real_path);
    if (record.hash_known && record.sha256 != sha256_of(bytes))
        wrong << "has another hash; ";
    if (record.resident) {
        const auto content = published.content(found);
        if (!content)
            wrong << "cannot be read: " << content.error().message();
        else if (*content != bytes)
            wrong << "has other bytes";
    }
    return wrong.str();
}

inline std::string differences(const Walked& walked, const PublishedTree& published) {
    constexpr unsigned lines_max = 12;
    std::ostringstream text;
    unsigned lines = 0;
    const auto add = [&](const std::string& path, const std::string& what) {
        if (++lines <= lines_max)
            text << "    " << path << ": " << what << '\n';
    };
    auto files = published.walk();
    for (const auto& [path, file] : walked) {
        const auto found = files.find(path);
        if (found == files.end()) {
            add(path, "is missing");
            continue;
        }
        if (const auto wrong = difference(file, found->second, published); !wrong.empty())
            add(path, wrong);
        files.erase(found);
    }
    for (const auto& [path, found] : files)
        add(path, "is not there");
    if (lines > lines_max)
        text << "    and " << lines - lines_max << " more\n";
    return text.str();
}

/// Whether whoever follows the change log knows what a walk of the catalog finds.
inline std::string differences_of_log(PublishedTree& published) {
    std::ostringstream text;
    auto files = published.walk();
    for (const auto& [path, followed] : published.follow()) {
        const auto found = files.find(path);
        if (found == files.end())
            text << "    " << path << ": its deletion is not in the log\n";
        else if (found->second.record.change_revision != followed.record.change_revision)
            text << "    " << path << ": its change is not in the log\n";
        if (found != files.end())
            files.erase(found);
    }
    for (const auto& [path, found] : files)
        text << "    " << path << ": its appearance is not in the log\n";
    return text.str();
}

inline std::string listing_of(const fs::path& root) {
    std::ostringstream text;
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
        struct stat status {};
        ::lstat(entry.path().c_str(), &status);
        text << "    " << entry.path().lexically_relative(root).string() << std::oct << " "
             << status.st_mode << std::dec << " inode " << status.st_ino << " links "
             << status.st_nlink << " size " << status.st_size;
        if (entry.is_symlink())
            text << " -> " << fs::read_symlink(entry.path()).string();
        text << '\n';
    }
    return text.str();
}

}  // namespace treecast::test::model_cases
