#include "watcher/link_keeper.hpp"

#include "test/unit/watcher/tree_state_fixture.hpp"

#include <algorithm>

#include <sys/stat.h>

using namespace treecast::test::tree_state_cases;

namespace {

/// A watched root with two files and two directories, and beside it what is outside.
struct LinkFixture : WatchedTree {
    explicit LinkFixture(const WatcherOptions& options = {}) : WatchedTree(options) {
        write("f", "1");
        write("a/g", "2");
        write("b/g", "3");
        directory.write("outside/f", "");
        add_watched("");
    }
    const Link* follow(const std::string& name, FollowFor purpose = FollowFor::change) {
        return follow_link(state, {root_directory, name}, purpose, findings);
    }
    void replace_link(const std::string& name, const std::string& target) const {
        fs::remove(at(name));
        make_link(name, target);
    }
    void refresh(const std::string& name) {
        state.touched.push_back({root_directory, name});
        refresh_touched_names(state, findings);
    }
    /// What a link named "link" leads to, by its text; "-" for no link.
    void make(const std::string& target) const {
        if (target == "-")
            write("link", "a file");
        else
            make_link("link", target);
    }
};

const Signs created{.created = true};
const Signs gone{.gone = true};

}  // namespace

BOOST_AUTO_TEST_SUITE(link_keeper)

