// Encodes a stream of bytes as it is written: gzip, zstd, or not at all. The same bytes make the
// same result: no time and no name get in. One thread at a time.
#pragma once

#include "proxy/archive/archive_target.hpp"
#include "proxy/source/made_writer.hpp"

#include <memory>
#include <string>
#include <string_view>

struct z_stream_s;
struct ZSTD_CCtx_s;

namespace treecast::proxy {

class StreamEncoder {
public:
    /// What it encodes is appended to `writer`, which must outlive it.
    StreamEncoder(ArchiveCoding coding, MadeWriter& writer);
    ~StreamEncoder();
    StreamEncoder(const StreamEncoder&) = delete;
    StreamEncoder& operator=(const StreamEncoder&) = delete;

    /// False: there is no room for the result, or no memory. Give up then.
    [[nodiscard]] bool append(std::string_view bytes);
    /// Nothing may be appended afterwards.
    [[nodiscard]] bool finish();

private:
    struct EndGzip {
        void operator()(z_stream_s* stream) const noexcept;
    };
    struct FreeZstd {
        void operator()(ZSTD_CCtx_s* context) const noexcept;
    };

    bool encode(std::string_view bytes, bool is_last);
    bool encode_gzip(std::string_view bytes, bool is_last);
    bool encode_zstd(std::string_view bytes, bool is_last);

    const ArchiveCoding coding_;
    MadeWriter& writer_;
    std::string input_;  // short pieces, until they are worth a call
    std::string output_;
    std::unique_ptr<z_stream_s, EndGzip> gzip_;
    std::unique_ptr<ZSTD_CCtx_s, FreeZstd> zstd_;
};

}  // namespace treecast::proxy
