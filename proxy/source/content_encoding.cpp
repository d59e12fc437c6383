#include "proxy/source/content_encoding.hpp"

#include "proxy/source/encoder.hpp"

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <zstd.h>

#include <unistd.h>

namespace treecast::proxy {

namespace {

constexpr std::uint64_t encoded_piece_bytes = std::uint64_t{128} * 1024;
constexpr std::uint64_t sample_bytes = std::uint64_t{16} * 1024;
/// Smaller contents are encoded at once.
constexpr std::uint64_t sampled_bytes_min = std::uint64_t{256} * 1024;

/// Reads a piece into `buffer`; empty if it cannot be read: the segment is damaged.
std::string_view read_piece(
    const PlainContent& plain,
    std::uint64_t begin,
    std::uint64_t size,
    std::string& buffer
) {
    if (!plain.segment)
        return std::string_view(plain.bytes).substr(begin, size);
    buffer.resize(size);
    std::size_t filled = 0;
    while (filled < size) {
        const ssize_t n = ::pread(
            plain.segment.get(),
            buffer.data() + filled,
            size - filled,
            static_cast<off_t>(begin + filled)
        );
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return {};
        filled += static_cast<std::size_t>(n);
    }
    return buffer;
}

/// Whether samples of the beginning, the middle and the end become smaller by the fastest coding.
bool samples_gain(const PlainContent& plain, std::string& buffer) {
    std::string output(::ZSTD_compressBound(sample_bytes), '\0');
    std::uint64_t sum = 0;
    const std::uint64_t last = plain.size - sample_bytes;
    for (const std::uint64_t begin : {std::uint64_t{0}, last / 2, last}) {
        const std::string_view sample = read_piece(plain, begin, sample_bytes, buffer);
        const std::size_t size =
            ::ZSTD_compress(output.data(), output.size(), sample.data(), sample.size(), 1);
        sum += ::ZSTD_isError(size) != 0 ? sample_bytes : size;
    }
    return sum <= gaining_bytes_max(3 * sample_bytes);
}

}  // namespace

EncodedContent encode_content(
    const PlainContent& plain,
    Coding coding,
    MadeContents& contents,
    const std::function<bool()>& is_over
) {
    std::string buffer;
    if (plain.size >= sampled_bytes_min && !samples_gain(plain, buffer))
        return {.gains = false};
    MadeWriter writer(contents);
    Encoder encoder(coding, writer, gaining_bytes_max(plain.size));
    std::uint64_t at = 0;
    do {
        const std::uint64_t size = std::min(encoded_piece_bytes, plain.size - at);
        const std::string_view piece = read_piece(plain, at, size, buffer);
        if (is_over() || piece.size() != size)
            return {};
        at += size;
        if (!encoder.append(piece, at == plain.size))
            return {.gains = !encoder.is_too_long()};
    } while (at < plain.size);
    return {.content = writer.finish()};
}

}  // namespace treecast::proxy
