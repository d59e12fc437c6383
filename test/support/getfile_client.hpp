// GETFILE as a client of a test speaks it: bytes out, all bytes back. HttpConnection is the
// connection; nothing in it knows what is spoken until one asks for a response.
#pragma once

#include "test/support/http_client.hpp"

#include <string>
#include <string_view>

#include <sys/socket.h>

namespace treecast::test {

inline std::string getfile_request(std::string_view path) {
    return "GETFILE GET " + std::string(path) + "\r\n\r\n";
}

/// A whole answer of the CRLF dialect.
inline std::string getfile_ok(std::string_view body) {
    return "GETFILE OK " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}
/// A whole answer of the legacy dialect.
inline std::string legacy_ok(std::string_view body) {
    return "GETFILE OK " + std::to_string(body.size()) + ' ' + std::string(body);
}

inline constexpr std::string_view getfile_not_found = "GETFILE FILE_NOT_FOUND\r\n\r\n";
inline constexpr std::string_view getfile_error = "GETFILE ERROR\r\n\r\n";
inline constexpr std::string_view getfile_invalid = "GETFILE INVALID\r\n\r\n";
inline constexpr std::string_view legacy_not_found = "GETFILE FILE_NOT_FOUND 0\n";
inline constexpr std::string_view legacy_error = "GETFILE ERROR 0\n";

/// Everything up to the end of the server's half. Throws std::system_error on a reset and
/// std::runtime_error at the deadline.
inline std::string
receive_all(HttpConnection& connection, std::chrono::milliseconds deadline = patience) {
    std::string all;
    while (true) {
        const std::string bytes = connection.receive_bytes(deadline);
        if (bytes.empty())
            return all;
        all += bytes;
    }
}

/// The same for a client whose small receive buffer has kept the server waiting long enough.
inline std::string receive_rest(HttpConnection& connection) {
    const int bytes = 1 << 20;
    ::setsockopt(connection.descriptor(), SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    return receive_all(connection);
}

/// One exchange: the answer to these bytes.
inline std::string getfile_exchange(const HttpServer& server, std::string_view bytes) {
    HttpConnection connection(server);
    connection.send_bytes(bytes);
    return receive_all(connection);
}

inline std::string getfile(const HttpServer& server, std::string_view path) {
    return getfile_exchange(server, getfile_request(path));
}

}  // namespace treecast::test
