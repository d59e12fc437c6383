#include "test/support/follower.hpp"

#include <exception>
#include <utility>

#include <sys/socket.h>

namespace treecast::test {

Follower::Follower(const HttpServer& server, std::string path, std::string version)
    : connection_(server),
      thread_([this, target = "/v1/files/" + std::move(path), from = std::move(version)] {
          follow(target, from);
      }) {}

Follower::~Follower() {
    {
        const std::lock_guard lock(mutex_);
        ended_ = true;
    }
    ::shutdown(connection_.descriptor(), SHUT_RDWR);  // ends the pending receive
    thread_.join();
}

std::vector<Follower::Seen> Follower::seen() const {
    const std::lock_guard lock(mutex_);
    return seen_;
}

bool Follower::wait_for(std::string_view body) const {
    return poll_until([&] {
        const std::lock_guard lock(mutex_);
        return !seen_.empty() && seen_.back().status == 200 && seen_.back().body == body;
    });
}

bool Follower::wait_for_status(unsigned status) const {
    return poll_until([&] {
        const std::lock_guard lock(mutex_);
        return !seen_.empty() && seen_.back().status == status;
    });
}

bool Follower::ended() const {
    const std::lock_guard lock(mutex_);
    return ended_;
}

void Follower::note(Seen news) {
    const std::lock_guard lock(mutex_);
    if (seen_.empty() || seen_.back().status != news.status || seen_.back().body != news.body)
        seen_.push_back(std::move(news));
}

void Follower::follow(const std::string& target, std::string version) {
    while (!ended()) {
        try {
            const auto after = version.empty() ? std::string() : "&after=" + version;
            const HttpResponse response = connection_.get(target + "?wait=10" + after);
            const std::string next = response.header("Treecast-Version");
            const bool is_held = response.status == 200 || response.status == 404;
            const bool is_quiet = response.status == 304 || response.status == 204;
            if (!is_quiet && (!is_held || next != version))
                note({response.status, is_held ? response.body : std::string()});
            if (!next.empty())
                version = next;
            if (!is_held && !is_quiet)  // "unavailable" is answered at once, also to repeated polls
                std::this_thread::sleep_for(std::chrono::milliseconds(5));
        } catch (const std::exception& error) {
            if (ended())
                return;
            note({0, error.what()});
            return;
        }
    }
}

}  // namespace treecast::test
