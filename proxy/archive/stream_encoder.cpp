#include "proxy/archive/stream_encoder.hpp"

#include <algorithm>
#include <limits>
#include <zlib.h>
#include <zstd.h>

namespace treecast::proxy {

namespace {

constexpr std::size_t buffer_bytes = std::size_t{256} * 1024;
constexpr int gzip_level = 6;
constexpr int gzip_window_bits = 15 + 16;  // 16: with gzip's header, which has no time by default
constexpr int gzip_memory_level = 8;
constexpr int zstd_level = 3;

}  // namespace

void StreamEncoder::EndGzip::operator()(z_stream_s* stream) const noexcept {
    ::deflateEnd(stream);
    delete stream;
}

void StreamEncoder::FreeZstd::operator()(ZSTD_CCtx_s* context) const noexcept {
    ::ZSTD_freeCCtx(context);
}

StreamEncoder::StreamEncoder(ArchiveCoding coding, MadeWriter& writer)
    : coding_(coding), writer_(writer) {
    input_.reserve(buffer_bytes);
    if (coding != ArchiveCoding::tar)
        output_.resize(buffer_bytes);
    if (coding == ArchiveCoding::gzip) {
        gzip_.reset(new z_stream_s{});
        if (::deflateInit2(
                gzip_.get(),
                gzip_level,
                Z_DEFLATED,
                gzip_window_bits,
                gzip_memory_level,
                Z_DEFAULT_STRATEGY
            ) != Z_OK)
            gzip_.reset();
    }
    if (coding == ArchiveCoding::zstd) {
        zstd_.reset(::ZSTD_createCCtx());
        if (zstd_) {
            ::ZSTD_CCtx_setParameter(zstd_.get(), ZSTD_c_compressionLevel, zstd_level);
            ::ZSTD_CCtx_setParameter(zstd_.get(), ZSTD_c_checksumFlag, 1);
        }
    }
}

StreamEncoder::~StreamEncoder() = default;

bool StreamEncoder::append(std::string_view bytes) {
    while (!bytes.empty()) {
        const std::size_t taken = std::min(bytes.size(), buffer_bytes - input_.size());
        input_.append(bytes.substr(0, taken));
        bytes.remove_prefix(taken);
        if (input_.size() < buffer_bytes)
            continue;
        if (!encode(input_, false))
            return false;
        input_.clear();
    }
    return true;
}

bool StreamEncoder::finish() {
    return encode(input_, true);
}

bool StreamEncoder::encode(std::string_view bytes, bool is_last) {
    switch (coding_) {
        case ArchiveCoding::tar:
            break;
        case ArchiveCoding::gzip:
            return gzip_ && encode_gzip(bytes, is_last);
        case ArchiveCoding::zstd:
            return zstd_ && encode_zstd(bytes, is_last);
    }
    return writer_.append(bytes);
}

bool StreamEncoder::encode_gzip(std::string_view bytes, bool is_last) {
    // zlib does not write to its input; its type says otherwise.
    gzip_->next_in = reinterpret_cast<unsigned char*>(const_cast<char*>(bytes.data()));
    gzip_->avail_in = static_cast<unsigned>(bytes.size());
    for (;;) {
        gzip_->next_out = reinterpret_cast<unsigned char*>(output_.data());
        gzip_->avail_out = static_cast<unsigned>(output_.size());
        const int outcome = ::deflate(gzip_.get(), is_last ? Z_FINISH : Z_NO_FLUSH);
        if (outcome == Z_STREAM_ERROR)
            return false;
        const std::size_t made = output_.size() - gzip_->avail_out;
        if (!writer_.append({output_.data(), made}))
            return false;
        if (is_last ? outcome == Z_STREAM_END : gzip_->avail_in == 0 && gzip_->avail_out != 0)
            return true;
    }
}

bool StreamEncoder::encode_zstd(std::string_view bytes, bool is_last) {
    ZSTD_inBuffer input{bytes.data(), bytes.size(), 0};
    for (;;) {
        ZSTD_outBuffer output{output_.data(), output_.size(), 0};
        const std::size_t left = ::ZSTD_compressStream2(
            zstd_.get(),
            &output,
            &input,
            is_last ? ZSTD_e_end : ZSTD_e_continue
        );
        if (::ZSTD_isError(left) != 0)
            return false;
        if (!writer_.append({output_.data(), output.pos}))
            return false;
        if (is_last ? left == 0 : input.pos == input.size)
            return true;
    }
}

}  // namespace treecast::proxy
