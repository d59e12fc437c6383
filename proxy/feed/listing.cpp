#include "proxy/feed/listing.hpp"

#include "base/file_time.hpp"
#include "base/version.hpp"
#include "proxy/http/form_query.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <array>
#include <chrono>
#include <cstdio>

namespace treecast::proxy {

namespace json = boost::json;

namespace {

/// RFC 3339 in UTC with nanoseconds; null for a year that it cannot write.
json::value format_mtime(std::int64_t mtime) {
    const FileTime time = unpack_file_time(mtime);
    if (time.seconds < year_0_s || time.seconds >= year_10000_s)
        return nullptr;
    const std::chrono::sys_seconds second{std::chrono::seconds(time.seconds)};
    const auto day = std::chrono::floor<std::chrono::days>(second);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(second - day);
    std::array<char, 48> text{};
    std::snprintf(
        text.data(),
        text.size(),
        "%04d-%02u-%02uT%02d:%02d:%02d.%09uZ",
        int{date.year()},
        unsigned{date.month()},
        unsigned{date.day()},
        static_cast<int>(clock.hours().count()),
        static_cast<int>(clock.minutes().count()),
        static_cast<int>(clock.seconds().count()),
        time.nanoseconds
    );
    return text.data();
}

std::string format_mode(std::uint16_t mode) {
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), "%04o", mode & 07777U);
    return text.data();
}

json::object listed(const std::string& path, const ipc::Record& record, std::uint64_t epoch) {
    json::object file{
        {"path", path},
        {"version", to_string(Version{epoch, record.content_revision})}};
    if (record.state == ipc::FileState::unavailable) {
        file["unavailable"] = ipc::to_string(record.reason);
        return file;
    }
    file["size"] = record.size;
    file["mtime"] = format_mtime(record.mtime_ns);
    file["mode"] = format_mode(record.mode);
    if (ipc::is_stale(record))
        file["stale"] = ipc::to_string(record.reason);
    file["sha256"] = record.hash_known ? json::value(to_hex(record.sha256)) : json::value(nullptr);
    return file;
}

/// Writes the members of `changes`. Returns false if there are too many.
bool list(const ipc::CatalogReader& catalog, std::string_view prefix, std::string& changes) {
    std::size_t count = 0;
    catalog.walk([&](ipc::FileId file, const ipc::Record& record) {
        if (record.state != ipc::FileState::present && record.state != ipc::FileState::unavailable)
            return true;
        const auto path = catalog.path(file);
        if (!path || !path->starts_with(prefix))
            return true;
        if (count++ != 0)
            changes += ",\n";
        changes += json::serialize(listed(*path, record, catalog.epoch()));
        return count <= listed_files_max;
    });
    return count <= listed_files_max;
}

}  // namespace

Response listing_response(
    std::string_view query,
    const ipc::CatalogReader* catalog,
    const AnswerContext& context,
    bool without_body
) {
    std::string prefix;
    const auto refusal =
        parse_form_query(query, [&](const std::string& name, const std::string& value) {
            if (name != "prefix")
                return "is not known";
            prefix = value;
            return static_cast<const char*>(nullptr);
        });
    AnswerContext refused = context;
    refused.caching = Caching::none;
    if (refusal)
        return problem_response(
            {.status = 400,
             .detail = "The parameter '" + refusal->parameter + "' " + refusal->reason + ".",
             .member = "parameter",
             .value = refusal->parameter},
            refused,
            without_body
        );
    if (catalog == nullptr || !catalog->scan_complete())
        return problem_response(
            {.status = 503,
             .detail = "The first scan of the tree is not complete.",
             .retry_after_s = 1},
            refused,
            without_body
        );

    // Read before the walk, so a change during the walk is newer than the cursor.
    const std::uint64_t revision = catalog->newest_revision();
    std::string changes;
    if (!list(*catalog, prefix, changes))
        return problem_response(
            {.status = 400,
             .detail = "More than " + std::to_string(listed_files_max) +
                       " files begin so: name a longer prefix.",
             .member = "parameter",
             .value = "prefix"},
            refused,
            without_body
        );
    const std::string body = R"({"cursor":")" + to_string(Version{catalog->epoch(), revision}) +
                             R"(","reset":true,"same":false,"more":false,"changes":[)" + changes +
                             "]}\n";
    HeadBuilder head(200, context);
    head.field("Content-Type", "application/json").field("Content-Length", body.size());
    return make_response(head.finish(without_body ? std::string_view() : body), context);
}

void answer_changes(const Exchange& exchange, Attachment& attachment) {
    exchange.connection.respond(listing_response(
        exchange.query,
        attachment.catalog(),
        context_now(
            exchange.connection.persistence(),
            Caching::revalidate,
            attachment.stale_seconds()
        ),
        exchange.is_head()
    ));
}

}  // namespace treecast::proxy
