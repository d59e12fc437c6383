// One audit of the whole tree against the catalog: what is on disk, how the catalog tells it, and
// whether resident contents are what they hash to. Changes nothing; any thread.
#pragma once

#include "daemon/look.hpp"
#include "ipc/catalog_reader.hpp"
#include "ipc/object_directory.hpp"
#include "watcher/directory_reader.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace treecast::daemon {

class AuditRound {
public:
    /// How the round rests between pieces of work.
    class Pause {
    public:
        /// False if the round is to end now.
        virtual bool sleep(std::chrono::nanoseconds time) = 0;

    protected:
        ~Pause() = default;
    };

    /// The thread sleeps this many times as long as it works: less than a hundredth of a core.
    static constexpr int share = 120;
    /// Until a difference is looked at again: its event may be on its way.
    static constexpr std::chrono::milliseconds settling{1000};
    /// Differences beyond this are left to the next round.
    static constexpr std::size_t differences_max = 10'000;

    AuditRound(
        const watcher::TreeRoot& root,
        const ipc::CatalogReader& catalog,
        bool hidden,
        Pause& pause
    );

    /// Calls `report` with each path that differs and still does, in the same way, after
    /// `settling`; one that differs in another way then is looked at once more. Rests for
    /// `share` times the processor time that it takes.
    void run(const std::function<void(const std::string& path)>& report);

private:
    /// What is there, what the catalog says, and whether the two are at odds.
    struct Sight {
        Seen seen = Seen::trouble;
        watcher::FileStat stat;
        std::uint64_t change_revision = 0;
        bool differs = false;
        bool contents_differ = false;

        friend bool operator==(const Sight&, const Sight&) = default;
    };
    struct Difference {
        std::string path;
        Sight sight;
        std::chrono::steady_clock::time_point found;
        unsigned looks = 1;
    };

    bool compare_directories();
    bool compare_directory(const std::string& directory);
    void
    compare_entry(int directory, const std::string& path, const watcher::DirectoryEntry& entry);
    void compare_file(int directory, const char* name, const std::string& path);
    void compare_link(const std::string& path);
    bool look_for_absent();
    bool compare_contents();
    bool confirm(const std::function<void(const std::string& path)>& report);

    Sight sight_of(const std::string& path) const;
    Sight content_sight_of(const std::string& path) const;
    void note(const std::string& path, const Sight& sight);
    void mark_seen(ipc::FileId file);
    bool rest();

    const watcher::TreeRoot& root_;
    const ipc::CatalogReader& catalog_;
    const bool hidden_;
    Pause& pause_;
    watcher::DirectoryReader reader_;
    std::vector<std::string> directories_;  // still to be compared
    std::vector<bool> seen_;                // by slot: on disk
    std::vector<Difference> differences_;
    std::chrono::nanoseconds worked_until_;
};

}  // namespace treecast::daemon
