#include "proxy/source/codings.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace treecast::proxy {

namespace {

constexpr std::array all_codings{Coding::gzip, Coding::zstd};

/// Short enough for std::string to allocate nothing.
std::string key_of(ipc::FileId file, Coding coding) {
    std::string key(1 + sizeof file.value, static_cast<char>(coding));
    std::memcpy(key.data() + 1, &file.value, sizeof file.value);
    return key;
}

/// Keys of other things are text.
bool is_key(std::string_view key) {
    return key.front() == static_cast<char>(Coding::gzip) ||
           key.front() == static_cast<char>(Coding::zstd);
}

}  // namespace

Codings::Found Codings::find(ipc::FileId file, const Version& version, Coding coding) {
    const std::string key = key_of(file, coding);
    // A work leaves the map after its result is kept.
    {
        const std::lock_guard guard(mutex_);
        const auto work = works_.find(key);
        if (work != works_.end() && work->second->version == version)
            return {CodingState::being_made};
    }
    auto kept = contents_.find(key, version);
    if (!kept)
        return {};
    return {*kept ? CodingState::made : CodingState::useless, std::move(*kept)};
}

bool Codings::make(
    ipc::FileId file,
    const Version& version,
    Coding coding,
    PlainContent plain,
    const Listener& listener
) {
    std::string key = key_of(file, coding);
    std::shared_ptr<Work> work;
    {
        const std::lock_guard guard(mutex_);
        if (const auto found = works_.find(key); found != works_.end()) {
            Work& other = *found->second;
            if (other.version == version) {
                if (std::ranges::find(other.listeners, &listener) == other.listeners.end())
                    other.listeners.push_back(&listener);
                return true;
            }
            abandon(found);
        }
        if (works_.size() >= works_max)
            return false;
        work = std::make_shared<Work>();
        work->file = file;
        work->version = version;
        work->coding = coding;
        work->plain = std::move(plain);
        work->listeners.push_back(&listener);
        works_.emplace(key, work);
        works_count_.store(works_.size(), std::memory_order_relaxed);
    }
    maker_.add(
        [this, key = std::move(key), wanted = std::weak_ptr(work)](const std::stop_token& stop) {
            if (const auto still = wanted.lock())
                run(key, still, stop);
        }
    );
    return true;
}

void Codings::run(
    const std::string& key,
    const std::shared_ptr<Work>& work,
    const std::stop_token& stop
) {
    EncodedContent encoded = encode_content(work->plain, work->coding, contents_, [&] {
        return stop.stop_requested() || work->is_over.load(std::memory_order_relaxed);
    });
    const std::lock_guard guard(mutex_);
    const auto found = works_.find(key);
    if (found == works_.end() || found->second != work)
        return;
    if (encoded.content)
        made_.fetch_add(1, std::memory_order_relaxed);
    if (encoded.content || !encoded.gains)
        contents_.keep(key, work->version, std::move(encoded.content));
    works_.erase(found);
    works_count_.store(works_.size(), std::memory_order_relaxed);
    for (const Listener* const listener : work->listeners)
        boost::asio::post(listener->context, [listener, file = work->file] {
            listener->ended(file);
        });
}

void Codings::remove_superseded(ipc::FileId file, const Version& version) {
    if (empty())
        return;
    for (const Coding coding : all_codings) {
        const std::string key = key_of(file, coding);
        const std::lock_guard guard(mutex_);
        if (const auto work = works_.find(key);
            work != works_.end() && work->second->version != version)
            abandon(work);
        contents_.remove_superseded(key, version);
    }
}

void Codings::clear() {
    const std::lock_guard guard(mutex_);
    while (!works_.empty())
        abandon(works_.begin());
    contents_.remove_if(is_key);
}

/// Its waiters have been notified of the change that has superseded it.
void Codings::abandon(Works::iterator work) {
    work->second->is_over.store(true, std::memory_order_relaxed);
    works_.erase(work);
    works_count_.store(works_.size(), std::memory_order_relaxed);
}

}  // namespace treecast::proxy
