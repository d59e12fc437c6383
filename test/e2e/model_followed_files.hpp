// What clients of the model test have put together from what they were sent: in a quiet moment it
// must be what a walk of the catalog finds.
#pragma once

#include "base/sha256.hpp"
#include "test/support/multipart_answer.hpp"
#include "test/support/poll_until.hpp"
#include "test/support/tree_model/published_tree.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <cstdio>
#include <functional>
#include <mutex>
#include <sstream>
#include <string>

namespace treecast::test::model_cases {

inline std::string mode_text(const ipc::Record& record) {
    char mode[8];
    std::snprintf(mode, sizeof mode, "%04o", record.mode & 07777U);
    return mode;
}

// What of a followed file differs from its record; empty if nothing does.

inline std::string difference(const boost::json::object& file, const ipc::Record& record) {
    const std::string version(file.at("version").as_string());
    if (!version.ends_with('.' + std::to_string(record.content_revision)))
        return "has version " + version;
    if (file.contains("unavailable") != (record.state == ipc::FileState::unavailable))
        return "is available, or is not";
    if (file.contains("unavailable"))
        return file.at("unavailable").as_string() == ipc::to_string(record.reason)
                   ? ""
                   : "has another reason";
    if (file.at("size").to_number<std::uint64_t>() != record.size)
        return "has another size";
    if (file.at("mode").as_string() != mode_text(record))
        return "has another mode";
    // A hash that is found by loading is no change.
    if (!file.at("sha256").is_null() && record.hash_known &&
        file.at("sha256").as_string() != to_hex(record.sha256))
        return "has another hash";
    return "";
}

/// The reader has checked that the bytes have the hash that came with them.
inline std::string difference(const FilePart& file, const ipc::Record& record) {
    const std::string version = file.field("Treecast-Version");
    const std::string event = file.field("Treecast-Event");
    if (!version.ends_with('.' + std::to_string(record.content_revision)))
        return "has version " + version;
    if ((event == "unavailable") != (record.state == ipc::FileState::unavailable))
        return "is available, or is not";
    if (event == "unavailable")
        return file.field("Treecast-Reason") == ipc::to_string(record.reason)
                   ? ""
                   : "has another reason";
    if (file.field("Treecast-Mode") != mode_text(record))
        return "has another mode";
    const bool has_other_hash =
        record.hash_known && file.field("Treecast-SHA256") != to_hex(record.sha256);
    if (event.empty() && (file.body.size() != record.size || has_other_hash))
        return "has other bytes";
    if (file.field("Treecast-Reason") == "large" &&
        file.field("Treecast-Size") != std::to_string(record.size))
        return "has another size";
    return "";
}

/// The files of one client, which a thread of its own sets. `Files`: what it knows of each path.
template <class Files>
class FollowedFiles {
public:
    /// `name`: of the client, in messages. `matches`: the files that it subscribes to.
    FollowedFiles(std::string name, std::function<bool(const std::string& path)> matches)
        : name_(std::move(name)), matches_(std::move(matches)) {}

    void set(const Files& files) {
        const std::lock_guard guard(mutex_);
        files_ = files;
    }
    /// An answer that no server may give.
    void set_error(const std::string& what) {
        const std::lock_guard guard(mutex_);
        error_ = "    " + name_ + ": " + what + '\n';
    }
    /// What differs from `published`, when it no longer changes; empty if nothing does.
    std::string differences(const PublishedTree::Files& published) const {
        std::string text;
        (void)poll_until([&] {
            text = compare(published);
            return text.empty();
        });
        return text;
    }

private:
    std::string compare(const PublishedTree::Files& published) const {
        const std::lock_guard guard(mutex_);
        std::ostringstream text;
        text << error_;
        auto files = files_;
        for (const auto& [path, found] : published) {
            if (!matches_(path))
                continue;
            const auto followed = files.find(path);
            if (followed == files.end()) {
                text << "    " << name_ << ": " << path << " is missing\n";
                continue;
            }
            if (const auto wrong = difference(followed->second, found.record); !wrong.empty())
                text << "    " << name_ << ": " << path << ' ' << wrong << '\n';
            files.erase(followed);
        }
        for (const auto& [path, file] : files)
            text << "    " << name_ << ": " << path << " is not there\n";
        return text.str();
    }

    const std::string name_;
    const std::function<bool(const std::string& path)> matches_;
    mutable std::mutex mutex_;
    Files files_;
    std::string error_;  // the last one
};

}  // namespace treecast::test::model_cases
