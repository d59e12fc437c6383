// Keeps the "may include" column of docs/architecture.md: which room may include what of which
// other, and which headers of ipc/; the same of the floors inside a room; that nothing but a room's
// service and main include its pipeline; and that no source of the proxy opens a file.
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>
#include <regex>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace fs = std::filesystem;
using treecast::test::read_file;
using treecast::test::TemporaryDirectory;

BOOST_AUTO_TEST_SUITE(include_directions)

namespace {

struct Room {
    std::string_view name;
    std::vector<std::string_view> may_include;  // besides itself
    std::vector<std::string_view> of_ipc = {};  // the headers of ipc/ that it may include
};

const std::vector<Room> rooms{
    {"include", {}},
    {"base", {}},
    {"ipc", {"base"}},
    {"watcher", {"base"}},
    {"daemon",
     {"watcher", "ipc", "base"},
     {"catalog_publication.hpp",
      "catalog_reader.hpp",
      "catalog_record.hpp",
      "catalog_writer.hpp",
      "daemon_queues.hpp",
      "file_date.hpp",
      "message.hpp",
      "object_directory.hpp",
      "segment_writer.hpp"}},
    {"proxy",
     {"ipc", "base"},
     {"catalog_reader.hpp",
      "catalog_record.hpp",
      "file_date.hpp",
      "message.hpp",
      "object_directory.hpp",
      "segment_reader.hpp",
      "worker_queues.hpp"}},
    {"client",
     {"ipc", "base"},
     {"catalog_reader.hpp", "catalog_record.hpp", "object_directory.hpp"}},
};

/// A folder of a room, or one of the files that lie in none ("router" is proxy/router.*). It
/// includes those files and folders of its room that are below it, besides itself.
struct Floor {
    std::string_view room;
    std::string_view name;
    int height;
    std::string_view may_also_include = "";  // of its own height
};

const std::vector<Floor> floors{
    {"proxy", "coding", 0},     {"proxy", "counters", 0},
    {"proxy", "net", 1},        {"proxy", "source", 2},
    {"proxy", "http", 2},       {"proxy", "representation", 3},
    {"proxy", "files", 4},      {"proxy", "feed", 4},
    {"proxy", "operations", 4}, {"proxy", "getfile", 4, "files"},
    {"proxy", "archive", 5},    {"proxy", "router", 6},
    {"proxy", "settings", 6},   {"proxy", "worker", 7},
    {"proxy", "service", 8},    {"proxy", "main", 9},
    {"client", "output", 0},    {"client", "http", 1},
    {"client", "local", 1},     {"client", "getfile", 2},
    {"client", "processes", 2}, {"client", "following", 3},
    {"client", "commands", 4},  {"client", "main", 5},
};

/// The folder or file of its room that `path` ("proxy/net/socket.hpp") belongs to.
std::string floor_name(const std::string& path) {
    const auto begin = path.find('/') + 1;
    return path.substr(begin, path.find_first_of("/.", begin) - begin);
}

const Floor* floor_of(const std::string& path) {
    const auto found = std::ranges::find_if(floors, [&](const Floor& floor) {
        return path.starts_with(std::string(floor.room) + '/') && floor.name == floor_name(path);
    });
    return found == floors.end() ? nullptr : &*found;
}

bool has_floors(std::string_view room) {
    return std::ranges::find(floors, room, &Floor::room) != floors.end();
}

/// What is wrong with `included` in `file`, both of one room; empty if nothing is.
std::string floor_violation(const std::string& file, const std::string& included) {
    const Floor* const from = floor_of(file);
    const Floor* const to = floor_of(included);
    if (from == nullptr)
        return "is in a file without a floor: add it to `floors`";
    if (to == nullptr)
        return "has no floor: add it to `floors`";
    const bool is_below = to->height < from->height || to == from;
    return is_below || to->name == from->may_also_include ? "" : "is not below its floor";
}

/// `line` up to a `//` that is not in a string.
std::string_view without_comment(std::string_view line) {
    bool is_in_string = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '"' && (i == 0 || line[i - 1] != '\\'))
            is_in_string = !is_in_string;
        if (!is_in_string && line.substr(i).starts_with("//"))
            return line.substr(0, i);
    }
    return line;
}

bool is_room(std::string_view name) {
    return name == "test" || name == "bench" || std::ranges::any_of(rooms, [&](const Room& room) {
               return room.name == name;
           });
}

/// What is wrong with `#include target` (target with its quotes or brackets) in `file`; empty if
/// nothing is.
std::string include_violation(const Room& room, const fs::path& file, std::string_view target) {
    const std::string path(target.substr(1, target.size() - 2));
    const std::string first = path.substr(0, path.find('/'));
    if (first == "treecast")
        return "";  // what is installed, which is for all
    if (!is_room(first))
        return target.front() == '<' ? "" : "is not the path of a room's file";
    if (first != room.name && std::ranges::find(room.may_include, first) == room.may_include.end())
        return "is not for " + std::string(room.name) + "/";
    if (first == "ipc" && room.name != "ipc" &&
        std::ranges::find(room.of_ipc, path.substr(first.size() + 1)) == room.of_ipc.end())
        return "is not in what " + std::string(room.name) + "/ may include of ipc/";
    // The watcher is a library: its face is the file that is called as the room is.
    const std::string includer = file.stem().string();
    if (path.ends_with("/pipeline.hpp") && !includer.starts_with("pipeline") &&
        includer != "service" && includer != "main" && includer != room.name)
        return "is for service and main only";
    return "";
}

