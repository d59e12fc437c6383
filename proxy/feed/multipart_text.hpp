// An answer of the feed as multipart/mixed (RFC 2046, 5.1), but for its contents. Pure.
//
// The first part and the last one are JSON. Between them is one part for each file. A part without
// its file's content has `Treecast-Event`.
#pragma once

#include "base/version.hpp"
#include "ipc/catalog_record.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace treecast::proxy {

/// Why a part has no content although the file is present.
enum class LeftOut : std::uint8_t {
    large,       // above `part_max`
    not_loaded,  // not within --load-timeout
    unreadable,  // neither in memory nor readable, by the record's reason
};

/// Appends parts to a text, each from its delimiter to its body.
class MultipartText {
public:
    /// `boundary` must not be in any part: it is to be random.
    explicit MultipartText(std::string boundary) : boundary_(std::move(boundary)) {}

    /// The value of the answer's Content-Type.
    std::string content_type() const;

    /// What an answer begins with.
    void append_first(std::string& text, std::string_view json) const;
    /// The last part and the delimiter that closes the answer.
    void append_last(std::string& text, std::string_view json) const;
    /// `record.size` bytes of content are to follow. `fixed`: its fixed_content_fields(). `now`: in
    /// seconds since 1970.
    void append_content(
        std::string& text,
        std::string_view path,
        const ipc::Record& record,
        std::string_view fixed,
        std::int64_t now
    ) const;
    void append_left_out(
        std::string& text,
        std::string_view path,
        const ipc::Record& record,
        std::uint64_t epoch,
        LeftOut why,
        std::int64_t now
    ) const;
    void append_unavailable(
        std::string& text,
        std::string_view path,
        const ipc::Record& record,
        std::uint64_t epoch
    ) const;
    /// `version`: of the deletion.
    void append_deleted(std::string& text, std::string_view path, Version version) const;

private:
    void begin_part(std::string& text, std::string_view path) const;
    void append_json(std::string& text, std::string_view json) const;

    const std::string boundary_;
};

}  // namespace treecast::proxy
