#include "proxy/archive/archived_files.hpp"

#include "proxy/feed/state_digest.hpp"

#include <algorithm>
#include <utility>

namespace treecast::proxy {

namespace {

constexpr unsigned permissions = 0777;

/// Whether its content cannot be had: it is not in memory, and the last attempt to read it failed.
/// One that hangs may still succeed.
bool cannot_be_loaded(const ipc::Record& record) noexcept {
    return ipc::is_stale(record) && !record.resident &&
           record.reason != ipc::UnavailableReason::hung;
}

}  // namespace

void ArchivedFiles::apply(
    ipc::FileId file,
    const std::optional<ipc::Record>& record,
    std::string_view path
) {
    refused_.erase(file.value);
    if (!record || record->change_revision == 0)
        return remove(file);
    seen_ = std::max(seen_, record->change_revision);
    const bool is_private = record->reason == ipc::UnavailableReason::private_file;
    if (record->state == ipc::FileState::unavailable && !is_private)
        refused_.try_emplace(file.value, RefusedFile{file, std::string(path), record->reason});
    if (record->state != ipc::FileState::present)
        return remove(file);
    ArchivedFile& archived = files_[file.value];
    bytes_ += record->size - archived.record.size;
    if (archived.path.empty())
        archived.path = path;
    archived.record = *record;
    if (archived.is_copied())
        uncopied_.erase(file.value);
    else
        uncopied_.insert(file.value);
    if (!archived.is_copied() && cannot_be_loaded(*record))
        refused_.try_emplace(file.value, RefusedFile{file, archived.path, record->reason});
}

void ArchivedFiles::remove(ipc::FileId file) {
    const auto found = files_.find(file.value);
    if (found == files_.end())
        return;
    bytes_ -= found->second.record.size;
    files_.erase(found);
    uncopied_.erase(file.value);
}

void ArchivedFiles::mark_copied(ipc::FileId file, CopiedContent copy) {
    ArchivedFile& archived = files_.at(file.value);
    archived.copy = copy;
    if (archived.is_copied())
        uncopied_.erase(file.value);
}

bool ArchivedFiles::contains(ipc::FileId file) const {
    return files_.contains(file.value) || refused_.contains(file.value);
}

std::vector<ipc::FileId> ArchivedFiles::ids() const {
    std::vector<ipc::FileId> ids;
    for (const auto& [id, file] : files_)
        ids.push_back({id});
    for (const auto& [id, file] : refused_)
        if (!files_.contains(id))
            ids.push_back({id});
    return ids;
}

const ArchivedFile* ArchivedFiles::find(ipc::FileId file) const {
    const auto found = files_.find(file.value);
    return found == files_.end() ? nullptr : &found->second;
}

std::uint64_t ArchivedFiles::stale_since() const noexcept {
    std::uint64_t since = 0;
    for (const auto& [id, file] : files_)
        if (ipc::is_stale(file.record))
            since = since == 0 ? file.record.change_revision
                               : std::min(since, file.record.change_revision);
    return since;
}

std::optional<RefusedFile> ArchivedFiles::refused() const {
    const auto first = std::ranges::min_element(refused_, {}, [](const auto& each) {
        return std::string_view(each.second.path);
    });
    return first == refused_.end() ? std::nullopt : std::optional(first->second);
}

bool ArchivedFiles::are_hashed() const {
    return std::ranges::all_of(files_, [](const auto& each) {
        return each.second.record.hash_known;
    });
}

Sha256 ArchivedFiles::digest() const {
    std::vector<DigestedFile> digested;
    digested.reserve(files_.size());
    for (const auto& [id, file] : files_)
        digested.push_back(
            {file.path,
             static_cast<std::uint16_t>(file.record.mode & permissions),
             file.record.sha256}
        );
    return digest_of_state(std::move(digested));
}

std::vector<const ArchivedFile*> ArchivedFiles::sorted() const {
    std::vector<const ArchivedFile*> files;
    files.reserve(files_.size());
    for (const auto& [id, file] : files_)
        files.push_back(&file);
    std::ranges::sort(files, {}, [](const ArchivedFile* file) {
        return std::string_view(file->path);
    });
    return files;
}

}  // namespace treecast::proxy
