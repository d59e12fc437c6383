// The floor: the least that the kernel allows for a change to reach those who wait for it.
//
//   floor FILE [--two-processes | --safe-copies DIR | --events]        prints its port
//
// One thread, one epoll, one inotify watch, one buffer. The bytes on the wire are those of
// Treecast's answer (the values of header fields have its lengths); there is no safety at all.
//
// With --two-processes the least that Treecast's division costs: one process watches and reads the
// file, and tells the other, which has the connections, through shared memory and a POSIX message
// queue. With --safe-copies that process makes, in DIR on a tmpfs, copies of which it knows that
// they are whole, and the other one reads those: the least that Treecast's promises cost.
//
// With --events it sends each change as an event to streams that stay open.
#include "bench/floor.hpp"

#include <cstdio>
#include <exception>
#include <string_view>

using treecast::bench::Floor;

namespace {

constexpr std::string_view two_processes = "--two-processes";
constexpr std::string_view safe_copies = "--safe-copies";
constexpr std::string_view events = "--events";

}  // namespace

int main(int argc, char** argv) {
    const bool divided = argc == 3 && argv[2] == two_processes;
    const bool safe = argc == 4 && argv[2] == safe_copies;
    const bool as_events = argc == 3 && argv[2] == events;
    if (argc != 2 && !divided && !safe && !as_events) {
        std::fputs("Usage: floor FILE [--two-processes | --safe-copies DIR | --events]\n", stderr);
        return 2;
    }
    try {
        Floor floor(argv[1], as_events ? Floor::Form::events : Floor::Form::answers);
        if (divided)
            floor.divide();
        if (safe)
            floor.divide(argv[3]);
        std::printf("%u\n", floor.port());
        std::fflush(stdout);
        floor.run();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "floor: %s\n", error.what());
        return 1;
    }
}
