#include "proxy/feed/feed_pages.hpp"

#include "proxy/feed/change_reading.hpp"
#include "proxy/feed/change_text.hpp"
#include "proxy/feed/event_text.hpp"
#include "proxy/feed/snapshot_reading.hpp"

#include <memory>
#include <string>
#include <utility>

namespace treecast::proxy {

namespace {

/// How often a snapshot of one page is read again because a publication came in between.
constexpr int snapshot_attempts_max = 3;

/// `id`: the cursor that the page leads to, if that is a state.
std::shared_ptr<const std::string> text_of(
    const ListedFiles& files,
    std::uint64_t epoch,
    PageForm form,
    const std::optional<FeedCursor>& id
) {
    static const auto empty = std::make_shared<const std::string>();
    if (files.empty())
        return empty;
    std::string text;
    switch (form) {
        case PageForm::json:
            text = changes_as_json(files, epoch);
            break;
        case PageForm::events:
            text = change_events(files, epoch, id);
            break;
        case PageForm::events_of_state:
            text = change_events(files, epoch, std::nullopt);
            break;
        case PageForm::files:
            return empty;
    }
    return std::make_shared<const std::string>(std::move(text));
}

/// The list itself, for those who need it.
std::shared_ptr<const ListedFiles> keep(ListedFiles files, PageForm form) {
    if (form != PageForm::files)
        return nullptr;
    return std::make_shared<const ListedFiles>(std::move(files));
}

}  // namespace

/// A page is right up to what was passed to its topic. Who has just asked is to know all that is
/// published; who is held is notified of the rest when it is passed.
const MadePage* FeedPages::find(FeedTopic& topic, const PageKey& key, bool is_held) {
    if (!is_held && attachment_.catalog()->newest_revision() > passed_until_)
        return nullptr;
    return topics_.find_page(topic, key);
}

void FeedPages::add(FeedTopic& topic, MadePage& page) {
    std::shared_ptr<const void> owner = page.changes;
    if (page.files)
        owner = page.files;
    const std::size_t size = page.size();
    if (size >= Content::counted_on_heap_min)
        page.content = std::make_shared<Content>(
            std::move(owner),
            -1,
            *page.changes,
            size,
            attachment_.counters()
        );
    topics_.add_page(topic, page);
}

/// nullopt: a publication is under way.
std::optional<MadePage>
FeedPages::changes(FeedTopic& topic, std::uint64_t after, Wish wish, bool is_held) {
    const PageKey key{.after = after, .limit = wish.limit, .form = wish.form};
    if (const MadePage* const made = find(topic, key, is_held)) {
        MadePage page = *made;
        if (!page.is_cut && !page.has_id())
            page.revision = std::max(page.revision, passed_until_);
        return page;
    }
    ChangedFiles changed{.until = after};
    if (const MadePage* const made = topics_.find_page(topic, key); made && made->is_empty())
        changed.until = std::max(made->revision, passed_until_);
    else if (is_held && !topic.is_overrun)
        // It was evaluated before, and the topic knows what changed since.
        changed = {topic.changed, std::max(after, passed_until_)};
    const ipc::CatalogReader& catalog = *attachment_.catalog();
    auto read = read_changes(catalog, *topic.interest, after, changed, wish.limit);
    if (!read) {
        // Who waits for the end of the publication joins the topic too late for what was read.
        topic.is_overrun = true;
        return std::nullopt;
    }
    const auto id = read->more ? std::nullopt : std::optional(read->cursor);
    MadePage page{
        .key = key,
        .changes = text_of(read->files, catalog.epoch(), wish.form, id),
        .files = keep(std::move(read->files), wish.form),
        .revision = read->cursor.version.revision,
        .is_cut = read->more};
    // That nothing changed is kept too, else each poll would read the log from its cursor on.
    if (page.revision > after)
        add(topic, page);
    return page;
}

MadePage FeedPages::snapshot(FeedTopic& topic, SnapshotPlace from, Wish wish) {
    const PageKey key{
        .kind = PageKey::Kind::snapshot,
        .from = from,
        .limit = wish.limit,
        .form = wish.form};
    if (const MadePage* const made = find(topic, key, false)) {
        MadePage page = *made;
        page.revision = std::max(page.revision, passed_until_);
        return page;
    }
    const ipc::CatalogReader& catalog = *attachment_.catalog();
    std::uint64_t revision = 0;
    SnapshotPart part;
    std::optional<SnapshotPlace> place;
    for (int attempt = 0; attempt < snapshot_attempts_max; ++attempt) {
        revision = catalog.newest_revision();
        part = read_snapshot_part(catalog, *topic.interest, from, wish.limit);
        place = place_after(part, catalog.newest_revision());
        const bool is_only_page = from == SnapshotPlace{} && !place;
        if (!is_only_page || part.reached.seen <= revision)
            break;
    }
    MadePage page{
        .key = key,
        .changes = text_of(part.files, catalog.epoch(), wish.form, std::nullopt),
        .files = keep(std::move(part.files), wish.form),
        .revision = revision,
        .place = place,
        .seen = part.reached.seen};
    add(topic, page);
    return page;
}

}  // namespace treecast::proxy
