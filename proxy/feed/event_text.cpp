#include "proxy/feed/event_text.hpp"

#include "proxy/feed/change_text.hpp"

namespace treecast::proxy {

namespace {

/// The instance's name needs no escapes.
std::string
event_about_state(std::string_view name, std::string_view instance, const FeedCursor& cursor) {
    std::string text = "event: ";
    text.append(name).append("\ndata: {\"cursor\":\"").append(to_string(cursor));
    text.append("\",\"instance\":\"").append(instance).append("\"}\n\n");
    return text;
}

std::string id_line(const FeedCursor& cursor) {
    return "id: " + to_string(cursor) + '\n';
}

}  // namespace

std::string change_events(
    std::span<const ListedFile> files,
    std::uint64_t epoch,
    const std::optional<FeedCursor>& id
) {
    std::string text;
    ChangeWriter writer(text, epoch);
    for (const ListedFile& file : files) {
        if (id && &file == &files.back())
            text += id_line(*id);
        text += is_deletion(file.record) ? "event: delete\ndata: " : "event: change\ndata: ";
        writer.add(file);
        text += "\n\n";
    }
    return text;
}

std::string reset_event(std::string_view instance, const FeedCursor& cursor) {
    return "id:\n" + event_about_state("reset", instance, cursor);
}

std::string ready_event(std::string_view instance, const FeedCursor& cursor) {
    return id_line(cursor) + event_about_state("ready", instance, cursor);
}

std::string progress_text(const FeedCursor& cursor) {
    return id_line(cursor) + '\n';
}

std::string retry_text(std::chrono::milliseconds pause) {
    return "retry: " + std::to_string(pause.count()) + "\n\n";
}

}  // namespace treecast::proxy
