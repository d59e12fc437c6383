#include "proxy/source/encoder.hpp"

#include <zlib.h>
#include <zstd.h>

namespace treecast::proxy {

namespace {

constexpr std::size_t bytes_at_once = std::size_t{128} * 1024;
constexpr int level_of_gzip = 6;
// 16: with gzip's header, which has no time by default.
constexpr int window_bits_of_gzip = 15 + 16;
constexpr int memory_level_of_gzip = 8;
constexpr int level_of_zstd = 3;  // its window is within the 8 MiB that HTTP allows (RFC 9659)

}  // namespace

void Encoder::EndGzip::operator()(z_stream_s* stream) const noexcept {
    ::deflateEnd(stream);
    delete stream;
}

void Encoder::FreeZstd::operator()(ZSTD_CCtx_s* context) const noexcept {
    ::ZSTD_freeCCtx(context);
}

Encoder::Encoder(Coding coding, MadeWriter& writer, std::uint64_t bytes_max)
    : coding_(coding), writer_(writer), bytes_max_(bytes_max) {
    if (coding != Coding::identity)
        output_.resize(bytes_at_once);
    if (coding == Coding::gzip) {
        auto stream = std::make_unique<z_stream_s>();
        if (::deflateInit2(
                stream.get(),
                level_of_gzip,
                Z_DEFLATED,
                window_bits_of_gzip,
                memory_level_of_gzip,
                Z_DEFAULT_STRATEGY
            ) == Z_OK)
            gzip_.reset(stream.release());
    }
    if (coding == Coding::zstd) {
        zstd_.reset(::ZSTD_createCCtx());
        if (zstd_) {
            ::ZSTD_CCtx_setParameter(zstd_.get(), ZSTD_c_compressionLevel, level_of_zstd);
            ::ZSTD_CCtx_setParameter(zstd_.get(), ZSTD_c_checksumFlag, 1);
        }
    }
}

Encoder::~Encoder() = default;

bool Encoder::append(std::string_view bytes, bool is_last) {
    switch (coding_) {
        case Coding::gzip:
            return gzip_ && encode_gzip(bytes, is_last);
        case Coding::zstd:
            return zstd_ && encode_zstd(bytes, is_last);
        case Coding::identity:
            break;
    }
    return write(bytes);
}

bool Encoder::write(std::string_view bytes) {
    is_too_long_ = bytes.size() > bytes_max_ - writer_.size();
    return !is_too_long_ && writer_.append(bytes);
}

bool Encoder::encode_gzip(std::string_view bytes, bool is_last) {
    // zlib does not write to its input; its type says otherwise.
    gzip_->next_in = reinterpret_cast<unsigned char*>(const_cast<char*>(bytes.data()));
    gzip_->avail_in = static_cast<unsigned>(bytes.size());
    for (;;) {
        gzip_->next_out = reinterpret_cast<unsigned char*>(output_.data());
        gzip_->avail_out = static_cast<unsigned>(output_.size());
        const int outcome = ::deflate(gzip_.get(), is_last ? Z_FINISH : Z_NO_FLUSH);
        if (outcome == Z_STREAM_ERROR)
            return false;
        if (!write({output_.data(), output_.size() - gzip_->avail_out}))
            return false;
        if (is_last ? outcome == Z_STREAM_END : gzip_->avail_out != 0)
            return true;
    }
}

bool Encoder::encode_zstd(std::string_view bytes, bool is_last) {
    ZSTD_inBuffer input{bytes.data(), bytes.size(), 0};
    for (;;) {
        ZSTD_outBuffer output{output_.data(), output_.size(), 0};
        const std::size_t left = ::ZSTD_compressStream2(
            zstd_.get(),
            &output,
            &input,
            is_last ? ZSTD_e_end : ZSTD_e_continue
        );
        if (::ZSTD_isError(left) != 0 || !write({output_.data(), output.pos}))
            return false;
        if (is_last ? left == 0 : input.pos == input.size)
            return true;
    }
}

}  // namespace treecast::proxy
