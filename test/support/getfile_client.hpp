// A GETFILE client for tests: it sends bytes and receives all bytes of the answer. It uses
// HttpConnection, which sends and receives bytes of any protocol.
#pragma once

#include "test/support/http_client.hpp"

#include <string>
#include <string_view>

#include <sys/socket.h>

namespace treecast::test {

inline std::string getfile_request(std::string_view path) {
    return "GETFILE GET " + std::string(path) + "\r\n\r\n";
}

/// A complete answer of the CRLF dialect.
inline std::string getfile_ok(std::string_view body) {
    return "GETFILE OK " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}
/// A complete answer of the legacy dialect.
inline std::string legacy_ok(std::string_view body) {
    return "GETFILE OK " + std::to_string(body.size()) + ' ' + std::string(body);
}

inline constexpr std::string_view getfile_not_found = "GETFILE FILE_NOT_FOUND\r\n\r\n";
inline constexpr std::string_view getfile_error = "GETFILE ERROR\r\n\r\n";
inline constexpr std::string_view getfile_invalid = "GETFILE INVALID\r\n\r\n";
inline constexpr std::string_view legacy_not_found = "GETFILE FILE_NOT_FOUND 0\n";
inline constexpr std::string_view legacy_error = "GETFILE ERROR 0\n";

/// Receives everything until the server shuts down its half. Throws std::system_error on a reset
/// and std::runtime_error at the deadline.
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

/// The same after enlarging the small receive buffer of a client that has made the server wait.
inline std::string receive_rest(HttpConnection& connection) {
    const int bytes = 1 << 20;
    ::setsockopt(connection.descriptor(), SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    return receive_all(connection);
}

/// Sends these bytes on a new connection and returns the answer.
inline std::string getfile_exchange(const HttpServer& server, std::string_view bytes) {
    HttpConnection connection(server);
    connection.send_bytes(bytes);
    return receive_all(connection);
}

inline std::string getfile(const HttpServer& server, std::string_view path) {
    return getfile_exchange(server, getfile_request(path));
}

}  // namespace treecast::test
