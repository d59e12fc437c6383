// What the feed says of a file, as JSON. Pure.
#pragma once

#include "proxy/feed/feed_page.hpp"

#include <boost/json/serializer.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace treecast::proxy {

/// Appends objects to a text.
class ChangeWriter {
public:
    ChangeWriter(std::string& text, std::uint64_t epoch) : text_(text), epoch_(epoch) {}

    /// One object, on one line.
    void add(const ListedFile& listed);

private:
    void add_string(std::string_view value);
    void add_member(std::string_view name, std::string_view value);
    void add_mtime(std::int64_t mtime);
    void add_present(const ipc::Record& record);

    std::string& text_;
    std::uint64_t epoch_;
    boost::json::serializer serializer_;
};

/// The members of `changes`: objects with commas and newlines between them, without the brackets
/// around all.
std::string changes_as_json(std::span<const ListedFile> files, std::uint64_t epoch);

}  // namespace treecast::proxy
