#include "bench/process_usage.hpp"

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

namespace treecast::bench {

namespace fs = std::filesystem;

namespace {

fs::path folder_of(pid_t process) {
    return fs::path("/proc") / std::to_string(process);
}

/// The number after `name` in a file of lines `name: number`.
std::uint64_t number_after(const fs::path& path, const std::string& name) {
    std::ifstream file(path);
    std::string word;
    while (file >> word)
        if (word == name) {
            std::uint64_t number = 0;
            file >> number;
            return number;
        }
    throw std::runtime_error(path.string() + ": no " + name + " there");
}

template <class Read>
std::uint64_t sum_over_threads(const std::vector<pid_t>& processes, const Read& read) {
    std::uint64_t sum = 0;
    for (const pid_t process : processes)
        for (const auto& thread : fs::directory_iterator(folder_of(process) / "task"))
            sum += read(thread.path());
    return sum;
}

}  // namespace

std::chrono::nanoseconds processor_time(const std::vector<pid_t>& processes) {
    return std::chrono::nanoseconds(sum_over_threads(processes, [](const fs::path& thread) {
        std::uint64_t on_processor_ns = 0;
        std::ifstream(thread / "schedstat") >> on_processor_ns;
        return on_processor_ns;
    }));
}

bool are_asleep(const std::vector<pid_t>& processes) {
    return sum_over_threads(processes, [](const fs::path& thread) -> std::uint64_t {
               // PID (NAME) STATE, and NAME can be anything.
               std::string line;
               std::ifstream file(thread / "stat");
               std::getline(file, line);
               const auto state = line.rfind(')') + 2;
               return state < line.size() && line[state] == 'S' ? 0 : 1;
           }) == 0;
}

std::uint64_t memory_bytes(const std::vector<pid_t>& processes) {
    std::uint64_t sum = 0;
    for (const pid_t process : processes)
        sum += number_after(folder_of(process) / "smaps_rollup", "Pss:") * 1024;
    return sum;
}

std::uint64_t wake_ups(const std::vector<pid_t>& processes) {
    return sum_over_threads(processes, [](const fs::path& thread) {
        return number_after(thread / "status", "voluntary_ctxt_switches:");
    });
}

}  // namespace treecast::bench
