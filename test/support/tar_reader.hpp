// Reads a tar archive of regular files, with the extended headers of POSIX.1-2001. One thread.
#pragma once

#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace treecast::test {

struct TarEntry {
    std::string path;
    std::string content;
    unsigned mode = 0;
    unsigned long time = 0;
    std::string owner;  // "UID/GID UNAME/GNAME"

    friend bool operator==(const TarEntry&, const TarEntry&) = default;
};

namespace tar_detail {

inline std::string text_of(std::string_view field) {
    return std::string(field.substr(0, field.find('\0')));
}

inline unsigned long octal(std::string_view field) {
    return std::stoul(text_of(field), nullptr, 8);
}

inline void check_sum(std::string_view block) {
    unsigned long sum = 0;
    for (std::size_t i = 0; i < block.size(); ++i)
        sum += static_cast<unsigned char>(i >= 148 && i < 156 ? ' ' : block[i]);
    if (sum != octal(block.substr(148, 8)))
        throw std::runtime_error("the checksum of a header is wrong");
}

/// "LENGTH NAME=VALUE\n" and so on.
inline std::map<std::string, std::string> records_in(std::string_view text) {
    std::map<std::string, std::string> records;
    while (!text.empty()) {
        const std::size_t length = std::stoul(std::string(text));
        const auto blank = text.find(' ');
        const auto equals = text.find('=');
        if (length > text.size() || text[length - 1] != '\n')
            throw std::runtime_error("the length of a record is wrong");
        records.emplace(
            text.substr(blank + 1, equals - blank - 1),
            text.substr(equals + 1, length - equals - 2)
        );
        text.remove_prefix(length);
    }
    return records;
}

}  // namespace tar_detail

/// Throws std::runtime_error if it is no archive, or not complete.
inline std::vector<TarEntry> read_tar(std::string_view bytes) {
    using namespace tar_detail;
    constexpr std::size_t block_bytes = 512;
    std::vector<TarEntry> entries;
    std::map<std::string, std::string> records;
    for (;;) {
        if (bytes.size() < 2 * block_bytes)
            throw std::runtime_error("the archive has no end");
        const std::string_view block = bytes.substr(0, block_bytes);
        if (block.find_first_not_of('\0') == block.npos) {
            if (bytes.find_first_not_of('\0') != bytes.npos)
                throw std::runtime_error("something follows the end");
            return entries;
        }
        check_sum(block);
        const std::size_t size = octal(block.substr(124, 12));
        const std::size_t room = (size + block_bytes - 1) / block_bytes * block_bytes;
        const std::string_view content = bytes.substr(block_bytes, size);
        bytes.remove_prefix(block_bytes + room);
        if (block[156] == 'x') {
            records = records_in(content);
            continue;
        }
        if (block[156] != '0')
            throw std::runtime_error("an entry is no regular file");
        TarEntry entry;
        const std::string prefix = text_of(block.substr(345, 155));
        entry.path = (prefix.empty() ? "" : prefix + '/') + text_of(block.substr(0, 100));
        if (records.contains("path"))
            entry.path = records.at("path");
        records.clear();
        entry.content = content;
        entry.mode = static_cast<unsigned>(octal(block.substr(100, 8)));
        entry.time = octal(block.substr(136, 12));
        entry.owner = text_of(block.substr(108, 8)) + '/' + text_of(block.substr(116, 8)) + ' ' +
                      text_of(block.substr(265, 32)) + '/' + text_of(block.substr(297, 32));
        entries.push_back(entry);
    }
}

/// "a=1 b/c=2": the paths and contents, in their order.
inline std::string listed(const std::vector<TarEntry>& entries) {
    std::string text;
    for (const TarEntry& entry : entries)
        text += (text.empty() ? "" : " ") + entry.path + '=' + entry.content;
    return text;
}

}  // namespace treecast::test
