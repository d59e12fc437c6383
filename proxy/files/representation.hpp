// A version of a file as HTTP presents it, and the worker's cache of recently used ones. One
// thread.
//
// Header bytes are built once for each AnswerContext, and shared by all clients that are answered
// within the same second. Content is opened once.
#pragma once

#include "base/version.hpp"
#include "proxy/http/response_head.hpp"
#include "proxy/source/open_content.hpp"

#include <boost/intrusive/list.hpp>

#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace treecast::proxy {

class Representation : public boost::intrusive::list_base_hook<> {
public:
    Representation(
        ipc::FileId file,
        const ipc::Record& record,
        std::uint64_t epoch,
        std::string_view path
    );

    ipc::FileId file() const noexcept { return file_; }
    const ipc::Record& record() const noexcept { return record_; }
    /// Whether it was used since the last call.
    bool take_used() noexcept { return std::exchange(used_, false); }
    void set_used() noexcept { used_ = true; }
    Version version() const noexcept { return version_; }
    bool is_of(const ipc::Record& record) const noexcept;

    /// 200 with the whole content; `without_body` for HEAD. The content must be open.
    Response whole(const AnswerContext& context, bool without_body);
    /// 304.
    Response not_modified(const AnswerContext& context);
    /// 206 with the bytes [begin, end).
    Response part(const AnswerContext& context, std::uint64_t begin, std::uint64_t end) const;

    const std::shared_ptr<Content>& content() const noexcept { return content_; }
    void set_content(std::shared_ptr<Content> content) { content_ = std::move(content); }
    /// Counts the content as pinned if it is still being sent to somebody.
    void retire() noexcept;

private:
    struct PreparedHead {
        unsigned status = 0;
        AnswerContext context;
        std::shared_ptr<const std::string> text;
    };
    /// Adds the fields that describe the content. Whether Last-Modified can be sent depends on
    /// `now`.
    void add_entity_fields(HeadBuilder& head, std::int64_t now) const;
    template <class Make>
    const std::shared_ptr<const std::string>&
    prepared(unsigned status, const AnswerContext& context, const Make& make);

    ipc::FileId file_;
    ipc::Record record_;
    std::string tag_;
    Version version_;
    std::string entity_fields_;
    std::shared_ptr<Content> content_;
    std::vector<PreparedHead> heads_;
    bool used_ = true;
};

/// Holds at most `entries_max` representations, whose small contents take at most `heap_bytes_max`.
/// The least recently used ones are evicted first. The limits may be exceeded while contents are
/// being sent.
class RepresentationCache {
public:
    explicit RepresentationCache(Counters& counters) : counters_(counters) {}
    ~RepresentationCache() { clear(); }
    RepresentationCache(const RepresentationCache&) = delete;
    RepresentationCache& operator=(const RepresentationCache&) = delete;

    /// Returns the representation of exactly this record, whose hash must be known. It is valid
    /// until the next call of any member.
    Representation&
    get(ipc::FileId file, const ipc::Record& record, std::uint64_t epoch, std::string_view path);
    /// Opens the content if it is not open. Fails with Errc::superseded or Errc::damaged.
    ErrorCode open(Representation& representation, const ipc::ObjectDirectory& directory);
    /// Removes the representation of an older version after the file changed to `record`.
    void forget_superseded(ipc::FileId file, const ipc::Record* record);
    bool holds(ipc::FileId file) const { return by_file_.contains(file.value); }
    /// Calls `visit` for all representations and removes those for which it returns false.
    template <class Visit>
    void keep_if(const Visit& visit) {
        for (auto it = recent_.begin(); it != recent_.end();) {
            Representation& representation = *it++;
            if (!visit(representation))
                erase(representation);
        }
    }
    void clear();

private:
    void erase(Representation& representation);
    void make_room();

    Counters& counters_;
    std::unordered_map<std::uint64_t, std::unique_ptr<Representation>> by_file_;
    boost::intrusive::list<Representation> recent_;  // most recently used first
    std::uint64_t heap_bytes_ = 0;
};

}  // namespace treecast::proxy
