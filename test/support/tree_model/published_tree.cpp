#include "test/support/tree_model/published_tree.hpp"

#include "base/unique_fd.hpp"
#include "ipc/segment_reader.hpp"
#include "proxy/source/wants.hpp"
#include "test/support/poll_until.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace treecast::test {

namespace {

bool is_listed(const ipc::Record& record) {
    return record.state == ipc::FileState::present || record.state == ipc::FileState::unavailable;
}

bool wait_until_readable(int descriptor, std::chrono::milliseconds deadline) {
    pollfd readable{descriptor, POLLIN, 0};
    return ::poll(&readable, 1, static_cast<int>(deadline.count())) > 0;
}

}  // namespace

PublishedTree::PublishedTree(std::string object_base, InstanceName instance)
    : object_base_(std::move(object_base)), instance_(std::move(instance)) {}

bool PublishedTree::attach() {
    return poll_until([&] {
        auto directory = ipc::ObjectDirectory::open(object_base_, instance_);
        if (!directory)
            return false;
        directory_.emplace(std::move(*directory));
        auto catalog = ipc::CatalogReader::attach(*directory_);
        if (!catalog || !catalog->daemon_alive() || !catalog->scan_complete())
            return false;
        catalog_.emplace(std::move(*catalog));
        pair_.reset();
        auto pair = ipc::WorkerQueues::claim(*directory_);
        if (!pair)
            return false;
        pair_.emplace(std::move(*pair));
        followed_to_ = 0;
        return true;
    });
}

std::string PublishedTree::sync_answer() const {
    const std::string path =
        "/proc/self/fd/" + std::to_string(directory_->descriptor()) + "/control";
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    const UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    // A daemon that has adopted its predecessor's catalog opens its socket a moment later.
    const bool connected = poll_until([&] {
        return ::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    });
    if (!connected || ::send(socket.get(), "sync\n", 5, MSG_NOSIGNAL) != 5)
        return {};
    std::string answer;
    while (!answer.ends_with('\n')) {
        std::array<char, 128> buffer{};
        if (!wait_until_readable(socket.get(), patience))
            return answer;
        const ssize_t bytes = ::recv(socket.get(), buffer.data(), buffer.size(), 0);
        if (bytes <= 0)
            return answer;
        answer.append(buffer.data(), static_cast<std::size_t>(bytes));
    }
    answer.pop_back();
    return answer;
}

std::optional<Version> PublishedTree::sync() const {
    const auto cursor = parse_version(sync_answer());
    return cursor ? std::optional(*cursor) : std::nullopt;
}

PublishedTree::Files PublishedTree::walk() const {
    Files files;
    catalog_->walk([&](ipc::FileId file, const ipc::Record& record) {
        const auto path = catalog_->path(file);
        if (path && is_listed(record))
            files.emplace(*path, Found{file, record});
        return true;
    });
    return files;
}

const PublishedTree::Files& PublishedTree::follow() {
    const std::uint64_t newest = catalog_->newest_revision();
    std::vector<ipc::LogRecord> changes;
    if (followed_to_ == 0 || !catalog_->changes_since(followed_to_, changes)) {
        followed_ = walk();
        followed_paths_.clear();
        for (const auto& [path, found] : followed_)
            followed_paths_[found.file.value] = path;
    }
    for (const ipc::LogRecord& change : changes)
        take(change.file);
    followed_to_ = newest;
    return followed_;
}

bool PublishedTree::load(const std::vector<ipc::FileId>& files) {
    proxy::Wants wants;
    const auto until = proxy::Clock::now() + patience;
    for (const ipc::FileId file : files)
        wants.add(file, true, until);
    const auto read_record = [this](ipc::FileId file) {
        return catalog_->read(file);
    };
    wants.remove_ended(read_record, proxy::Clock::now());
    while (!wants.empty()) {
        wants.send(proxy::send_through(*pair_), catalog_->epoch(), proxy::Clock::now());
        wait_for_bell(std::chrono::milliseconds(250));
        const auto now = proxy::Clock::now();
        wants.remove_ended(read_record, now);
        if (now >= until)
            return false;
    }
    return true;
}

void PublishedTree::request(const std::vector<ipc::FileId>& files) {
    // A full queue does no harm: the request is repeated.
    for (std::size_t at = 0; at < files.size(); at += ipc::request_files_max) {
        const auto begin = files.begin() + static_cast<std::ptrdiff_t>(at);
        const std::size_t count = std::min(ipc::request_files_max, files.size() - at);
        const std::vector part(begin, begin + static_cast<std::ptrdiff_t>(count));
        (void)pair_->send({catalog_->epoch(), ipc::RequestKind::want, part});
    }
}

Result<std::string> PublishedTree::content(const Found& file) const {
    const auto segment = ipc::open_segment(*directory_, file.file, file.record);
    if (!segment)
        return segment.error();
    std::string bytes(file.record.size, '\0');
    for (std::size_t filled = 0; filled < bytes.size();) {
        const ssize_t got = ::pread(
            segment->get(),
            bytes.data() + filled,
            bytes.size() - filled,
            static_cast<off_t>(filled)
        );
        if (got <= 0)
            return Errc::damaged;
        filled += static_cast<std::size_t>(got);
    }
    return bytes;
}

bool PublishedTree::wait_for_bell(std::chrono::milliseconds deadline) {
    const bool rang = wait_until_readable(pair_->notification_descriptor(), deadline);
    pair_->drain();
    return rang;
}

void PublishedTree::take(ipc::FileId file) {
    const auto known = followed_paths_.find(file.value);
    const auto record = catalog_->read(file);
    const auto path = catalog_->path(file);
    if (record && path && is_listed(*record)) {
        followed_.insert_or_assign(*path, Found{file, *record});
        followed_paths_[file.value] = *path;
    } else if (known != followed_paths_.end()) {
        // The path may belong to another entry by now.
        const auto at = followed_.find(known->second);
        if (at != followed_.end() && at->second.file == file)
            followed_.erase(at);
        followed_paths_.erase(known);
    }
}

}  // namespace treecast::test
