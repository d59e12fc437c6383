// Clients of the change feed in the model test: in a quiet moment each must have what a walk of the
// catalog finds.
#pragma once

#include "test/support/feed_follower.hpp"
#include "test/support/multipart_answer.hpp"
#include "test/support/poll_until.hpp"
#include "test/support/tree_model/published_tree.hpp"

#include <cstdint>
#include <cstdio>
#include <deque>
#include <functional>
#include <mutex>
#include <sstream>
#include <string>
#include <thread>

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
    if (event.empty() &&
        (file.body.size() != record.size || file.field("Treecast-SHA256") != to_hex(record.sha256)))
        return "has other bytes";
    if (file.field("Treecast-Reason") == "large" &&
        file.field("Treecast-Size") != std::to_string(record.size))
        return "has another size";
    return "";
}

/// One client in a thread of its own, which asks again and again.
template <class Follower>
class FollowedFeed {
public:
    using Matches = std::function<bool(const std::string& path)>;

    FollowedFeed(const HttpServer& server, const std::string& interest, Matches matches)
        : interest_(interest),
          matches_(std::move(matches)),
          follower_(server, interest),
          thread_([this](const std::stop_token& stop) {
              while (!stop.stop_requested())
                  follow();
          }) {}

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
    /// The follower is used by this thread alone; what it knows is copied out.
    void follow() {
        try {
            follower_.ask("wait=200ms&limit=50");
        } catch (const WrongAnswer& error) {
            const std::lock_guard guard(mutex_);
            error_ = "    " + interest_ + ": " + error.what() + '\n';
            return;
        } catch (const std::exception&) {
            std::this_thread::sleep_for(std::chrono::milliseconds(5));  // the proxy restarts
            return;
        }
        if (follower_.has_more())
            return;
        const std::lock_guard guard(mutex_);
        files_ = follower_.files();
    }

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
                text << "    " << interest_ << ": " << path << " is missing\n";
                continue;
            }
            if (const auto wrong = difference(followed->second, found.record); !wrong.empty())
                text << "    " << interest_ << ": " << path << ' ' << wrong << '\n';
            files.erase(followed);
        }
        for (const auto& [path, file] : files)
            text << "    " << interest_ << ": " << path << " is not there\n";
        return text.str();
    }

    const std::string interest_;
    const Matches matches_;
    Follower follower_;
    mutable std::mutex mutex_;
    typename Follower::Files files_;
    std::string error_;  // the last answer that was wrong
    std::jthread thread_;
};

class FollowedFeeds {
public:
    /// Clients with contents have every file loaded, so they are not in every run.
    FollowedFeeds(const HttpServer& server, std::uint64_t seed) {
        feeds_.emplace_back(server, "", [](const std::string& /*path*/) {
            return true;
        });
        feeds_.emplace_back(server, "prefix=d&path=anchor", [](const std::string& path) {
            return path.starts_with('d') || path == "anchor";
        });
        feeds_.emplace_back(server, "glob=**/*1*", [](const std::string& path) {
            return path.find('1', path.rfind('/') + 1) != path.npos;
        });
        if (seed % 3 == 1)
            with_contents_.emplace_back(server, "part_max=16M", [](const std::string& /*path*/) {
                return true;
            });
        if (seed % 3 == 2)
            with_contents_
                .emplace_back(server, "prefix=d&part_max=1000", [](const std::string& path) {
                    return path.starts_with('d');
                });
    }
    std::string differences(const PublishedTree::Files& published) const {
        std::string text;
        for (const auto& feed : feeds_)
            text += feed.differences(published);
        for (const auto& feed : with_contents_)
            text += feed.differences(published);
        return text;
    }

private:
    std::deque<FollowedFeed<FeedFollower>> feeds_;
    std::deque<FollowedFeed<MultipartFollower>> with_contents_;
};

}  // namespace treecast::test::model_cases
