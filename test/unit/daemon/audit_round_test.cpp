#include "daemon/audit_round.hpp"

#include "daemon/transition.hpp"
#include "test/support/object_fixture.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <functional>
#include <set>

using namespace treecast;
using namespace treecast::daemon;
using namespace treecast::test;

namespace {

/// Returns at once. `on_settling` is called for the pause before a second look.
struct InstantPause final : AuditRound::Pause {
    bool sleep(std::chrono::nanoseconds time) override {
        if (time > AuditRound::settling / 2 && on_settling)
            on_settling();
        return goes_on;
    }
    std::function<void()> on_settling;
    bool goes_on = true;
};

struct AuditRoundFixture : ObjectFixture {
    void publish(const std::string& path, const ipc::Record& record) {
        const ipc::FileId file = catalog.find_or_make(path).value();
        ipc::CatalogPublication publication(catalog, 0);
        ipc::Record published = record;
        published.change_revision = publication.revision();
        published.content_revision = publication.revision();
        publication.announce(file, published);
    }
    ipc::Record record_of(const std::string& path, std::optional<Sha256> hash = {}) const {
        return transition({}, {.stat = look_at(root, path).stat, .sha256 = hash}).record;
    }
    void write_and_publish(const std::string& path) {
        tree.write(path, "x");
        publish(path, record_of(path));
    }
    std::set<std::string> audit(bool hidden = false) {
        const ipc::CatalogReader reader = this->reader();
        std::set<std::string> reported;
        AuditRound round(root, reader, hidden, pause);
        round.run([&](const std::string& path) {
            reported.insert(path);
        });
        return reported;
    }

    const TemporaryDirectory tree;
    watcher::TreeRoot root{tree.path()};
    ipc::CatalogWriter catalog{directory};
    InstantPause pause;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(audit_round, AuditRoundFixture)

BOOST_AUTO_TEST_CASE(a_path_is_reported_if_its_look_and_its_record_differ) {
    struct Row {
        const char* path;
        bool is_reported;
        std::function<void(const std::string& path)> change;
    };
    const Row rows[] = {
        {"as-published", false, [](const auto&) {}},
        {"d/as-published", false, [](const auto&) {}},
        {"longer",
         true,
         [&](const auto& path) {
             tree.write(path, "longer");
         }},
        {"d/longer",
         true,
         [&](const auto& path) {
             tree.write(path, "longer");
         }},
        {"replaced",
         true,
         [&](const auto& path) {
             tree.replace(path, "x");
         }},
        {"mode",
         true,
         [&](const auto& path) {
             ::chmod((tree / path).c_str(), 0755);
         }},
        {"gone",
         true,
         [&](const auto& path) {
             std::filesystem::remove(tree / path);
         }},
        {"d/gone",
         true,
         [&](const auto& path) {
             std::filesystem::remove(tree / path);
         }},
        {"fifo",
         true,
         [&](const auto& path) {
             std::filesystem::remove(tree / path);
             ::mkfifo((tree / path).c_str(), 0644);
         }},
        {"directory",
         true,
         [&](const auto& path) {
             std::filesystem::remove(tree / path);
             std::filesystem::create_directory(tree / path);
         }},
        {"link",
         true,  // to another file
         [&](const auto& path) {
             std::filesystem::remove(tree / path);
             std::filesystem::create_symlink("as-published", tree / path);
         }},
        {"link-to-itself-moved",
         false,
         [&](const auto& path) {
             std::filesystem::rename(tree / path, tree / ".moved");
             std::filesystem::create_symlink(".moved", tree / path);
             publish(path, record_of(path));
         }},
    };
    for (const Row& row : rows)
        write_and_publish(row.path);
    publish("d", {.state = ipc::FileState::directory});
    for (const Row& row : rows)
        row.change(row.path);

    const auto reported = audit();
    for (const Row& row : rows)
        BOOST_TEST(reported.contains(row.path) == row.is_reported, row.path);
}

BOOST_AUTO_TEST_CASE(what_the_catalog_does_not_know_is_reported_unless_it_is_not_served) {
    tree.write("new", "x");
    tree.write("directory/f", "x");
    tree.write(".hidden", "x");
    std::filesystem::create_symlink("/etc/passwd", tree / "refused link");
    ::mkfifo((tree / "fifo").c_str(), 0644);

    BOOST_TEST((audit() == std::set<std::string>{"directory", "new"}));
    BOOST_TEST((audit(true) == std::set<std::string>{".hidden", "directory", "new"}));
}

BOOST_AUTO_TEST_CASE(contents_in_memory_are_compared_by_their_hash) {
    const Sha256 right = sha256_of("x");
    struct Row {
        const char* path;
        bool is_resident;
        Sha256 hash;
        bool is_reported;
    };
    const Row rows[] = {
        {"right", true, right, false},
        {"wrong", true, Sha256{1}, true},
        {"not-in-memory", false, Sha256{1}, false},
    };
    for (const Row& row : rows) {
        tree.write(row.path, "x");
        ipc::Record record = record_of(row.path, row.hash);
        record.resident = row.is_resident;
        publish(row.path, record);
    }

    BOOST_TEST((audit() == std::set<std::string>{"wrong"}));
}

BOOST_AUTO_TEST_CASE(a_difference_that_an_event_resolves_meanwhile_is_not_reported) {
    write_and_publish("f");
    tree.write("f", "longer");
    pause.on_settling = [&] {
        publish("f", record_of("f"));
    };
    BOOST_TEST(audit().empty());
}

BOOST_AUTO_TEST_CASE(a_difference_that_changes_is_looked_at_again_a_few_times) {
    struct Row {
        int changes;
        bool is_reported;
    };
    for (const Row row : {Row{0, true}, Row{1, true}, Row{3, true}, Row{4, false}}) {
        write_and_publish("f");
        tree.write("f", "longer");
        int looks = 0;
        pause.on_settling = [&] {
            if (looks++ < row.changes)
                tree.write("f", std::string(static_cast<std::size_t>(looks) + 10, 'x'));
        };
        BOOST_TEST(audit().size() == (row.is_reported ? 1U : 0U), row.changes);
    }
}

BOOST_AUTO_TEST_CASE(a_round_that_must_end_reports_nothing_more) {
    tree.write("new", "x");
    pause.goes_on = false;
    BOOST_TEST(audit().empty());
}

BOOST_AUTO_TEST_SUITE_END()
