// Encodes a stream of bytes as it is written. The same bytes make the same result: no time and no
// name get in. One thread at a time.
#pragma once

#include "proxy/coding.hpp"
#include "proxy/source/made_writer.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct z_stream_s;
struct ZSTD_CCtx_s;

namespace treecast::proxy {

class Encoder {
public:
    /// What it encodes is appended to `writer`, which must outlive it, but no more than
    /// `bytes_max`.
    Encoder(Coding coding, MadeWriter& writer, std::uint64_t bytes_max);
    ~Encoder();
    Encoder(const Encoder&) = delete;
    Encoder& operator=(const Encoder&) = delete;

    /// False: the result is too long, there is no room for it, or no memory. Give up then. Nothing
    /// may be appended behind the last bytes.
    [[nodiscard]] bool append(std::string_view bytes, bool is_last);
    /// Whether it has failed since the result is longer than `bytes_max`.
    bool is_too_long() const noexcept { return is_too_long_; }

private:
    struct EndGzip {
        void operator()(z_stream_s* stream) const noexcept;
    };
    struct FreeZstd {
        void operator()(ZSTD_CCtx_s* context) const noexcept;
    };

    bool write(std::string_view bytes);
    bool encode_gzip(std::string_view bytes, bool is_last);
    bool encode_zstd(std::string_view bytes, bool is_last);

    const Coding coding_;
    MadeWriter& writer_;
    const std::uint64_t bytes_max_;
    bool is_too_long_ = false;
    std::string output_;
    std::unique_ptr<z_stream_s, EndGzip> gzip_;
    std::unique_ptr<ZSTD_CCtx_s, FreeZstd> zstd_;
};

}  // namespace treecast::proxy