BOOST_AUTO_TEST_CASE(what_a_link_leads_to) {
    struct Row {
        std::string target;
        bool is_link;
        LinkKind kind;
        std::string leads_to;
        unsigned refused;
    };
    const Row rows[] = {
        {"f", true, LinkKind::file, "", 0},
        {"a/g", true, LinkKind::file, "", 0},
        {"a", true, LinkKind::directory, "a", 0},
        {"a/../b", true, LinkKind::directory, "b", 0},
        {"nothing", true, LinkKind::nothing, "", 0},
        {"f/below", true, LinkKind::nothing, "", 0},
        {"pipe", true, LinkKind::nothing, "", 0},
        {"../outside/f", true, LinkKind::refused, "", 1},
        {"/etc/passwd", true, LinkKind::refused, "", 1},
        {"link", true, LinkKind::refused, "", 1},
        {"-", false, LinkKind::nothing, "", 0},
    };
    for (const Row& row : rows) {
        LinkFixture tree;
        BOOST_REQUIRE(::mkfifo(tree.at("pipe").c_str(), 0600) == 0);
        tree.make(row.target);
        const Link* const link = tree.follow("link");
        BOOST_TEST_CONTEXT(row.target) {
            BOOST_TEST((link != nullptr) == row.is_link);
            if (link != nullptr) {
                BOOST_TEST((link->kind == row.kind));
                BOOST_TEST((link->dependencies.front() == NamePlace{root_directory, "link"}));
            }
            const DirectoryId alias = tree.state.tree.child(root_directory, "link");
            BOOST_TEST((alias != no_directory) == !row.leads_to.empty());
            if (alias != no_directory)
                BOOST_TEST(tree.state.tree.path(tree.state.tree.real(alias)) == row.leads_to);
            BOOST_TEST(tree.state.report.refused_links == row.refused);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_link_depends_on_every_name_on_its_way_and_each_is_watched) {
    LinkFixture tree;
    tree.make_link("a/step", "../b");
    tree.make_link("link", "a/step/missing");
    const Link* const link = tree.follow("link");
    const DirectoryId a = tree.state.tree.at_path("a");
    const DirectoryId b = tree.state.tree.at_path("b");
    BOOST_TEST_REQUIRE(link != nullptr);
    BOOST_TEST(
        (link->dependencies ==
         std::vector<NamePlace>{
             {root_directory, "link"},
             {root_directory, "a"},
             {a, "step"},
             {root_directory, "b"},
             {b, "missing"},
         })
    );
    for (const DirectoryId id : {a, b})
        BOOST_TEST(tree.state.watches.is_trusted(id));

    fs::remove(tree.at("link"));
    (void)tree.follow("link");
    BOOST_TEST(tree.state.tree.at_path("b") == no_directory);  // nothing needs it any more
}

BOOST_AUTO_TEST_CASE(what_is_reported_when_a_link_comes_or_leads_elsewhere) {
    struct Row {
        const char* what;
        std::string before;  // "": it is new
        std::string after;
        FollowFor purpose;
        std::map<std::string, Signs> changes;
        Paths gone_directories;
        Paths exchanged;
        Paths due;
    };
    const std::string link = "link";
    const auto change = FollowFor::change;
    const auto exchange = FollowFor::exchange;
    const auto listing = FollowFor::listing;
    const Row rows[] = {
        {"a file", "", "f", change, {{link, created}}, {}, {}, {}},
        {"a file that is listed", "", "f", listing, {}, {}, {}, {}},
        {"nothing", "", "x", change, {{link, gone}}, {link}, {}, {}},
        {"another file", "f", "a/g", change, {{link, created}}, {}, {link}, {}},
        {"the same file", "f", "f", change, {{link, created}}, {}, {}, {}},
        {"the same file again", "f", "f", exchange, {{link, created}}, {}, {link}, {}},
        {"no file any more", "f", "x", change, {{link, gone}}, {link}, {}, {}},
        {"the same, listed", "f", "x", listing, {{link, gone}}, {}, {}, {}},
        {"a directory", "", "a", change, {{link, gone}}, {}, {}, {"link/..."}},
        {"the same directory", "a", "a", change, {}, {}, {}, {}},
        {"the same directory again", "a", "a", exchange, {}, {}, {link}, {"link/..."}},
        {"another directory", "a", "b", change, {}, {link}, {link}, {"link/..."}},
        {"a file for a directory", "a", "f", change, {{link, created}}, {link}, {link}, {}},
        {"no directory any more", "a", "x", change, {{link, gone}}, {link, link}, {}, {}},
        {"no link any more", "a", "-", change, {}, {link}, {}, {}},
    };
    for (const Row& row : rows) {
        LinkFixture tree;
        if (!row.before.empty()) {
            tree.make(row.before);
            (void)tree.follow("link", FollowFor::listing);
            fs::remove(tree.at("link"));
            (void)tree.take_due();
        }
        tree.make(row.after);
        (void)tree.follow("link", row.purpose);
        BOOST_TEST_CONTEXT(row.what) {
            BOOST_TEST((tree.take_changes() == row.changes));
            const auto by_element = boost::test_tools::per_element();
            BOOST_TEST(tree.findings.gone_directories == row.gone_directories, by_element);
            BOOST_TEST(tree.findings.exchanged == row.exchanged, by_element);
            BOOST_TEST(tree.take_due() == row.due, by_element);
        }
    }
}

BOOST_AUTO_TEST_CASE(what_was_exchanged_twice_may_have_shown_something_else_meanwhile) {
    LinkFixture tree;
    tree.make_link("current", "a");
    tree.make_link("directory", "current");
    tree.make_link("file", "current/g");
    for (const std::string name : {"current", "directory", "file"})
        (void)tree.follow(name, FollowFor::listing);
    (void)tree.take_due();
    const auto exchanged_by = [&](const NamePlace& event) {
        tree.findings = {};
        tree.state.touched.push_back(event);
        tree.state.renamed.insert(event);
        touch_dependents(tree.state, event.directory, event.name);
        refresh_touched_names(tree.state, tree.findings);
        std::ranges::sort(tree.findings.exchanged);
        return tree.findings.exchanged;
    };
    const auto by_element = boost::test_tools::per_element();
    const Paths all{"current", "directory", "file"};
    BOOST_TEST(exchanged_by({root_directory, "current"}) == all, by_element);
    const Paths due{"current/...", "directory/..."};
    BOOST_TEST(tree.take_due() == due, by_element);
    BOOST_TEST(exchanged_by({root_directory, "file"}) == Paths{"file"}, by_element);
    // The file alone was replaced: nothing else can have been seen of another state.
    const DirectoryId a = tree.state.tree.at_path("a");
    BOOST_TEST(exchanged_by({a, "g"}) == Paths{}, by_element);
    BOOST_TEST(tree.take_changes().contains("file"));
}

BOOST_AUTO_TEST_CASE(paths_through_links_are_limited_in_number) {
    LinkFixture tree({.max_aliases = 2});
    tree.make_link("1", "f");
    tree.make_link("2", "a");
    tree.make_link("3", "f");
    tree.make_link("4", "b");
    BOOST_TEST((tree.follow("1")->kind == LinkKind::file));
    BOOST_TEST((tree.follow("2")->kind == LinkKind::directory));
    BOOST_TEST((tree.follow("3")->kind == LinkKind::refused));
    BOOST_TEST((tree.follow("4")->kind == LinkKind::directory));  // known, and not served
    BOOST_TEST(tree.state.tree.child(root_directory, "4") == no_directory);
    BOOST_TEST(tree.state.report.refused_links == 2U);
    BOOST_TEST((tree.follow("1")->kind == LinkKind::file));  // what is served stays
}

BOOST_AUTO_TEST_CASE(a_link_to_a_directory_above_it_is_not_served) {
    for (const char* target : {".", "..", "../a"}) {
        LinkFixture tree;
        tree.make_link("a/link", target);
        const DirectoryId a = tree.add_watched("a");
        (void)follow_link(tree.state, {a, "link"}, FollowFor::change, tree.findings);
        BOOST_TEST(tree.state.tree.child(a, "link") == no_directory, target);
        BOOST_TEST(tree.state.report.refused_links == 1U);
    }
}

BOOST_AUTO_TEST_CASE(a_link_is_served_under_every_path_of_its_directory) {
    LinkFixture tree;
    tree.make_link("a/link", "../b");
    const DirectoryId a = tree.add_watched("a");
    tree.state.tree.add_alias(root_directory, "alias", a);
    (void)follow_link(tree.state, {a, "link"}, FollowFor::change, tree.findings);
    BOOST_TEST(tree.state.tree.at_path("a/link") != no_directory);
    BOOST_TEST(tree.state.tree.at_path("alias/link") != no_directory);

    forget_link(tree.state, {a, "link"}, tree.findings);
    std::ranges::sort(tree.findings.gone_directories);
    BOOST_TEST((tree.findings.gone_directories == Paths{"a/link", "alias/link"}));
    BOOST_TEST(tree.state.tree.at_path("alias/link") == no_directory);
    BOOST_TEST(tree.state.links.empty());
}

BOOST_AUTO_TEST_CASE(the_stat_of_a_link_is_that_of_its_file) {
    LinkFixture tree;
    tree.make_link("link", "a/g");
    const Link link = *tree.follow("link");
    BOOST_TEST((file_behind(tree.state, link) == file_stat_of(*tree.root.status("a/g"))));
    fs::remove(tree.at("a/g"));
    BOOST_TEST(!file_behind(tree.state, link));
}

BOOST_AUTO_TEST_CASE(what_becomes_of_a_name_that_something_happened_to) {
    struct Row {
        const char* what;
        std::function<void(LinkFixture&)> before;
        std::string name;
        Paths due;
        Paths gone;
        bool is_directory_after;
    };
    const auto nothing = [](LinkFixture&) {};
    const Row rows[] = {
        {"a new directory", nothing, "a", {"a/..."}, {}, true},
        {"a known one",
         [](LinkFixture& tree) {
             tree.add("a");
         },
         "a",
         {},
         {},
         true},
        {"a file", nothing, "f", {}, {}, false},
        {"nothing there", nothing, "x", {}, {}, false},
        {"a file where a directory was",
         [](LinkFixture& tree) {
             tree.add("f");
         },
         "f",
         {},
         {"f"},
         false},
        {"a directory whose absence nobody reported",
         [](LinkFixture& tree) {
             tree.add("x");
         },
         "x",
         {},
         {},
         true},
        {"a hidden directory",
         [](LinkFixture& tree) {
             tree.make_directory(".d");
         },
         ".d",
         {},
         {},
         false},
        {"a link to a directory",
         [](LinkFixture& tree) {
             tree.make_link("l", "a");
         },
         "l",
         {"l/..."},
         {},
         true},
        {"a directory where a link was",
         [](LinkFixture& tree) {
             tree.make_link("l", "a");
             (void)tree.follow("l", FollowFor::listing);
             (void)tree.take_due();
             fs::remove(tree.at("l"));
             tree.make_directory("l");
         },
         "l",
         {"l/..."},
         {"l"},
         true},
    };
    for (const Row& row : rows) {
        LinkFixture tree;
        row.before(tree);
        for (int i = 0; i < 3; ++i)
            tree.state.touched.push_back({root_directory, row.name});
        refresh_touched_names(tree.state, tree.findings);
        BOOST_TEST_CONTEXT(row.what) {
            const auto by_element = boost::test_tools::per_element();
            BOOST_TEST(tree.take_due() == row.due, by_element);
            BOOST_TEST(tree.findings.gone_directories == row.gone, by_element);
            BOOST_TEST(
                (tree.state.tree.at_path(row.name) != no_directory) == row.is_directory_after
            );
            BOOST_TEST(tree.state.touched.empty());
        }
    }
}

BOOST_AUTO_TEST_CASE(links_in_a_directory_that_lost_its_last_name_are_forgotten) {
    LinkFixture tree;
    tree.make_link("a/inner", "../b");
    tree.make_link("link", "a");
    fs::rename(tree.at("a"), tree.at(".a"));
    tree.replace_link("link", ".a");
    (void)tree.follow("link");
    const DirectoryId hidden = tree.state.tree.at_path(".a");
    (void)follow_link(tree.state, {hidden, "inner"}, FollowFor::listing, tree.findings);
    BOOST_TEST(tree.state.tree.at_path("link/inner") != no_directory);

    fs::remove(tree.at("link"));
    tree.refresh("link");
    BOOST_TEST(tree.state.links.empty());
    BOOST_TEST(tree.state.tree.at_path("b") == no_directory);
    BOOST_TEST(tree.state.tree.at_path(".a") == no_directory);
}

BOOST_AUTO_TEST_SUITE_END()
