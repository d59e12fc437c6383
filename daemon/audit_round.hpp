// One audit of the whole tree against the catalog: names, stats, and whether resident contents
// still match their hashes. It writes nothing. Any thread.
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
    /// Sleeps between pieces of work.
    class Pause {
    public:
        /// False if the round must end now.
        virtual bool sleep(std::chrono::nanoseconds time) = 0;

    protected:
        ~Pause() = default;
    };

    /// The thread sleeps this many times as long as it works, so that it uses less than 1 % of a
    /// core.
    static constexpr int share = 120;
    /// The pause before a second look at a difference, whose event may be on its way.
    static constexpr std::chrono::milliseconds settling{1000};
    /// The next round finds the differences beyond this number.
    static constexpr std::size_t differences_max = 10'000;

    AuditRound(
        const watcher::TreeRoot& root,
        const ipc::CatalogReader& catalog,
        bool hidden,
        Pause& pause
    );

    /// Calls `report` with each path whose difference is the same after `settling`. A difference
    /// that has changed meanwhile is looked at again, a few times. The round sleeps `share` times
    /// the processor time that it uses.
    void run(const std::function<void(const std::string& path)>& report);

private:
    /// What is on disk, what the catalog says of it, and whether they differ.
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
    std::vector<std::string> directories_;  // not compared yet
    std::vector<bool> seen_;                // by slot: on disk
    std::vector<Difference> differences_;
    std::chrono::nanoseconds worked_until_;
};

}  // namespace treecast::daemon
