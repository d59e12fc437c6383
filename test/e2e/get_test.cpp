// A file on disk against what a client gets, with the built programs.
#include "base/sha256.hpp"
#include "test/support/random_bytes.hpp"
#include "test/support/serving.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/stat.h>
#include <unistd.h>

using namespace treecast;
using namespace treecast::test;

BOOST_AUTO_TEST_SUITE(get)

BOOST_AUTO_TEST_CASE(files_of_every_size_are_served_as_they_are) {
    const std::size_t max_file_size = 8 << 20;
    const std::vector<std::size_t> sizes{
        0,
        1,
        4095,
        4096,
        4097,
        64 << 10,
        (64 << 10) + 1,
        256 << 10,
        (256 << 10) + 1,
        1 << 20,
        max_file_size - 1,
        max_file_size};
    Files files;
    for (const std::size_t size : sizes)
        files.emplace_back(std::to_string(size), random_bytes(size));
    const Serving serving(files, {"--max-file-size", "8M"});

    for (const auto& [path, content] : files) {
        const auto response = serving.get(path);

        BOOST_TEST(response.status == 200, path);
        BOOST_TEST((response.body == content), path);
        BOOST_TEST(response.header("Content-Length") == std::to_string(content.size()), path);
        BOOST_TEST(response.header("Treecast-SHA256") == to_hex(sha256_of(content)), path);
    }
}

BOOST_AUTO_TEST_CASE(a_file_above_the_limit_is_507_until_it_fits) {
    const Serving serving(
        Files{{"large", std::string(5000, 'x')}, {"small", "s"}},
        {"--max-file-size", "4096"}
    );

    BOOST_TEST(serving.get("large").status == 507);
    BOOST_TEST(serving.get("large").header("Content-Type") == "application/problem+json");
    BOOST_TEST(serving.get("small").status == 200);

    serving.tree().replace("large", "now small");
    BOOST_TEST(poll_until([&] {
        return serving.get("large").body == "now small";
    }));
}

