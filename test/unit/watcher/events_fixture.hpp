// What the tests of events share: events as inotify writes them, and a tree that they concern.
#pragma once

#include "test/unit/watcher/tree_state_fixture.hpp"
#include "watcher/events.hpp"

#include <cstring>

#include <sys/inotify.h>

namespace treecast::test::events_cases {

using namespace tree_state_cases;

constexpr WatchDescriptor of_root = 1;
constexpr WatchDescriptor of_a = 2;
constexpr WatchDescriptor of_sub = 3;
constexpr WatchDescriptor of_file = 4;

struct Event {
    WatchDescriptor watch;
    std::uint32_t mask;
    std::string name;
};

inline std::vector<std::byte> bytes_of(const std::vector<Event>& events) {
    std::vector<std::byte> bytes;
    const auto append = [&bytes](const void* from, std::size_t size) {
        bytes.resize(bytes.size() + size);
        std::memcpy(bytes.data() + bytes.size() - size, from, size);
    };
    for (const Event& event : events) {
        inotify_event header{};
        header.wd = event.watch;
        header.mask = event.mask;
        header.len = static_cast<std::uint32_t>(event.name.empty() ? 0 : event.name.size() + 1);
        append(&header, sizeof header);
        append(event.name.c_str(), header.len);
    }
    return bytes;
}

/// The directories "a" and "a/sub", and "alias", which a link leads to "a". Nothing of it exists,
/// since events alone are to decide.
struct KnownTree : WatchedTree {
    explicit KnownTree(const WatcherOptions& options = {}) : WatchedTree(options) {
        state.watches.set(root_directory, of_root);
        state.watches.set(a, of_a);
        state.watches.set(sub, of_sub);
        state.tree.add_alias(root_directory, "alias", a);
    }
    void apply(const std::vector<Event>& events) {
        apply_events(state, bytes_of(events), findings);
    }

    DirectoryId a = add("a");
    DirectoryId sub = add("a/sub");
};

}  // namespace treecast::test::events_cases
