// A version of a file as HTTP presents it: its content, and the heads of its answers. One thread.
//
// A head is built once for each AnswerContext, and shared by all clients that are answered within
// the same second. content_header.cpp has the fields that describe the content.
#pragma once

#include "base/version.hpp"
#include "ipc/catalog_record.hpp"
#include "proxy/http/response_head.hpp"
#include "proxy/net/content.hpp"

#include <boost/intrusive/list.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace treecast::proxy {

class Representation : public boost::intrusive::list_base_hook<> {
public:
    Representation(
        ipc::FileId file,
        const ipc::Record& record,
        std::uint64_t epoch,
        std::string_view content_type
    );

    ipc::FileId file() const noexcept { return file_; }
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
    /// 304.
    Response not_modified(const AnswerContext& context);
    /// 206 with the bytes [begin, end).
    Response part(const AnswerContext& context, std::uint64_t begin, std::uint64_t end) const;

    const std::shared_ptr<Content>& content() const noexcept { return content_; }
    void set_content(std::shared_ptr<Content> content) { content_ = std::move(content); }
    /// Whether an answer with the content is under way.
    bool is_being_sent() const noexcept { return content_ && content_.use_count() > 1; }
    /// To be called when it leaves the cache: content that is still being sent counts as pinned.
    void retire() noexcept;

private:
    struct PreparedHead {
        unsigned status = 0;
        AnswerContext context;
        std::shared_ptr<const std::string> text;
    };
    template <class Make>
    const std::shared_ptr<const std::string>&
    prepared(unsigned status, const AnswerContext& context, const Make& make);

    ipc::FileId file_;
    ipc::Record record_;
    std::string tag_;
    Version version_;
    std::string content_fields_;
    std::shared_ptr<Content> content_;
    std::vector<PreparedHead> heads_;
    bool is_used_ = true;
};

}  // namespace treecast::proxy
