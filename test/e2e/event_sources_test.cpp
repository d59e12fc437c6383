// /v1/events by other people's EventSource: that of a browser, and npm's. Both reconnect by
// themselves, with the last id that they were given.
#include "test/support/needs.hpp"
#include "test/support/other_programs.hpp"
#include "test/support/pair_of_programs.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <stdexcept>
#include <string>

using namespace treecast;
using namespace treecast::test;

BOOST_AUTO_TEST_SUITE(event_sources)

namespace {

/// Prints each event of `source` in a line such as "<3 change conf/a 12>".
constexpr const char* printing = R"(
let events = 0;
for (const type of ['reset', 'change', 'delete', 'ready'])
    source.addEventListener(type, event => {
        const data = JSON.parse(event.data);
        const words = [++events, type, data.path, data.size];
        console.log('<' + words.filter(word => word !== undefined).join(' ') + '>');
    });
)";

/// A daemon and a proxy, and what a client that began when they did prints of them.
class Scene {
public:
    Scene() {
        programs_.tree().write("conf/a", "1");
        programs_.tree().write("conf/b", "1");
        programs_.start_daemon();
        programs_.start_proxy();
        BOOST_TEST_REQUIRE(programs_.wait_until_ready());
    }

    const TemporaryDirectory& tree() const { return programs_.tree(); }
    std::string origin() const { return programs_.server().origin(); }

    void check_what_is_printed(ChildProcess& client) {
        const auto prints = [&](const char* line) {
            BOOST_TEST_REQUIRE(client.wait_for_output(line), line << client.standard_error());
        };
        prints("<1 reset>");
        prints(" change conf/a 1>");
        prints(" change conf/b 1>");
        prints("<4 ready>");
        tree().write("conf/a", "22");
        prints("<5 change conf/a 2>");
        std::filesystem::remove(tree() / "conf/b");
        prints("<6 delete conf/b>");

        BOOST_TEST((programs_.proxy()->terminate() == 0), programs_.proxy()->standard_error());
        tree().write("conf/c", "333");
        programs_.start_proxy();
        // No reset: the client had an id, and sent it.
        prints("<7 change conf/c 3>");
        tree().write("conf/a", "4444");
        prints("<8 change conf/a 4>");
    }

private:
    PairOfPrograms programs_;
};

/// The module is searched in NODE_PATH, as `npm install --prefix` puts it there.
Need npm_eventsource() {
    return {"use npm's eventsource", [] {
                ChildProcess node(path_of_program("node"), {"-e", "require('eventsource')"});
                if (node.wait() != 0)
                    throw std::runtime_error("node does not find it");
            }};
}

}  // namespace

BOOST_AUTO_TEST_CASE(
    a_browser_follows_over_a_restart_of_the_proxy,
    *needs(need::program("chromium-headless-shell"))
) {
    Scene scene;
    const TemporaryDirectory home;
    // A page of the tree, so that the browser lets it have the events.
    scene.tree().write(
        "page.html",
        "<script>const source = new EventSource('/v1/events?prefix=conf/');" +
            std::string(printing) + "</script>"
    );
    ChildProcess browser(
        "/bin/sh",  // it is begun by a script
        {"-c",
         "exec \"$0\" \"$@\"",
         path_of_program("chromium-headless-shell"),
         "--no-sandbox",
         "--disable-gpu",
         "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
         "--user-data-dir=" + home / "profile",
         "--enable-logging=stderr",
         "--remote-debugging-port=0",
         scene.origin() + "/v1/files/page.html"},
        {.environment = {{"HOME", home.path()}}}
    );
    scene.check_what_is_printed(browser);
    BOOST_TEST(browser.terminate().has_value());
}

BOOST_AUTO_TEST_CASE(
    npms_eventsource_follows_over_a_restart_of_the_proxy,
    *needs(need::program("node"), npm_eventsource())
) {
    Scene scene;
    const std::string url = scene.origin() + "/v1/events?prefix=conf/";
    ChildProcess node(
        path_of_program("node"),
        {"-e",
         "setInterval(() => {}, 1000);"  // its timer for a reconnect keeps no process alive
         "const {EventSource} = require('eventsource');"
         "const source = new EventSource('" +
             url + "');" + printing}
    );
    scene.check_what_is_printed(node);
}

BOOST_AUTO_TEST_SUITE_END()
