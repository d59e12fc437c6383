// A version of a file as HTTP presents it: its content and its codings, and the heads of its
// answers. One thread.
//
// A head is built once for each AnswerContext, and shared by all clients that are answered within
// the same second. content_header.cpp has the fields that describe the content.
#pragma once

#include "base/version.hpp"
#include "ipc/catalog_record.hpp"
#include "proxy/coding.hpp"
#include "proxy/http/response_head.hpp"
#include "proxy/net/content.hpp"
#include "proxy/net/deadlines.hpp"

#include <boost/intrusive/list.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace treecast::proxy {

/// What a worker knows of the codings of one version.
struct CodedContents {
    struct Coded {
        std::weak_ptr<Content> content{};  // as long as it is being sent
        Clock::time_point begun{};         // when this worker had it made last
    };
    Coded& of(Coding coding) noexcept { return coded[coding == Coding::gzip ? 0 : 1]; }

    std::array<Coded, 2> coded{};
    bool was_asked = false;  // somebody who takes a coding was answered
    bool is_useless = false;
};

class Representation : public boost::intrusive::list_base_hook<> {
public:
    Representation(
        ipc::FileId file,
        const ipc::Record& record,
        std::uint64_t epoch,
        std::string_view content_type
    );

    ipc::FileId file() const noexcept { return file_; }
    /// As it was when this was made: the content may have been loaded or evicted since.
    const ipc::Record& record() const noexcept { return record_; }
    void mark_used() noexcept { is_used_ = true; }
    /// Whether it was used since the last call.
    bool exchange_used() noexcept { return std::exchange(is_used_, false); }
    Version version() const noexcept { return version_; }
    /// Whether `record` is this version, with the same content and dates.
    bool is_of(const ipc::Record& record) const noexcept;

    /// Its fixed_content_fields().
    const std::string& content_fields() const noexcept { return content_fields_; }

    /// 200 with the whole content; `without_body` for HEAD. The content must be open.
    Response whole(const AnswerContext& context, bool without_body);
    /// 200 with `content`, which is `coding` of the content.
    Response coded(
        const AnswerContext& context,
        Coding coding,
        const std::shared_ptr<Content>& content,
        bool without_body
    );
    /// 304 to a client that has this coding.
    Response not_modified(const AnswerContext& context, Coding coding);
    /// 206 with the bytes [begin, end).
    Response part(const AnswerContext& context, std::uint64_t begin, std::uint64_t end) const;

    const std::shared_ptr<Content>& content() const noexcept { return content_; }
    void set_content(std::shared_ptr<Content> content) { content_ = std::move(content); }
    /// Whether an answer with the content or a coding of it is under way.
    bool is_being_sent() const noexcept;
    CodedContents& codings() noexcept { return codings_; }
    /// Whether it may be sent in codings.
    bool varies_by_coding() const noexcept { return varies_by_coding_; }
    /// To be called when it leaves the cache: content that is still being sent counts as pinned.
    void retire() noexcept;

private:
    struct PreparedHead {
        unsigned status = 0;
        Coding coding = Coding::identity;
        AnswerContext context;
        std::shared_ptr<const std::string> text;
    };
    template <class Make>
    const std::shared_ptr<const std::string>&
    prepared(unsigned status, Coding coding, const AnswerContext& context, const Make& make);
    Response complete(
        const AnswerContext& context,
        Coding coding,
        std::uint64_t size,
        std::shared_ptr<Content> content
    );

    ipc::FileId file_;
    ipc::Record record_;
    Version version_;
    std::string content_type_;
    bool varies_by_coding_;
    std::string content_fields_;
    std::shared_ptr<Content> content_;
    CodedContents codings_;
    std::vector<PreparedHead> heads_;
    bool is_used_ = true;
};

}  // namespace treecast::proxy