BOOST_AUTO_TEST_CASE(who_ends_its_half_gets_what_has_to_be_loaded_first) {
    constexpr std::size_t files_each = 10;
    Files files;
    for (std::size_t i = 0; i < 2 * files_each; ++i)
        files.emplace_back(std::to_string(i), random_bytes(300'000));
    const Serving serving(files);

    for (std::size_t i = 0; i < 2 * files_each; ++i) {
        HttpConnection connection(serving.server());
        const HttpHeaders headers =
            i < files_each ? HttpHeaders{{"Connection", "close"}} : HttpHeaders{};
        connection.send_request("GET", Serving::target(files[i].first), headers);
        connection.shutdown_send();

        BOOST_TEST_REQUIRE((connection.receive().body == files[i].second));
        BOOST_TEST(connection.is_closed_by_server());
    }
}

BOOST_AUTO_TEST_CASE(head_and_conditions_need_no_body) {
    const Serving serving(Files{{"conf", "content"}});
    const auto full = serving.get("conf");
    HttpConnection connection(serving.server());

    const auto head = connection.request("HEAD", "/v1/files/conf");
    const auto match = connection.get("/v1/files/conf", {{"If-None-Match", full.header("ETag")}});
    const auto date =
        connection.get("/v1/files/conf", {{"If-Modified-Since", full.header("Last-Modified")}});
    const auto other = connection.get("/v1/files/conf", {{"If-None-Match", "\"other\""}});

    BOOST_TEST(head.status == 200);
    BOOST_TEST(head.body.empty());
    BOOST_TEST(head.header("Content-Length") == "7");
    BOOST_TEST(head.header("ETag") == full.header("ETag"));
    BOOST_TEST(match.status == 304);
    BOOST_TEST(date.status == 304);
    BOOST_TEST(other.status == 200);
    BOOST_TEST(other.body == "content");
}

BOOST_AUTO_TEST_CASE(ranges_are_cut_from_one_version) {
    const std::string content = random_bytes(300'000);
    const Serving serving(Files{{"data", content}});
    const auto etag = serving.get("data").header("ETag");

    const auto middle = serving.get("data", {{"Range", "bytes=1000-200999"}});
    const auto tail = serving.get("data", {{"Range", "bytes=-5"}});
    const auto beyond = serving.get("data", {{"Range", "bytes=300000-"}});
    const auto other_version = serving.get("data", {{"Range", "bytes=0-4"}, {"If-Range", "\"x\""}});
    const auto this_version = serving.get("data", {{"Range", "bytes=0-4"}, {"If-Range", etag}});

    BOOST_TEST(middle.status == 206);
    BOOST_TEST((middle.body == content.substr(1000, 200'000)));
    BOOST_TEST(middle.header("Content-Range") == "bytes 1000-200999/300000");
    BOOST_TEST((tail.body == content.substr(299'995)));
    BOOST_TEST(beyond.status == 416);
    BOOST_TEST(other_version.status == 200);
    BOOST_TEST(this_version.status == 206);
}

BOOST_AUTO_TEST_CASE(names_of_every_kind_are_served) {
    const std::string deepest = [] {
        std::string path;
        for (int i = 0; i < 100; ++i)
            path += "d/";
        return path + "file";
    }();
    const std::vector<std::string> names{
        "a b",
        "a+b",
        "100%",
        "new\nline",
        "\xC3\xA4\xE2\x82\xAC",
        "q?x#y",
        std::string(255, 'n'),
        deepest,
        "~x;y=&$"};
    Files files;
    for (const auto& name : names)
        files.emplace_back(name, "content of " + name);
    const Serving serving(files);

    for (const auto& [name, content] : files) {
        std::string encoded;
        for (const char c : name) {
            char text[4];
            std::snprintf(
                text,
                sizeof text,
                "%%%02x",
                static_cast<unsigned>(static_cast<unsigned char>(c))
            );
            encoded +=
                c == '/' || std::isalnum(static_cast<unsigned char>(c)) ? std::string(1, c) : text;
        }
        BOOST_TEST(serving.get(encoded).body == content, encoded);
    }
}

BOOST_AUTO_TEST_CASE(what_is_no_file_is_404_and_what_is_private_is_403) {
    TemporaryDirectory outside;
    outside.write("secret", "secret");
    const Serving serving(Files{{"dir/file", "x"}, {"private", "p"}, {".hidden", "h"}});
    ::chmod((serving.tree() / "private").c_str(), 0640);
    ::mkfifo((serving.tree() / "fifo").c_str(), 0644);
    BOOST_TEST(::symlink((outside / "secret").c_str(), (serving.tree() / "leak").c_str()) == 0);
    serving.sync();

    BOOST_TEST(serving.get("fifo").status == 404);
    BOOST_TEST(serving.get("dir").status == 404);
    BOOST_TEST((serving.get("dir").body.find("directory") != std::string::npos));
    BOOST_TEST(serving.get("leak").status == 404);
    BOOST_TEST(serving.get(".hidden").status == 404);
    BOOST_TEST(serving.get("nothing").status == 404);
    BOOST_TEST(serving.get("private").status == 403);
    BOOST_TEST((serving.get("private").body.find("world-read") != std::string::npos));

    ::chmod((serving.tree() / "private").c_str(), 0644);
    BOOST_TEST(poll_until([&] {
        return serving.get("private").body == "p";
    }));
}

BOOST_AUTO_TEST_CASE(contents_beyond_the_memory_limit_are_evicted_and_loaded_again) {
    Files files;
    for (int i = 0; i < 12; ++i)
        files.emplace_back(
            "f" + std::to_string(i),
            random_bytes(100'000 + static_cast<std::size_t>(i))
        );
    const Serving serving(files, {"--memory-limit", "512K"});

    for (int round = 0; round < 2; ++round)
        for (const auto& [path, content] : files)
            BOOST_TEST((serving.get(path).body == content), path);

    serving.tree().write("huge", std::string(600'000, 'h'));
    BOOST_TEST(poll_until([&] {
        return serving.get("huge").status == 507;
    }));
}

BOOST_AUTO_TEST_SUITE_END()
