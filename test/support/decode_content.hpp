// Decodes gzip and zstd by the libraries, for tests.
#pragma once

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <zlib.h>
#include <zstd.h>

namespace treecast::test {

inline std::string decode_gzip(std::string_view bytes) {
    z_stream stream{};
    BOOST_TEST_REQUIRE(::inflateInit2(&stream, 15 + 16) == Z_OK);
    stream.next_in = reinterpret_cast<unsigned char*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<unsigned>(bytes.size());
    std::string decoded;
    int outcome = Z_OK;
    while (outcome == Z_OK) {
        std::string piece(1 << 16, '\0');
        stream.next_out = reinterpret_cast<unsigned char*>(piece.data());
        stream.avail_out = static_cast<unsigned>(piece.size());
        outcome = ::inflate(&stream, Z_NO_FLUSH);
        decoded.append(piece, 0, piece.size() - stream.avail_out);
    }
    ::inflateEnd(&stream);
    BOOST_TEST(outcome == Z_STREAM_END);
    BOOST_TEST(stream.avail_in == 0U);
    return decoded;
}

inline std::string decode_zstd(std::string_view bytes) {
    ZSTD_DCtx* const context = ::ZSTD_createDCtx();
    ZSTD_inBuffer input{bytes.data(), bytes.size(), 0};
    std::string decoded;
    std::size_t left = 1;
    while (left != 0 && ::ZSTD_isError(left) == 0) {
        std::string piece(1 << 16, '\0');
        ZSTD_outBuffer output{piece.data(), piece.size(), 0};
        left = ::ZSTD_decompressStream(context, &output, &input);
        decoded.append(piece, 0, output.pos);
        if (output.pos == 0 && input.pos == input.size)
            break;
    }
    ::ZSTD_freeDCtx(context);
    BOOST_TEST(left == 0U);
    BOOST_TEST(input.pos == input.size);
    return decoded;
}

/// By the name of the coding; the bytes themselves for any other.
inline std::string decode_content(std::string_view coding, std::string_view bytes) {
    if (coding == "gzip")
        return decode_gzip(bytes);
    return coding == "zstd" ? decode_zstd(bytes) : std::string(bytes);
}

}  // namespace treecast::test
