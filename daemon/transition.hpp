// Computes a file's new record from an observation, and who needs to know of it. Pure.
#pragma once

#include "daemon/decide_announcement.hpp"
#include "daemon/observation.hpp"
#include "ipc/catalog_record.hpp"

namespace treecast::daemon {

struct Transition {
    ipc::Record record;  // revisions as before; residency as before
    Announcement announcement = Announcement::nothing;
};

Transition transition(const ipc::Record& before, const Observation& now);

}  // namespace treecast::daemon
