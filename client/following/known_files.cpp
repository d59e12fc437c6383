#include "client/following/known_files.hpp"

#include <iterator>
#include <utility>

namespace treecast::client {

TreeNews KnownFiles::apply(const FeedAnswer& answer) {
    TreeNews news;
    if (answer.reset) {
        ++resets_;
        is_resetting_ = true;
    }
    for (const auto& change : answer.changes)
        apply_change(change, news);
    if (answer.more)
        return news;
    if (std::exchange(is_resetting_, false))
        for (auto file = files_.begin(); file != files_.end();) {
            const auto next = std::next(file);
            if (file->second.listed != resets_)
                remove(file, version_of_cursor(answer.cursor), news);
            file = next;
        }
    reports_ = true;
    return news;
}

void KnownFiles::apply_change(const FeedChange& change, TreeNews& news) {
    if (change.state == FeedChange::State::deleted) {
        if (const auto file = files_.find(change.path); file != files_.end())
            remove(file, change.version, news);
        return;
    }
    File& file = files_[change.path];
    file.listed = resets_;
    const bool is_unavailable = change.state == FeedChange::State::unavailable;
    if (std::exchange(file.is_unavailable, is_unavailable) != is_unavailable)
        news.troubles.push_back({change.path, is_unavailable ? change.reason : ""});
    if (!is_unavailable)
        apply_content(file, change, news);
}

void KnownFiles::apply_content(File& file, const FeedChange& change, TreeNews& news) {
    const bool is_same = has_content_of(file, change);
    const auto known_hash = is_same ? file.sha256 : std::nullopt;
    file.has_content = true;
    file.version = change.version;
    file.size = change.size;
    file.mtime = change.mtime;
    file.sha256 = change.sha256 ? change.sha256 : known_hash;
    if (is_same || !reports_)
        return;
    FileChange reported{FileEvent::change, to_string(change.version), {}, change.size, {}};
    if (change.sha256)
        reported.sha256 = to_hex(*change.sha256);
    if (change.mtime)
        reported.mtime = change.mtime->seconds;
    news.changes.push_back({change.path, std::move(reported)});
}

void KnownFiles::remove(
    std::map<std::string, File>::iterator file,
    Version version,
    TreeNews& news
) {
    if (file->second.has_content && reports_)
        news.changes.push_back({file->first, {FileEvent::deleted, to_string(version), {}, 0, {}}});
    files_.erase(file);
}

bool KnownFiles::has_content_of(const File& file, const FeedChange& change) {
    if (!file.has_content)
        return false;
    if (file.sha256 && change.sha256)
        return file.sha256 == change.sha256;
    if (file.version.epoch == change.version.epoch)
        return file.version == change.version;
    return file.size == change.size && file.mtime == change.mtime;
}

}  // namespace treecast::client
