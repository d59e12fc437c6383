// The options of the programs, their defaults and their help.
#include "base/program_options.hpp"

#include <array>

namespace treecast {

namespace {

constexpr std::array daemon_table{
    OptionSpec{"root", OptionKind::text, "DIR", "", "the directory to serve"},
    OptionSpec{
        "instance",
        OptionKind::text,
        "NAME",
        "",
        "the instance's name (default: from the root's path)"},
    OptionSpec{
        "shm-dir",
        OptionKind::text,
        "DIR",
        "",
        "where instances keep their objects (default: /dev/shm/treecast-UID)"},
    OptionSpec{"memory-limit", OptionKind::text, "SIZE", "256M", "shared memory for contents"},
    OptionSpec{"max-file-size", OptionKind::text, "SIZE", "64M", "larger files are not served"},
    OptionSpec{"max-aliases", OptionKind::text, "N", "100000", "paths served through links"},
    OptionSpec{"max-workers", OptionKind::text, "N", "8", "proxy workers that can attach"},
    OptionSpec{
        "ignore",
        OptionKind::list,
        "GLOB",
        "",
        "hide what matches, as a line of .gitignore; repeatable"},
    OptionSpec{"hidden", OptionKind::flag, "", "", "serve names that begin with a dot too"},
    OptionSpec{
        "serve-private",
        OptionKind::flag,
        "",
        "",
        "serve files without the world-read bit too"},
    OptionSpec{
        "delete-grace",
        OptionKind::text,
        "TIME",
        "100ms",
        "how long a name is gone before its deletion is announced"},
    OptionSpec{
        "open-limit",
        OptionKind::text,
        "TIME",
        "10s",
        "quiet after which a file that is still open for writing is published"},
    OptionSpec{
        "no-leases",
        OptionKind::flag,
        "",
        "",
        "do not ask the kernel by leases whether a writer has a file open"},
    OptionSpec{
        "audit-interval",
        OptionKind::text,
        "TIME",
        "60s",
        "how often the tree is searched for what no event told of; 0: never"},
};

constexpr std::array proxy_table{
    OptionSpec{"instance", OptionKind::text, "NAME", "", "the instance to serve"},
    OptionSpec{
        "shm-dir",
        OptionKind::text,
        "DIR",
        "",
        "where instances keep their objects (default: where the instance is found)"},
    OptionSpec{
        "listen",
        OptionKind::list,
        "ADDR",
        "127.0.0.1:8420",
        "ADDR:PORT, [ADDR6]:PORT or unix:PATH; repeatable; port 0 picks a free one"},
    OptionSpec{
        "getfile",
        OptionKind::list,
        "ADDR",
        "",
        "serve GETFILE clients too, on ADDR as for --listen; repeatable; their port is 6200"},
    OptionSpec{
        "getfile-legacy",
        OptionKind::list,
        "ADDR",
        "",
        "the same for clients of the dialect whose headers end without CR LF"},
    OptionSpec{
        "mime",
        OptionKind::list,
        "GLOB=TYPE",
        "",
        "the media type of files whose path matches GLOB; repeatable, the last match counts"},
    OptionSpec{"workers", OptionKind::text, "N", "1", "worker threads"},
    OptionSpec{"max-wait", OptionKind::text, "TIME", "300s", "the longest a poll is held"},
    OptionSpec{
        "load-timeout",
        OptionKind::text,
        "TIME",
        "10s",
        "how long a GET waits for content that is not loaded"},
    OptionSpec{
        "send-timeout",
        OptionKind::text,
        "TIME",
        "30s",
        "a client that takes no byte for so long is dropped"},
    OptionSpec{
        "pinned-limit",
        OptionKind::text,
        "SIZE",
        "64M",
        "superseded content held for slow clients"},
    OptionSpec{
        "made-limit",
        OptionKind::text,
        "SIZE",
        "256M",
        "memory for what is made once for many: compressed contents, archives"},
    OptionSpec{
        "archive-limit",
        OptionKind::text,
        "SIZE",
        "64M",
        "the most that the files of one archive may have"},
    OptionSpec{
        "allow-anonymous",
        OptionKind::flag,
        "",
        "",
        "allow addresses beyond loopback without authentication"},
};

constexpr std::array general_table{
    OptionSpec{"config", OptionKind::text, "FILE", "", "read options from lines `name = value`"},
    OptionSpec{
        "log-level",
        OptionKind::text,
        "LEVEL",
        "info",
        "debug, info, warning (what `treecast serve` begins with) or error"},
    OptionSpec{"help", OptionKind::flag, "", "", "this text", 'h'},
    OptionSpec{"version", OptionKind::flag, "", "", "print the version"},
};

}  // namespace

std::span<const OptionSpec> daemon_options() {
    return daemon_table;
}

std::span<const OptionSpec> proxy_options() {
    return proxy_table;
}

std::span<const OptionSpec> general_options() {
    return general_table;
}

}  // namespace treecast
