// The rest of an answer with contents, made while it is sent. One thread.
//
// The connection asks for a part when the socket has accepted the one before. So a slow client
// costs the memory of one part beside the list of files, which is shared; and only the files of a
// window ahead of it are loaded for it.
#pragma once

#include "proxy/feed/file_parts.hpp"
#include "proxy/feed/load_waits.hpp"
#include "proxy/feed/multipart_page.hpp"
#include "proxy/feed/part_writer.hpp"
#include "proxy/net/connection.hpp"
#include "proxy/net/held_request.hpp"
#include "proxy/source/attachment.hpp"
#include "proxy/source/want_sender.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

namespace treecast::proxy {

/// What all streams of a worker share.
struct MultipartSources {
    Attachment& attachment;
    WantSender& wants;
    LoadWaits& loads;
    FileParts parts;
    const std::chrono::milliseconds load_timeout;
};

class MultipartStream final : public Stream, public LoadWaiter {
public:
    MultipartStream(
        Connection& of,
        MultipartSources& sources,
        std::shared_ptr<const MultipartPage> page,
        PartWriter::Framing framing
    );

    Next next(Part& part, Clock::time_point& until) override;
    void loaded() override { connection_.resume(); }
    void wait_is_over() override { connection_.resume(); }
    /// It waits for contents, not for news. So it is still answered, as a file would be.
    void peer_ended() override {}
    void end_by(Clock::time_point /*at*/) override {}
    /// Without the rest the client has nothing that it could rely on: it asks again.
    void turn_away() override;
    /// The list of its files, if a later one has taken its place.
    bool holds_pinned() const noexcept override;

private:
    /// Files that are wanted before it is their turn.
    static constexpr std::size_t window = 32;
    /// Files that are looked at for one part: each may take some system calls.
    static constexpr std::size_t files_per_part = 16;

    void want_ahead(Clock::time_point now);
    bool add_files(Clock::time_point now);
    bool may_wait(Clock::time_point now) const noexcept;
    void wait_for(const ListedFile& listed, Clock::time_point now);
    void note_progress() noexcept;
    void add_end();

    Connection& connection_;  // owns this
    MultipartSources& sources_;
    const std::shared_ptr<const MultipartPage> page_;
    PartWriter writer_;
    std::size_t index_ = 0;   // of the file whose turn it is
    std::size_t wanted_ = 0;  // files before this one were wanted if they had to be loaded
    std::size_t waited_ = 0;  // the last file that was waited for
    std::uint64_t sent_ = 0;  // the newest change of what was sent
    /// Files that are not loaded are waited for until then. It moves on when one was.
    std::optional<Clock::time_point> patience_{};
    bool is_begun_ = false;
    bool is_complete_ = false;
    bool is_turned_away_ = false;
};

}  // namespace treecast::proxy
