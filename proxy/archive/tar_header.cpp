#include "proxy/archive/tar_header.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <numeric>

namespace treecast::proxy {

namespace {

constexpr std::size_t block_bytes = 512;
/// 1980-01-01 UTC: earlier times and 0 are taken for mistakes by some programs.
constexpr std::uint64_t time_of_all = 315'532'800;
constexpr std::uint64_t octal_size_max = (std::uint64_t{1} << 33) - 1;  // 11 digits

constexpr std::array<char, 2 * block_bytes> zeros{};

/// The fields of a header block (POSIX.1-2001, ustar).
struct Block {
    std::array<char, 100> name{};
    std::array<char, 8> mode{};
    std::array<char, 8> uid{};
    std::array<char, 8> gid{};
    std::array<char, 12> size{};
    std::array<char, 12> mtime{};
    std::array<char, 8> checksum{};
    char type = 0;
    std::array<char, 100> linkname{};
    std::array<char, 6> magic{'u', 's', 't', 'a', 'r', 0};
    std::array<char, 2> version{'0', '0'};
    std::array<char, 32> uname{};
    std::array<char, 32> gname{};
    std::array<char, 8> devmajor{};
    std::array<char, 8> devminor{};
    std::array<char, 155> prefix{};
    std::array<char, 12> unused{};
};
static_assert(sizeof(Block) == block_bytes);

template <std::size_t size>
void put(std::array<char, size>& field, std::string_view text) {
    std::copy_n(text.begin(), std::min(text.size(), size), field.begin());
}

/// As many digits as fit before a NUL.
template <std::size_t size>
void put_octal(std::array<char, size>& field, std::uint64_t number) {
    for (std::size_t i = size - 1; i-- > 0; number /= 8)
        field[i] = static_cast<char>('0' + number % 8);
}

std::string block_text(Block block, std::uint16_t mode, std::uint64_t size, char type) {
    put_octal(block.mode, mode);
    put_octal(block.uid, 0);
    put_octal(block.gid, 0);
    put_octal(block.size, std::min(size, octal_size_max));
    put_octal(block.mtime, time_of_all);
    put_octal(block.devmajor, 0);
    put_octal(block.devminor, 0);
    block.type = type;
    // It is summed up as if it were blanks, and is six digits, a NUL and a blank.
    block.checksum.fill(' ');
    std::array<unsigned char, block_bytes> bytes{};
    std::memcpy(bytes.data(), &block, block_bytes);
    std::array<char, 7> sum{};
    put_octal(sum, std::accumulate(bytes.begin(), bytes.end(), std::uint64_t{0}));
    std::ranges::copy(sum, block.checksum.begin());
    std::string text(block_bytes, '\0');
    std::memcpy(text.data(), &block, block_bytes);
    return text;
}

bool is_ascii(std::string_view text) noexcept {
    return std::ranges::all_of(text, [](char c) {
        return static_cast<unsigned char>(c) < 0x80;
    });
}

/// Puts a path that fits into the fields for it; false if it does not.
bool put_path(Block& block, std::string_view path) {
    if (!is_ascii(path))
        return false;
    if (path.size() <= block.name.size()) {
        put(block.name, path);
        return true;
    }
    const auto slash = path.find('/', path.size() - block.name.size() - 1);
    if (slash == path.npos || slash > block.prefix.size() || slash + 1 == path.size())
        return false;
    put(block.prefix, path.substr(0, slash));
    put(block.name, path.substr(slash + 1));
    return true;
}

/// A record of an extended header: its own length in decimal, a blank, NAME=VALUE and a newline.
std::string extended_record(std::string_view name, std::string_view value) {
    const std::size_t rest = name.size() + value.size() + 3;
    std::size_t length = rest + 1;
    while (std::to_string(length).size() + rest != length)
        length = std::to_string(length).size() + rest;
    return std::to_string(length) + ' ' + std::string(name) + '=' + std::string(value) + '\n';
}

std::string extended_header(const std::string& records) {
    Block block;
    put(block.name, "@PaxHeader");
    std::string text = block_text(block, 0644, records.size(), 'x');
    text.append(records).append(tar_padding(records.size()));
    return text;
}

}  // namespace

std::string tar_header(std::string_view path, std::uint16_t mode, std::uint64_t size) {
    Block block;
    std::string records;
    if (!put_path(block, path)) {
        put(block.name, path);
        records += extended_record("path", path);
    }
    if (size > octal_size_max)
        records += extended_record("size", std::to_string(size));
    std::string text;
    if (!records.empty())
        text = extended_header(records);
    return text + block_text(block, mode & 0777U, size, '0');
}

std::string_view tar_padding(std::uint64_t size) noexcept {
    return {
        zeros.data(),
        static_cast<std::size_t>((block_bytes - size % block_bytes) % block_bytes)};
}

std::string_view tar_end() noexcept {
    return {zeros.data(), zeros.size()};
}

}  // namespace treecast::proxy
