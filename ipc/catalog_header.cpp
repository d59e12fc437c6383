#include "ipc/catalog_header.hpp"

#include <cstring>

namespace treecast::ipc {

namespace {

std::uint64_t load(const Word* words, HeaderWord word) noexcept {
    return words[static_cast<std::uint32_t>(word)].load(std::memory_order_acquire);
}

std::uint32_t text_at(std::uint64_t selector) noexcept {
    return static_cast<std::uint32_t>(HeaderWord::degraded_texts) +
           static_cast<std::uint32_t>(selector & 1) * degraded_words;
}

}  // namespace

CatalogHeader load_header(const Word* words) {
    const auto word = [&](HeaderWord index) {
        return load(words, index);
    };
    CatalogHeader header;
    header.epoch = word(HeaderWord::epoch);
    header.newest_revision = word(HeaderWord::newest_revision);
    header.claimed_revision = word(HeaderWord::claimed_revision);
    header.forgotten_revision = word(HeaderWord::forgotten_revision);
    header.log_floor = word(HeaderWord::log_floor);
    header.heartbeat_ns = static_cast<std::int64_t>(word(HeaderWord::heartbeat));
    const std::uint64_t flags = word(HeaderWord::flags);
    header.scan_complete = (flags & flag_scan_complete) != 0;
    header.leases = (flags & flag_no_leases) == 0;
    header.files = word(HeaderWord::files);
    header.stale_files = word(HeaderWord::stale_files);
    header.resident_files = word(HeaderWord::resident_files);
    header.resident_bytes = word(HeaderWord::resident_bytes);
    header.last_change_us = word(HeaderWord::last_change);
    header.daemon_pid = static_cast<std::uint32_t>(word(HeaderWord::daemon_pid));
    for (std::uint32_t i = 0; i < counter_count; ++i)
        header.counters[i] =
            word(static_cast<HeaderWord>(static_cast<std::uint32_t>(HeaderWord::counters) + i));
    header.degraded = load_degraded(words);
    return header;
}

std::string load_degraded(const Word* words) {
    for (;;) {
        const std::uint64_t selector = load(words, HeaderWord::degraded_selector);
        const Word* const text = words + text_at(selector);
        const std::uint64_t bytes =
            std::min<std::uint64_t>(text[0].load(std::memory_order_acquire), degraded_bytes_max);
        std::string why(bytes, ' ');
        for (std::size_t done = 0; done < bytes; done += 8) {
            const std::uint64_t word = text[1 + done / 8].load(std::memory_order_acquire);
            std::memcpy(why.data() + done, &word, std::min<std::size_t>(bytes - done, 8));
        }
        if (load(words, HeaderWord::degraded_selector) == selector)
            return why;
    }
}

void store_degraded(Word* words, std::string_view why) noexcept {
    why = why.substr(0, degraded_bytes_max);
    const std::uint64_t next = load(words, HeaderWord::degraded_selector) + 1;
    Word* const text = words + text_at(next);
    text[0].store(why.size(), std::memory_order_release);
    for (std::size_t done = 0; done < why.size(); done += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, why.data() + done, std::min<std::size_t>(why.size() - done, 8));
        text[1 + done / 8].store(word, std::memory_order_release);
    }
    words[static_cast<std::uint32_t>(HeaderWord::degraded_selector)].store(
        next,
        std::memory_order_release
    );
}

}  // namespace treecast::ipc
