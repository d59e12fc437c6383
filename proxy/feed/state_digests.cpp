#include "proxy/feed/state_digests.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace treecast::proxy {

namespace {

constexpr PageKey key_of_state{.kind = PageKey::Kind::state};
/// Files whose hashes are loaded at once, so that those who want one file wait little longer.
constexpr std::size_t wanted_max = 500;

}  // namespace

StateDigests::StateDigests(
    boost::asio::io_context& context,
    Attachment& attachment,
    Maker& maker,
    WantSender& wants,
    FeedTopics& topics,
    std::chrono::milliseconds load_timeout,
    std::function<void(FeedTopic&, bool is_made)> ended
)
    : context_(context),
      attachment_(attachment),
      maker_(maker),
      wants_(wants),
      topics_(topics),
      load_timeout_(load_timeout),
      ended_(std::move(ended)) {}

const MadePage* StateDigests::find(FeedTopic& topic, bool may_begin) {
    const MadePage* const made = topics_.find_page(topic, key_of_state);
    if (made == nullptr && may_begin && !works_.contains(&topic))
        begin_reading(topic, works_.try_emplace(&topic, ++numbers_, topics_, topic).first->second);
    return made;
}

std::optional<Clock::time_point> StateDigests::deadline(FeedTopic& topic) const {
    const auto found = works_.find(&topic);
    return found == works_.end() ? std::nullopt : std::optional(found->second.deadline);
}

void StateDigests::begin_reading(FeedTopic& topic, Work& work) {
    work.deadline = Clock::now() + load_timeout_;
    work.changes = topic.changes;
    work.reading =
        std::make_shared<const Reading>(Reading{topic.interest, attachment_.catalog()->share()});
    maker_.add([this, &topic, number = work.number, wanted = std::weak_ptr(work.reading)](
                   const std::stop_token& stop
               ) {
        const auto reading = wanted.lock();
        if (!reading)
            return;
        boost::asio::post(
            context_,
            [this, &topic, number, read = read_state(reading->catalog, *reading->interest, stop)] {
                end_reading(topic, number, read);
            }
        );
    });
}

/// The topic may be gone by now, and its work with it.
void StateDigests::end_reading(
    FeedTopic& topic,
    std::uint64_t number,
    const StateReading& reading
) {
    const auto found = works_.find(&topic);
    if (found == works_.end() || found->second.number != number)
        return;
    Work& work = found->second;
    // One that was loaded and has no hash nevertheless cannot be read.
    const bool can_be_hashed = std::ranges::none_of(reading.unhashed, [&](ipc::FileId file) {
        return work.loaded.contains(file.value);
    });
    if (!reading.unhashed.empty() && can_be_hashed) {
        work.unhashed = reading.unhashed;
        return want_hashes(work);
    }
    if (reading.digest)
        topics_.add_page(
            topic,
            {.key = key_of_state,
             .changes = std::make_shared<const std::string>(
                 reading.digest->begin(),
                 reading.digest->end()
             ),
             .revision = reading.revision}
        );
    // It is right for `revision`, and so for those who have waited, but no longer for the present.
    const bool is_past = work.changes != topic.changes;
    const FeedTopics::Use use(topics_, topic);
    end_work(topic, reading.digest.has_value());
    if (is_past)
        topics_.drop_pages(topic);
}

void StateDigests::want_hashes(Work& work) {
    work.deadline = Clock::now() + load_timeout_;
    for (std::size_t i = 0; i < wanted_max && !work.unhashed.empty(); ++i) {
        const ipc::FileId file = work.unhashed.back();
        work.unhashed.pop_back();
        work.wanted.insert(file.value);
        wants_.add(file, false, work.deadline);
    }
}

void StateDigests::loaded(ipc::FileId file) {
    for (auto& [topic, work] : works_) {
        if (work.wanted.erase(file.value) == 0)
            continue;
        work.loaded.insert(file.value);
        work.deadline = Clock::now() + load_timeout_;
        if (!work.wanted.empty())
            continue;
        if (work.unhashed.empty())
            begin_reading(*topic, work);
        else
            want_hashes(work);
    }
}

void StateDigests::expire() {
    const auto now = Clock::now();
    const auto is_late = [now](const auto& item) {
        return item.second.deadline <= now;
    };
    // Any of them may go while one is ended.
    for (auto late = std::ranges::find_if(works_, is_late); late != works_.end();
         late = std::ranges::find_if(works_, is_late))
        end_work(*late->first, false);
}

void StateDigests::end_work(FeedTopic& topic, bool is_made) {
    const FeedTopics::Use use(topics_, topic);
    works_.erase(&topic);
    ended_(topic, is_made);
}

}  // namespace treecast::proxy
