#include "base/program_options.hpp"

#include "test/support/environment_variable.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace treecast;
using treecast::test::EnvironmentVariable;
using treecast::test::TemporaryDirectory;

BOOST_AUTO_TEST_SUITE(program_options)

namespace {

using Texts = std::vector<std::string>;

/// As `treecast-daemon` reads its options, which share a file with the proxy's.
OptionValues parse(const Texts& arguments, std::size_t positional_max = 0) {
    const OptionParser parser(
        {daemon_options(), general_options()},
        {proxy_options()},
        positional_max
    );
    return parser.parse(arguments);
}

/// The same for a file with this content.
OptionValues parse_file(std::string_view content, const Texts& arguments = {}) {
    const TemporaryDirectory directory;
    directory.write("conf", content);
    Texts all{"--config", directory / "conf"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return parse(all);
}

/// What a call throws; nullopt if it throws nothing.
template <class Call>
std::optional<StartupError> error_of(Call call) {
    try {
        call();
        return std::nullopt;
    } catch (const StartupError& error) {
        return error;
    }
}

/// Whether the error has that exit code, is one line, and names `what`.
boost::test_tools::assertion_result
says(const std::optional<StartupError>& error, ExitCode code, std::string_view what) {
    boost::test_tools::assertion_result result(
        error && error->code() == code &&
        std::string_view(error->what()).find(what) != std::string_view::npos &&
        std::string_view(error->what()).find('\n') == std::string_view::npos
    );
    result.message() << (error ? error->what() : "nothing was thrown") << "; expected: " << what;
    return result;
}

}  // namespace

BOOST_AUTO_TEST_CASE(defaults_hold_when_nobody_says_otherwise) {
    const auto values = parse({});

    BOOST_TEST(values.text("root") == "");
    BOOST_TEST(values.bytes("memory-limit") == 256ULL << 20);
    BOOST_TEST(values.duration("delete-grace").count() == 100);
    BOOST_TEST(values.number("max-workers", 1, 64) == 8u);
    BOOST_TEST(!values.flag("hidden"));
    BOOST_TEST(values.list("ignore").empty());
    BOOST_TEST(!values.has("memory-limit"));
    BOOST_TEST(!values.from_command_line("memory-limit"));
}

BOOST_AUTO_TEST_CASE(command_line_beats_variable_beats_file_beats_default) {
    const std::string_view file = "max-workers = 2\nopen-limit = 2s\nmax-file-size = 2K\n";
    const EnvironmentVariable workers("TREECAST_MAX_WORKERS", "3");
    const EnvironmentVariable limit("TREECAST_OPEN_LIMIT", "3s");

    const auto values = parse_file(file, {"--max-workers", "4"});

    BOOST_TEST(values.number("max-workers", 1, 64) == 4u);
    BOOST_TEST(values.duration("open-limit").count() == 3000);
    BOOST_TEST(values.bytes("max-file-size") == 2048u);
    BOOST_TEST(values.bytes("memory-limit") == 256ULL << 20);
    BOOST_TEST(values.has("max-workers"));
    BOOST_TEST(values.has("open-limit"));
    BOOST_TEST(values.has("max-file-size"));
    BOOST_TEST(values.from_command_line("max-workers"));
    BOOST_TEST(!values.from_command_line("open-limit"));
    BOOST_TEST(!values.from_command_line("max-file-size"));
}

BOOST_AUTO_TEST_CASE(list_comes_whole_from_one_source) {
    const std::string_view file = "ignore = *.o\nignore = *.a\n";

    BOOST_TEST(parse_file(file).list("ignore") == (Texts{"*.o", "*.a"}));
    BOOST_TEST(
        parse_file(file, {"--ignore", "x", "--ignore=y"}).list("ignore") == (Texts{"x", "y"})
    );
    const EnvironmentVariable ignore("TREECAST_IGNORE", "v");
    BOOST_TEST(parse_file(file).list("ignore") == Texts{"v"});
}

BOOST_AUTO_TEST_CASE(last_of_several_single_values_counts) {
    BOOST_TEST(parse({"--root", "/a", "--root", "/b"}).text("root") == "/b");
    BOOST_TEST(parse_file("root = /a\nroot = /b\n").text("root") == "/b");
}

BOOST_AUTO_TEST_CASE(switch_is_on_when_given_and_reads_words_elsewhere) {
    BOOST_TEST(parse({"--hidden"}).flag("hidden"));
    for (const char* const word : {"1", "true", "yes", "on"}) {
        const EnvironmentVariable hidden("TREECAST_HIDDEN", word);
        BOOST_TEST(parse({}).flag("hidden"), word);
        BOOST_TEST(parse_file("serve-private = " + std::string(word)).flag("serve-private"), word);
    }
    for (const char* const word : {"", "0", "false", "no", "off"}) {
        const EnvironmentVariable hidden("TREECAST_HIDDEN", word);
        BOOST_TEST(!parse({}).flag("hidden"), word);
        BOOST_TEST(!parse_file("serve-private = " + std::string(word)).flag("serve-private"), word);
    }
    const EnvironmentVariable hidden("TREECAST_HIDDEN", "maybe");
    BOOST_TEST(says(
        error_of([] {
            parse({});
        }),
        ExitCode::configuration,
        "TREECAST_HIDDEN: 'maybe'"
    ));
}

BOOST_AUTO_TEST_CASE(variable_can_switch_off_what_the_file_switches_on) {
    const EnvironmentVariable hidden("TREECAST_HIDDEN", "no");

    BOOST_TEST(!parse_file("hidden = yes\n").flag("hidden"));
}

BOOST_AUTO_TEST_CASE(what_the_command_line_does_not_understand_is_a_usage_error) {
    struct Row {
        Texts arguments;
        std::string_view named;
    };
    const Row rows[] = {
        {{"--nonsense"}, "--nonsense"},
        {{"--nonsense=1"}, "--nonsense"},
        {{"--listen", "127.0.0.1:1"}, "--listen"},  // the proxy's
        {{"--memory", "1M"}, "--memory"},           // no guessing
        {{"--positional", "x"}, "positional"},
        {{"-z"}, "-z"},
        {{"--root"}, "root"},
        {{"--hidden=yes"}, "hidden"},
        {{"stray"}, "'stray'"},
        {{"--", "--root"}, "'--root'"},
    };

    for (const Row& row : rows)
        BOOST_TEST(says(
            error_of([&] {
                parse(row.arguments);
            }),
            ExitCode::usage,
            row.named
        ));
}

BOOST_AUTO_TEST_CASE(positional_arguments_are_taken_up_to_the_number_allowed) {
    BOOST_TEST(parse({"a", "--hidden", "b"}, 2).positional() == (Texts{"a", "b"}));
    BOOST_TEST(parse({"--", "--root"}, 1).positional() == Texts{"--root"});
    BOOST_TEST(says(
        error_of([] {
            parse({"a", "b", "c"}, 2);
        }),
        ExitCode::usage,
        "'c'"
    ));
}

BOOST_AUTO_TEST_CASE(file_may_hold_the_other_programs_options_and_comments) {
    const auto values = parse_file(
        "# one file for both\n"
        "\n"
        "root=/srv\n"
        "  max-workers   =   5   # workers\n"
        "listen = 127.0.0.1:1\n"
        "listen = 127.0.0.1:2\n"
        "allow-anonymous = yes\n"
        "log-level = debug"
    );

    BOOST_TEST(values.text("root") == "/srv");
    BOOST_TEST(values.number("max-workers", 1, 64) == 5u);
    BOOST_TEST(values.text("log-level") == "debug");
    BOOST_TEST(!parse_file("").has("root"));
}

BOOST_AUTO_TEST_CASE(file_that_is_not_understood_is_a_configuration_error) {
    struct Row {
        std::string_view content;
        std::string_view named;
    };
    const Row rows[] = {
        {"nonsense = 1\n", "'nonsense'"},
        {"help = yes\n", "'help'"},
        {"version = yes\n", "'version'"},
        {"config = /other\n", "'config'"},
        {"[section]\nroot = /srv\n", "'section.root'"},
        {"root\n", "root"},
        {"hidden = maybe\n", "hidden: 'maybe'"},
    };

    for (const Row& row : rows)
        BOOST_TEST(says(
            error_of([&] {
                parse_file(row.content);
            }),
            ExitCode::configuration,
            row.named
        ));
}

BOOST_AUTO_TEST_CASE(file_that_cannot_be_read_is_named_with_who_asked_for_it) {
    const TemporaryDirectory directory;
    const std::string absent = directory / "absent";

    BOOST_TEST(says(
        error_of([&] {
            parse({"--config", absent});
        }),
        ExitCode::configuration,
        "--config: cannot read '" + absent + "'"
    ));
    BOOST_TEST(says(
        error_of([&] {
            parse({"--config", directory.path()});
        }),
        ExitCode::configuration,
        "--config: cannot read '" + directory.path() + "'"
    ));
    const EnvironmentVariable config("TREECAST_CONFIG", absent.c_str());
    BOOST_TEST(says(
        error_of([] {
            parse({});
        }),
        ExitCode::configuration,
        "TREECAST_CONFIG: cannot read '" + absent + "'"
    ));
}

BOOST_AUTO_TEST_CASE(value_out_of_range_is_refused_by_the_name_of_its_source) {
    const auto check = [](const OptionValues& values, ExitCode code, std::string_view source) {
        const auto named = std::string(source) + ": '65'";
        BOOST_TEST(says(
            error_of([&] {
                values.number("max-workers", 1, 64);
            }),
            code,
            named
        ));
    };
    check(parse({"--max-workers", "65"}), ExitCode::usage, "--max-workers");
    check(parse_file("max-workers = 65\n"), ExitCode::configuration, "/conf: max-workers");
    const EnvironmentVariable workers("TREECAST_MAX_WORKERS", "65");
    check(parse({}), ExitCode::configuration, "TREECAST_MAX_WORKERS");
}

BOOST_AUTO_TEST_CASE(one_of_a_list_is_refused_by_its_own_text_in_one_line) {
    const auto refusal_in = [](const OptionValues& values) {
        return std::optional(values.refusal("ignore", "a\nb", "no good"));
    };
    constexpr std::string_view said = R"(: 'a\x0ab' is no good)";
    const auto named = [&](std::string_view source) {
        return std::string(source) + std::string(said);
    };

    const auto on_command_line = parse({"--ignore", "a\nb", "--ignore", "c"});
    BOOST_TEST(says(refusal_in(on_command_line), ExitCode::usage, named("--ignore")));
    const auto in_file = parse_file("ignore = c\n");
    BOOST_TEST(says(refusal_in(in_file), ExitCode::configuration, named("/conf: ignore")));
}

BOOST_AUTO_TEST_CASE(value_of_the_wrong_kind_is_refused) {
    const auto number_of = [](const char* text) {
        return parse({"--max-workers", text}).number("max-workers", 1, 64);
    };
    BOOST_TEST(number_of("1") == 1u);
    BOOST_TEST(number_of("64") == 64u);
    for (const char* const text : {"", "0", "65", "-1", "+1", " 1", "1 ", "1x", "1.0", "x"})
        BOOST_TEST(
            says(
                error_of([&] {
                    number_of(text);
                }),
                ExitCode::usage,
                "a number from 1 to 64"
            ),
            text
        );
    const auto values = parse({"--open-limit", "soon", "--memory-limit", "much"});
    BOOST_TEST(says(
        error_of([&] {
            values.duration("open-limit");
        }),
        ExitCode::usage,
        "--open-limit: 'soon' is not a time"
    ));
    BOOST_TEST(says(
        error_of([&] {
            values.bytes("memory-limit");
        }),
        ExitCode::usage,
        "--memory-limit: 'much' is not a size"
    ));
}

BOOST_AUTO_TEST_CASE(short_form_means_the_same) {
    BOOST_TEST(parse({"-h"}).flag("help"));
    BOOST_TEST(parse({"--help"}).flag("help"));
    BOOST_TEST(!parse({}).flag("help"));
}

BOOST_AUTO_TEST_SUITE_END()
