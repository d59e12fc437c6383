// The events that an Inotify has queued, as copies.
#pragma once

#include "watcher/inotify.hpp"

#include <string>
#include <vector>

namespace treecast::test {

struct ReadEvent {
    watcher::WatchDescriptor watch;
    bool watch_is_gone;
    std::string name;  // empty: the event is about what is watched
};

/// Watches of shared directories, such as that of temporary files, also report what other programs
/// do there: always with a name.
inline std::vector<ReadEvent> read_events(watcher::Inotify& inotify) {
    std::vector<ReadEvent> events;
    for (bool drained = false; !drained;) {
        watcher::InotifyDecoder decoder(inotify.read(drained));
        watcher::InotifyEvent event;
        while (decoder.next(event))
            events.push_back({event.watch, event.watch_is_gone(), std::string(event.name)});
    }
    return events;
}

}  // namespace treecast::test
