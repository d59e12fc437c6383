// SHA-256 of a file's bytes (FIPS 180-4), computed by OpenSSL.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace treecast {

using Sha256 = std::array<std::uint8_t, 32>;

/// 64 lower-case hexadecimal digits.
std::string to_hex(const Sha256& hash);
std::optional<Sha256> sha256_from_hex(std::string_view text);

/// A hash of bytes that arrive in pieces. Not thread safe; one hasher, one stream.
class Sha256Hasher {
public:
    Sha256Hasher();
    Sha256Hasher(Sha256Hasher&&) noexcept = default;
    Sha256Hasher& operator=(Sha256Hasher&&) noexcept = default;
    ~Sha256Hasher() = default;

    void update(const void* data, std::size_t bytes);
    /// The hash of the bytes so far; more may follow.
    Sha256 digest() const;
    /// The same, without a copy of the state. Only restart() may follow.
    Sha256 finish();
    /// Begins a new stream. Cheaper than another hasher.
    void restart();

private:
    struct Free {
        void operator()(evp_md_ctx_st* context) const noexcept;
    };
    std::unique_ptr<evp_md_ctx_st, Free> context_;
};

Sha256 sha256_of(std::string_view bytes);

}  // namespace treecast
