#include "proxy/settings.hpp"

#include "test/support/environment_variable.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

using namespace treecast;
using namespace treecast::proxy;
using treecast::test::EnvironmentVariable;
using treecast::test::TemporaryDirectory;

BOOST_AUTO_TEST_SUITE(settings)

namespace {

Settings settings_of(Arguments arguments) {
    arguments.insert(arguments.begin(), {"--instance", "x"});
    return make_settings(proxy_option_parser().parse(arguments));
}

/// Whether these arguments are refused, with that exit code and a message that holds `what`.
boost::test_tools::assertion_result
is_refused(const Arguments& arguments, ExitCode code, std::string_view what) {
    boost::test_tools::assertion_result result(false);
    try {
        settings_of(arguments);
        result.message() << "nothing was thrown";
    } catch (const StartupError& error) {
        result = error.code() == code &&
                 std::string_view(error.what()).find(what) != std::string_view::npos;
        result.message() << error.what();
    }
    return result;
}

}  // namespace

BOOST_AUTO_TEST_CASE(media_types_come_from_command_line_variable_or_file) {
    const TemporaryDirectory directory;
    directory.write("conf", "mime = **=a/file\nmime = *.txt=text/x; charset=utf-8  # a comment\n");
    const Arguments config{"--config", directory / "conf"};

    const auto by_file = settings_of(config).content_types;
    BOOST_TEST(by_file.of("d/a") == "a/file");
    BOOST_TEST(by_file.of("a.txt") == "text/x; charset=utf-8");

    const EnvironmentVariable variable("TREECAST_MIME", "**=a/variable");
    BOOST_TEST(settings_of(config).content_types.of("a.txt") == "a/variable");

    const auto by_command_line = settings_of({"--mime", "*=a/b", "--mime=*.txt=c/d"}).content_types;
    BOOST_TEST(by_command_line.of("a") == "a/b");
    BOOST_TEST(by_command_line.of("a.txt") == "c/d");
    BOOST_TEST(by_command_line.of("d/a.txt") == "text/plain; charset=utf-8");
}

BOOST_AUTO_TEST_CASE(a_media_type_that_is_none_is_refused_by_the_name_of_its_source) {
    const TemporaryDirectory directory;
    directory.write("conf", "mime = d**=a/b\nmime = *=a/b\n");

    BOOST_TEST(is_refused(
        {"--mime", "*.x=text", "--mime", "*=a/b"},
        ExitCode::usage,
        "--mime: '*.x=text' is not GLOB=TYPE with a media type, such as "
    ));
    BOOST_TEST(is_refused(
        {"--config", directory / "conf"},
        ExitCode::configuration,
        "/conf: mime: 'd**=a/b' is not GLOB=TYPE: the glob has '**' that is not a whole component"
    ));
    const EnvironmentVariable variable("TREECAST_MIME", "x");
    BOOST_TEST(is_refused({}, ExitCode::configuration, "TREECAST_MIME: 'x' is not GLOB=TYPE"));
}

BOOST_AUTO_TEST_CASE(an_address_that_is_none_is_refused_by_the_name_of_its_source) {
    const TemporaryDirectory directory;
    directory.write("conf", "listen = 127.0.0.1:1\ngetfile = nowhere\n");

    BOOST_TEST(is_refused(
        {"--listen", "127.0.0.1:1", "--listen", "127.0.0.1:99999"},
        ExitCode::usage,
        "--listen: '127.0.0.1:99999' is none of ADDR:PORT, [ADDR6]:PORT and unix:PATH"
    ));
    BOOST_TEST(is_refused(
        {"--config", directory / "conf"},
        ExitCode::configuration,
        "/conf: getfile: 'nowhere' is none of "
    ));
    const EnvironmentVariable variable("TREECAST_LISTEN", "8420");
    BOOST_TEST(is_refused({}, ExitCode::configuration, "TREECAST_LISTEN: '8420' is none of "));
}

BOOST_AUTO_TEST_SUITE_END()
