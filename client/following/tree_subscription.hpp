// One directory or glob that `treecast watch` follows: its feed, its output, its commands.
#pragma once

#include "client/following/feed_subscription.hpp"
#include "client/following/known_files.hpp"
#include "client/following/tree_commands.hpp"
#include "client/following/trouble_log.hpp"
#include "client/following/watched.hpp"
#include "client/http/tree_url.hpp"

#include <optional>
#include <string>

namespace treecast::client {

class TreeSubscription final : public Watched {
public:
    /// `command` is for --exec.
    TreeSubscription(
        const TreeUrl& url,
        std::chrono::seconds wait,
        FirstState first_state,
        LineForm form,
        std::optional<std::string> command
    );

    void poll(TransferEngine& http, std::size_t first_key, TimePoint now) override;
    std::optional<TimePoint> due() const override;
    void complete(std::size_t request, const Answer& answer, double random, TimePoint now) override;
    int command_descriptor() const noexcept override {
        return commands_ ? commands_->descriptor() : -1;
    }
    void advance_commands() override {
        if (commands_)
            commands_->advance();
    }

private:
    void report(const std::vector<TreeTrouble>& troubles) const;
    void deliver(const std::vector<TreeChange>& changes);

    std::string origin_;
    FeedSubscription feed_;
    KnownFiles known_;
    LineForm form_;
    std::optional<TreeCommands> commands_;
    TroubleLog troubles_;
};

}  // namespace treecast::client
