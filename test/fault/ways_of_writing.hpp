// The ways in which the writers of torn_reads change a file, and for how long they do.
#pragma once

#include "test/support/fail_with_errno.hpp"
#include "test/support/needs.hpp"
#include "test/support/pair_of_programs.hpp"
#include "test/support/self_proving.hpp"
#include "test/support/tree_model/published_tree.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <random>
#include <sched.h>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

namespace treecast::test::torn_reads_cases {

using namespace treecast;
using namespace treecast::test;
using namespace std::chrono_literals;

constexpr uid_t other_user = 61'001;  // of no account, owner of nothing
constexpr std::size_t large_bytes = std::size_t{16} << 20;
constexpr unsigned files_of_a_writer = 48;

inline std::chrono::seconds duration() {
    const char* const value =
        std::getenv("TREECAST_TORN_SECONDS");  // NOLINT(concurrency-mt-unsafe)
    return std::chrono::seconds(value == nullptr ? 2 : std::stoi(value));
}

inline void write_all(int file, std::string_view content) {
    while (!content.empty()) {
        const ssize_t written = ::write(file, content.data(), content.size());
        if (written <= 0)
            fail_with_errno("write");
        content.remove_prefix(static_cast<std::size_t>(written));
    }
}

inline UniqueFd open_for_writing(const std::string& path, int flags) {
    UniqueFd file(::open(path.c_str(), flags | O_CREAT | O_CLOEXEC, 0644));
    if (!file)
        fail_with_errno(path);
    return file;
}

// The manners of writing.

inline void replace(const std::string& path, const std::string& content) {
    const std::string made = path + ".new";
    write_all(open_for_writing(made, O_WRONLY | O_TRUNC).get(), content);
    if (::rename(made.c_str(), path.c_str()) != 0)
        fail_with_errno(path);
}

inline void rewrite(const std::string& path, const std::string& content) {
    write_all(open_for_writing(path, O_WRONLY | O_TRUNC).get(), content);
}

inline void rewrite_in_pieces(const std::string& path, const std::string& content) {
    const UniqueFd file = open_for_writing(path, O_WRONLY | O_TRUNC);
    const std::size_t piece = content.size() / 7 + 1;
    for (std::size_t at = 0; at < content.size(); at += piece)
        write_all(file.get(), std::string_view(content).substr(at, piece));
}

/// What pauses between its writes gives everybody the time to look.
inline void rewrite_slowly(const std::string& path, const std::string& content) {
    const UniqueFd file = open_for_writing(path, O_WRONLY | O_TRUNC);
    const std::string_view all = content;
    for (const auto part : {all.substr(0, all.size() / 2), all.substr(all.size() / 2)}) {
        std::this_thread::sleep_for(5ms);
        write_all(file.get(), part);
    }
}

/// Half of it stands for longer than a file must be left alone to be read without a lease, after
/// somebody else has opened the file for writing and closed it.
inline void rewrite_while_it_is_touched(const std::string& path, const std::string& content) {
    const UniqueFd file = open_for_writing(path, O_WRONLY | O_TRUNC);
    const std::string_view all = content;
    write_all(file.get(), all.substr(0, all.size() / 2));
    std::this_thread::sleep_for(5ms);
    if (::futimens(open_for_writing(path, O_WRONLY).get(), nullptr) != 0)
        fail_with_errno(path);
    std::this_thread::sleep_for(1300ms);
    write_all(file.get(), all.substr(all.size() / 2));
}

inline void overwrite(const std::string& path, const std::string& content) {
    const UniqueFd file = open_for_writing(path, O_WRONLY);
    const std::size_t piece = content.size() / 3 + 1;
    for (std::size_t at = 0; at < content.size(); at += piece)
        write_all(file.get(), std::string_view(content).substr(at, piece));
    if (::ftruncate(file.get(), static_cast<off_t>(content.size())) != 0)
        fail_with_errno(path);
}

/// As programs do that update a file where it is, after having replaced it.
inline void replace_and_overwrite(const std::string& path, const std::string& content) {
    replace(path, content);
    overwrite(path, self_proving(content.size(), content.size()));
}

inline void overwrite_through_a_mapping(const std::string& path, const std::string& content) {
    UniqueFd file = open_for_writing(path, O_RDWR);
    if (::ftruncate(file.get(), static_cast<off_t>(content.size())) != 0)
        fail_with_errno(path);
    void* const bytes = ::mmap(nullptr, content.size(), PROT_WRITE, MAP_SHARED, file.get(), 0);
    if (bytes == MAP_FAILED)
        fail_with_errno(path);
    file.reset();
    std::memcpy(bytes, content.data(), content.size());
    ::munmap(bytes, content.size());
}

struct Manner {
    const char* name;
    void (*write)(const std::string& path, const std::string& content);
    bool same_size = false;    // as before, every time
    bool large = false;        // 16 MiB, by one write(2)
    bool one_file = false;     // it takes its time for each version
    bool needs_lease = false;  // nothing else tells that a mapping is being written to
};

const std::vector<Manner> manners{
    {.name = "replaced", .write = replace},
    {.name = "rewritten", .write = rewrite},
    {.name = "rewritten-in-pieces", .write = rewrite_in_pieces},
    {.name = "rewritten-slowly", .write = rewrite_slowly},
    {.name = "touched-half-way", .write = rewrite_while_it_is_touched, .one_file = true},
    {.name = "overwritten", .write = overwrite},
    {.name = "overwritten-same-size", .write = overwrite, .same_size = true},
    {.name = "replaced-and-overwritten", .write = replace_and_overwrite},
    {.name = "mapped",
     .write = overwrite_through_a_mapping,
     .same_size = true,
     .needs_lease = true},
    {.name = "large", .write = overwrite, .same_size = true, .large = true},
    {.name = "large-rewritten", .write = rewrite, .large = true},
};

}  // namespace treecast::test::torn_reads_cases
