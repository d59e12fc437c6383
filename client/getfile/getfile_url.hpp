// A GETFILE URL as people type it. Pure.
//
// `getfile://HOST[:PORT]/PATH` or `getfile-legacy://...`; the scheme says the dialect of the
// server's answers. PATH is percent-encoded as in any URL; bytes that need no encoding to be
// understood are taken as they are.
#pragma once

#include "client/getfile/getfile_response.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace treecast::client {

inline constexpr std::uint16_t getfile_port = 6200;  // where the URL names none

struct GetfileUrl {
    GetfileDialect dialect = GetfileDialect::crlf;
    std::string host;  // a name or an address; IPv6 in brackets
    std::uint16_t port = getfile_port;
    std::string path;  // decoded, with its leading slash, as a request can carry it

    /// Whether the text is meant as a GETFILE URL.
    static bool is_meant(std::string_view text) noexcept;
    /// Throws StartupError(usage) that names the URL and what is wrong with it.
    static GetfileUrl parse(std::string_view text);

    /// The request to send. The server removes one blank at the end, so a path that ends in a blank
    /// gets another one.
    std::string request() const {
        return "GETFILE GET " + path + (path.ends_with(' ') ? " \r\n\r\n" : "\r\n\r\n");
    }
};

}  // namespace treecast::client
