#include "proxy/feed/state_digest.hpp"

#include "proxy/feed/interest_walk.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace treecast::proxy {

namespace {

constexpr int readings_max = 10;

/// Reads a state that may change meanwhile.
class StateReader {
public:
    StateReader(const ipc::CatalogReader& catalog, const Interest& interest)
        : catalog_(catalog), interest_(interest) {}

    /// False if something changed meanwhile.
    bool read() {
        files_.clear();
        unhashed_.clear();
        revision_ = catalog_.newest_revision();
        std::uint64_t seen = 0;
        walk_interest(catalog_, interest_, [&](ipc::FileId file, const ipc::Record& record) {
            seen = std::max(seen, record.change_revision);
            if (record.state == ipc::FileState::present)
                add(file, record);
            return seen <= revision_;
        });
        return seen <= revision_;
    }
    StateReading take() {
        if (!unhashed_.empty())
            return {std::nullopt, revision_, std::move(unhashed_)};
        return {digest_of_state(std::move(files_)), revision_, {}};
    }

private:
    void add(ipc::FileId file, const ipc::Record& record) {
        if (!record.hash_known)
            return unhashed_.push_back(file);
        // A file without a path was deleted since. The digest then matches no client's, and the
        // client is sent everything.
        if (auto path = catalog_.path(file))
            files_.push_back({std::move(*path), record.mode, record.sha256});
    }

    const ipc::CatalogReader& catalog_;
    const Interest& interest_;
    std::uint64_t revision_ = 0;
    std::vector<DigestedFile> files_;
    std::vector<ipc::FileId> unhashed_;
};

}  // namespace

Sha256 digest_of_state(std::vector<DigestedFile> files) {
    std::ranges::sort(files, {}, &DigestedFile::path);
    // A walk may show a file twice.
    const auto is_same = [](const DigestedFile& left, const DigestedFile& right) {
        return left.path == right.path;
    };
    files.erase(std::unique(files.begin(), files.end(), is_same), files.end());
    Sha256Hasher hasher;
    for (const DigestedFile& file : files) {
        std::array<char, 8> mode{};
        std::snprintf(mode.data(), mode.size(), " %04o ", file.mode & 07777U);
        const std::string hash = to_hex(file.sha256);
        hasher.update(hash.data(), hash.size());
        hasher.update(mode.data(), 6);
        hasher.update(file.path.c_str(), file.path.size() + 1);
    }
    return hasher.finish();
}

StateReading read_state(
    const ipc::CatalogReader& catalog,
    const Interest& interest,
    const std::stop_token& stop
) {
    StateReader reader(catalog, interest);
    for (int attempt = 0; attempt < readings_max && !stop.stop_requested(); ++attempt)
        if (reader.read())
            return reader.take();
    return {};
}

}  // namespace treecast::proxy