/// Whatever opens a file by its name, under the names that C++, POSIX, Asio and Beast have for it.
/// Methods called `open` (a socket's, a catalog's) are no such thing.
bool opens_a_file(const std::string& line) {
    static const std::regex pattern(
        R"((^|[^\w])::open(at|at2|64)?\s*\()"
        R"(|\b(openat2?|creat|fopen|freopen|opendir|fdopendir|scandir|n?ftw)\s*\()"
        R"(|\bO_(RDONLY|WRONLY|RDWR|PATH|DIRECTORY)\b)"
        R"(|\b(basic_)?([io]?fstream|filebuf|stream_file|random_access_file|file_mapping)\b)"
        R"(|\b((recursive_)?directory_iterator|mapped_file\w*|file_body|file_posix|file_stdio)\b)"
    );
    return std::regex_search(line, pattern);
}

void check_file(
    const Room& room,
    const fs::path& root,
    const fs::path& file,
    std::vector<std::string>& violations
) {
    static const std::regex include(R"(^\s*#\s*include\s*(["<][^">]*[">]))");
    std::istringstream lines(read_file(file.string()));
    std::string line;
    for (int number = 1; std::getline(lines, line); ++number) {
        const std::string code(without_comment(line));
        const auto report = [&](const std::string& what) {
            violations.push_back(
                fs::relative(file, root).string() + ':' + std::to_string(number) + ": " + what
            );
        };
        std::smatch match;
        if (std::regex_search(code, match, include)) {
            const std::string target = match[1].str();
            std::string reason = include_violation(room, file, target);
            if (reason.empty() && has_floors(room.name) &&
                target.starts_with('"' + std::string(room.name) + '/'))
                reason = floor_violation(
                    fs::relative(file, root).string(),
                    target.substr(1, target.size() - 2)
                );
            if (!reason.empty())
                report(match[1].str() + ' ' + reason);
        } else if (room.name == "proxy" && opens_a_file(code)) {
            report("opens a file");
        }
    }
}

struct Report {
    std::vector<std::string> violations;  // "file:line: what"
    std::size_t files = 0;
};

Report check_tree(const fs::path& root) {
    Report report;
    for (const Room& room : rooms) {
        if (!fs::exists(root / room.name))
            continue;
        for (const auto& entry : fs::recursive_directory_iterator(root / room.name)) {
            const auto extension = entry.path().extension();
            if (extension != ".hpp" && extension != ".cpp")
                continue;
            check_file(room, root, entry.path(), report.violations);
            ++report.files;
        }
    }
    return report;
}

}  // namespace

BOOST_AUTO_TEST_CASE(this_tree_keeps_them) {
    const Report report = check_tree(TREECAST_SOURCE_DIR);

    for (const std::string& violation : report.violations)
        BOOST_ERROR(violation);
    BOOST_TEST(report.files > 0u);
    for (const Room& room : rooms)
        BOOST_TEST(fs::is_directory(fs::path(TREECAST_SOURCE_DIR) / room.name), room.name);
}

BOOST_AUTO_TEST_CASE(what_the_table_allows_passes) {
    const TemporaryDirectory tree;
    tree.write("include/treecast/a.hpp", "#include <treecast/b.hpp>\n#include <boost/asio.hpp>\n");
    tree.write("base/a.hpp", "#include \"base/b.hpp\"\n#include <treecast/b.hpp>\n");
    tree.write("ipc/a.cpp", "#include \"ipc/a.hpp\"\n#include \"base/a.hpp\"\n");
    tree.write("watcher/a.cpp", "#include \"watcher/a.hpp\"\n#include <sys/ipc.h>\n");
    tree.write("daemon/a.cpp", "#include \"watcher/a.hpp\"\n#include \"ipc/catalog_reader.hpp\"\n");
    tree.write(
        "daemon/b.cpp",
        "// #include \"proxy/a.hpp\"\nconst int fd = ::open(\"a\", O_RDONLY);"
    );
    tree.write("watcher/watcher.cpp", "#include \"watcher/pipeline.hpp\"\n");
    tree.write("daemon/service.cpp", "#include \"daemon/pipeline.hpp\"\n");
    tree.write("daemon/pipeline.cpp", "#include \"daemon/pipeline.hpp\"\n");
    tree.write("proxy/main.cpp", "#include \"proxy/worker.hpp\"\n");
    tree.write("proxy/getfile/a.cpp", "#include \"proxy/files/a.hpp\"\n");
    tree.write("proxy/http/a.cpp", "#include \"proxy/net/a.hpp\"\n#include \"proxy/http/b.hpp\"\n");
    tree.write(
        "proxy/net/a.cpp",
        "#include \"ipc/catalog_reader.hpp\"\nsocket.open(tcp::v4()); // O_PATH\n"
    );
    tree.write("proxy/source/b.cpp", "auto d = ipc::ObjectDirectory::open(base, name);\n");
    tree.write("client/a.cpp", "#include \"ipc/object_directory.hpp\"\n");
    tree.write("test/a.cpp", "#include \"proxy/pipeline.hpp\"\n");

    const Report report = check_tree(tree.path());

    for (const std::string& violation : report.violations)
        BOOST_ERROR(violation);
    BOOST_TEST(report.files == 15u);
}

