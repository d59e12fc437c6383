// Packs the contents that were copied. One thread at a time: the maker's.
#pragma once

#include "proxy/archive/archive_copy.hpp"
#include "proxy/archive/archive_target.hpp"
#include "proxy/source/made_contents.hpp"

#include <memory>
#include <stop_token>

namespace treecast::proxy {

/// The archive of a copy that is settled; null if there is no room for it, or at a stop.
std::shared_ptr<const MadeContent>
pack(ArchiveCopy& copy, Coding coding, MadeContents& contents, const std::stop_token& stop);

}  // namespace treecast::proxy
