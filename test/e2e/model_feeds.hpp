// Clients of the change feed in the model test, by polls and by events. Each follows in a thread of
// its own.
#pragma once

#include "test/e2e/model_followed_files.hpp"
#include "test/support/event_client.hpp"
#include "test/support/feed_follower.hpp"
#include "test/support/multipart_follower.hpp"
#include "test/support/tree_model/places.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <thread>

namespace treecast::test::model_cases {

/// For the proxy's restarts.
inline void wait_before_retry() {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
}

using Matches = std::function<bool(const std::string& path)>;

/// Asks again and again.
template <class Follower>
class FollowedFeed {
public:
    FollowedFeed(const HttpServer& server, const std::string& interest, Matches matches)
        : followed_(interest, std::move(matches)),
          follower_(server, interest),
          thread_([this](const std::stop_token& stop) {
              while (!stop.stop_requested())
                  follow();
          }) {}

    std::string differences(const PublishedTree::Files& published) const {
        return followed_.differences(published);
    }

private:
    void follow() {
        try {
            follower_.ask("wait=200ms&limit=50");
            if (!follower_.has_more())
                followed_.set(follower_.files());
        } catch (const WrongAnswer& error) {
            followed_.set_error(error.what());
        } catch (const std::exception&) {
            wait_before_retry();
        }
    }

    FollowedFiles<typename Follower::Files> followed_;
    Follower follower_;
    std::jthread thread_;
};

/// Breaks its stream at random, and goes on where its last id says.
class FollowedEvents {
public:
    FollowedEvents(
        const HttpServer& server,
        const std::string& interest,
        Matches matches,
        std::uint64_t seed
    )
        : server_(server),
          interest_(interest),
          followed_("events of " + interest, std::move(matches)),
          dice_(seed),
          thread_([this](const std::stop_token& stop) {
              while (!stop.stop_requested())
                  follow(stop);
          }) {}

    std::string differences(const PublishedTree::Files& published) const {
        return followed_.differences(published);
    }

private:
    /// One connection. The files stay what they are: only a reset voids them.
    void follow(const std::stop_token& stop) {
        std::optional<EventClient> client;
        try {
            client.emplace(server_, interest_, id_, files_);
            // Short lives break within pages; if all were short, none would reach the end of one.
            const unsigned steps = dice_.number(dice_.chance(50) ? 20 : 2'000);
            for (unsigned i = 0; i < steps && !client->has_ended() && !stop.stop_requested(); ++i)
                if (!client->next(quiet_time))
                    followed_.set(client->files());
            if (dice_.chance(50))
                client->connection().reset();
        } catch (const WrongAnswer& error) {
            followed_.set_error(error.what());
        } catch (const std::exception&) {
            wait_before_retry();
        }
        if (client) {
            id_ = client->last_event_id();
            files_ = client->files();
        }
    }

    static constexpr std::chrono::milliseconds quiet_time{5};

    const HttpServer server_;
    const std::string interest_;
    FollowedFiles<EventClient::Files> followed_;
    Dice dice_;
    std::string id_;
    EventClient::Files files_;
    std::jthread thread_;
};

class FollowedFeeds {
public:
    /// Clients with contents have every file loaded, so they are not in every run.
    FollowedFeeds(const HttpServer& server, std::uint64_t seed) {
        const auto all = [](const std::string& /*path*/) {
            return true;
        };
        const auto some = [](const std::string& path) {
            return path.starts_with('d') || path == "anchor";
        };
        feeds_.emplace_back(server, "", all);
        feeds_.emplace_back(server, "prefix=d&path=anchor", some);
        feeds_.emplace_back(server, "glob=**/*1*", [](const std::string& path) {
            return path.find('1', path.rfind('/') + 1) != path.npos;
        });
        events_.emplace_back(server, "", all, seed);
        events_.emplace_back(server, "prefix=d&path=anchor", some, seed + 1);
        if (seed % 3 == 1)
            with_contents_.emplace_back(server, "part_max=16M", all);
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
        for (const auto& events : events_)
            text += events.differences(published);
        return text;
    }

private:
    std::deque<FollowedFeed<FeedFollower>> feeds_;
    std::deque<FollowedFeed<MultipartFollower>> with_contents_;
    std::deque<FollowedEvents> events_;
};

}  // namespace treecast::test::model_cases