BOOST_AUTO_TEST_CASE(what_it_does_not_allow_is_found_with_its_line) {
    struct Row {
        const char* file;
        const char* line;
    };
    const Row rows[] = {
        {"include/treecast/a.hpp", R"(#include "ipc/a.hpp")"},
        {"include/treecast/a.cpp", R"(#include "a.hpp")"},
        {"base/a.hpp", R"(#include "ipc/a.hpp")"},
        {"include/treecast/a.hpp", R"(#include "base/a.hpp")"},
        {"ipc/a.hpp", R"(#include "watcher/a.hpp")"},
        {"ipc/a.hpp", R"(#include <daemon/a.hpp>)"},
        {"ipc/a.hpp", R"(#include "../proxy/a.hpp")"},
        {"watcher/a.cpp", R"(#include "ipc/a.hpp")"},
        {"watcher/a.cpp", R"(#include "watcher/pipeline.hpp")"},
        {"watcher/deeper/a.cpp", R"(  #  include "daemon/a.hpp")"},
        {"daemon/a.cpp", R"(#include "ipc/worker_queues.hpp")"},
        {"daemon/a.cpp", R"(#include "proxy/a.hpp")"},
        {"daemon/a.cpp", R"(#include "test/support/poll_until.hpp")"},
        {"daemon/a.cpp", R"(#include "daemon/pipeline.hpp")"},
        {"daemon/a.cpp", R"(#include "ipc/segment_reader.hpp")"},
        {"proxy/a.cpp", R"(#include "ipc/segment_writer.hpp")"},
        {"proxy/a.cpp", R"(#include "ipc/daemon_queues.hpp")"},
        {"proxy/a.cpp", R"(#include "ipc/catalog_layout.hpp")"},
        {"proxy/a.cpp", R"(#include "watcher/a.hpp")"},
        {"proxy/router.cpp", R"(#include "proxy/worker.hpp")"},
        {"proxy/net/a.cpp", R"(#include "proxy/source/a.hpp")"},
        {"proxy/net/a.cpp", R"(#include "proxy/http/request.hpp")"},
        {"proxy/source/a.hpp", R"(#include "proxy/files/waiter.hpp")"},
        {"proxy/http/a.cpp", R"(#include "proxy/files/a.hpp")"},
        {"proxy/http/a.cpp", R"(#include "proxy/source/a.hpp")"},
        {"proxy/files/a.cpp", R"(#include "proxy/getfile/a.hpp")"},
        {"proxy/operations/a.cpp", R"(#include "proxy/feed/feed_query.hpp")"},
        {"proxy/operations/a.cpp", R"(#include "proxy/router.hpp")"},
        {"proxy/feed/a.cpp", R"(#include "proxy/nowhere/a.hpp")"},
        {"proxy/nowhere/a.cpp", R"(#include "proxy/net/a.hpp")"},
        {"proxy/a.cpp", R"(const int fd = ::open(path.c_str(), 0);)"},
        {"proxy/a.cpp", R"(fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);)"},
        {"proxy/a.cpp", R"(return openat(root, "http://a", flags);)"},
        {"proxy/a.cpp", R"(std::ifstream file(path);)"},
        {"proxy/a.cpp", R"(http::response<http::file_body> answer;)"},
        {"proxy/a.cpp", R"(boost::asio::random_access_file file(executor);)"},
        {"proxy/a.hpp", R"(for (auto& entry : std::filesystem::directory_iterator(path)))"},
        {"client/a.cpp", R"(#include "daemon/a.hpp")"},
        {"client/a.cpp", R"(#include "ipc/catalog_writer.hpp")"},
        {"client/a.cpp", R"(#include "ipc/worker_queues.hpp")"},
        {"client/a.cpp", R"(#include "bench/a.hpp")"},
    };

    for (const Row& row : rows) {
        const TemporaryDirectory tree;
        tree.write(row.file, "// one line above\n" + std::string(row.line) + "\n");

        const Report report = check_tree(tree.path());

        BOOST_TEST_REQUIRE(report.violations.size() == 1u, row.line);
        BOOST_TEST(report.violations[0].starts_with(row.file + std::string(":2: ")), row.line);
    }
}

BOOST_AUTO_TEST_SUITE_END()
