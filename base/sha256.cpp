#include "base/sha256.hpp"

#include <new>
#include <openssl/evp.h>

namespace treecast {

namespace {

int hex_value(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return -1;
}

/// Fetched once: EVP_sha256() would be looked up among all providers for each hash
/// (ossl-guide-libcrypto-introduction(7), "Performance"). Null if there is none.
const EVP_MD* algorithm() {
    static const EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    return sha256;
}

}  // namespace

std::string to_hex(const Sha256& hash) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    text.reserve(2 * hash.size());
    for (const std::uint8_t byte : hash) {
        text.push_back(digits[byte >> 4]);
        text.push_back(digits[byte & 15]);
    }
    return text;
}

std::optional<Sha256> sha256_from_hex(std::string_view text) {
    Sha256 hash{};
    if (text.size() != 2 * hash.size())
        return std::nullopt;
    for (std::size_t i = 0; i < hash.size(); ++i) {
        const int high = hex_value(text[2 * i]);
        const int low = hex_value(text[2 * i + 1]);
        if (high < 0 || low < 0)
            return std::nullopt;
        hash[i] = static_cast<std::uint8_t>(high * 16 + low);
    }
    return hash;
}

void Sha256Hasher::Free::operator()(evp_md_ctx_st* context) const noexcept {
    EVP_MD_CTX_free(context);
}

Sha256Hasher::Sha256Hasher() : context_(EVP_MD_CTX_new()) {
    if (!context_)
        throw std::bad_alloc();
    restart();
}

void Sha256Hasher::restart() {
    if (EVP_DigestInit_ex(context_.get(), algorithm(), nullptr) != 1)
        throw std::bad_alloc();
}

void Sha256Hasher::update(const void* data, std::size_t bytes) {
    if (EVP_DigestUpdate(context_.get(), data, bytes) != 1)
        throw std::bad_alloc();
}

Sha256 Sha256Hasher::digest() const {
    const std::unique_ptr<evp_md_ctx_st, Free> copy(EVP_MD_CTX_new());
    Sha256 hash{};
    if (!copy || EVP_MD_CTX_copy_ex(copy.get(), context_.get()) != 1 ||
        EVP_DigestFinal_ex(copy.get(), hash.data(), nullptr) != 1)
        throw std::bad_alloc();
    return hash;
}

Sha256 Sha256Hasher::finish() {
    Sha256 hash{};
    if (EVP_DigestFinal_ex(context_.get(), hash.data(), nullptr) != 1)
        throw std::bad_alloc();
    return hash;
}

Sha256 sha256_of(std::string_view bytes) {
    Sha256Hasher hasher;
    hasher.update(bytes.data(), bytes.size());
    return hasher.finish();
}

}  // namespace treecast
