// The server of the floor (floor_main.cpp says what that is).
#pragma once

#include "base/unique_fd.hpp"
#include "bench/safe_copy.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <sys/epoll.h>
#include <sys/stat.h>

namespace treecast::bench {

/// What the process that reads the file writes for the other one. No lock: the benchmark edits
/// again only once everybody has the change.
struct Shared {
    static constexpr std::size_t response_bytes_max = std::size_t{64} << 20;
    std::uint64_t revision;
    std::size_t bytes;
    std::array<char, response_bytes_max> response;
};

class Floor {
public:
    enum class Form : std::uint8_t {
        answers,  // one for each request, with the file's content
        events,   // a stream for each connection, without contents
    };
    explicit Floor(std::filesystem::path file, Form form = Form::answers);
    unsigned port() const { return port_; }
    /// From here on a child of this process reads the file; it ends with this one.
    void divide();
    /// The same, with copies in this directory.
    void divide(const std::filesystem::path& segments);
    [[noreturn]] void run();

private:
    void watch(int descriptor, std::uint32_t events, int operation = EPOLL_CTL_ADD) const;
    void load();
    void load(int file);
    void word_event(const struct stat& status, const char* date);
    [[noreturn]] void run_reader();
    void accept_all();
    void take_change();
    void take_change_safely();
    void ring();
    void take_message();
    void read_request(int socket);
    void send(int socket, std::size_t from);
    void push();
    void close(int socket);

    std::filesystem::path file_;
    Form form_;
    UniqueFd epoll_;
    UniqueFd listener_;
    UniqueFd inotify_;
    UniqueFd queue_;            // none in one process
    Shared* shared_ = nullptr;  // the same
    std::optional<SafeCopy> safe_copy_;
    unsigned port_ = 0;
    std::uint64_t revision_ = 1'700'000'000'000'000;
    std::string version_;
    std::string response_;             // head and body of the current version
    std::vector<int> parked_;          // sockets
    std::vector<std::size_t> unsent_;  // by socket: where what it did not take begins
};

}  // namespace treecast::bench
