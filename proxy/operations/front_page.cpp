#include "proxy/operations/front_page.hpp"

#include "base/one_line.hpp"
#include "base/tree_path.hpp"
#include "proxy/http/accept.hpp"

#include <algorithm>
#include <array>

namespace treecast::proxy {

namespace {

struct Usage {
    std::string_view path;
    std::string_view meaning;
};

constexpr std::array usages{
    Usage{"/v1/files/PATH", "a file; /PATH leads there"},
    Usage{"/v1/files/PATH?after=VERSION&wait=30", "held until the file changes"},
    Usage{"/v1/changes?prefix=DIRECTORY/", "what there is, as JSON"},
    Usage{"/v1/events?prefix=DIRECTORY/", "what there is and each change, as events"},
    Usage{"/v1/archive/DIRECTORY.tar.gz", "a directory; also .tar and .tar.zst"},
    Usage{"/v1/status", "this server, as JSON"},
    Usage{"/healthz, /readyz", "for supervisors"},
};

std::string summary(const FrontPage& page) {
    const std::string tree = "the tree of instance " + page.instance;
    if (!page.files)
        return "This is Treecast. It is still reading " + tree + ": come back soon.";
    return "This is Treecast. It serves " + tree + ", " + std::to_string(*page.files) +
           (*page.files == 1 ? " file" : " files") +
           ", and pushes each change to those who wait for it.";
}

std::string target_of(std::string_view name) {
    return (name.ends_with('/') ? "/v1/changes?prefix=" : "/v1/files/") + percent_encode(name);
}

std::string escape_html(std::string_view text) {
    std::string escaped;
    for (const char c : text) {
        switch (c) {
            case '&':
                escaped += "&amp;";
                break;
            case '<':
                escaped += "&lt;";
                break;
            case '>':
                escaped += "&gt;";
                break;
            case '"':
                escaped += "&quot;";
                break;
            case '\'':
                escaped += "&#39;";
                break;
            default:
                escaped += c;
        }
    }
    return escaped;
}

bool is_hidden(std::string_view path) noexcept {
    return path.starts_with('.') || path.find("/.") != path.npos;
}

}  // namespace

void TopNames::add(std::string_view path) {
    if (is_hidden(path))
        return;
    const auto slash = path.find('/');
    std::string name(path.substr(0, slash == path.npos ? slash : slash + 1));
    const auto place = std::ranges::lower_bound(names_, name);
    if (place != names_.end() && *place == name)
        return;
    names_.insert(place, std::move(name));
    if (names_.size() > front_page_names_max) {
        names_.pop_back();
        overflowed_ = true;
    }
}

std::string front_page_text(const FrontPage& page) {
    std::string text = summary(page) + "\n\n";
    for (const Usage& usage : usages) {
        text.append("  GET ").append(usage.path);
        text.append(usage.path.size() < 38 ? 38 - usage.path.size() : 1, ' ');
        text.append(usage.meaning).append("\n");
    }
    if (!page.names.empty())
        text += "\nThe first names:\n\n";
    for (const std::string& name : page.names)
        text.append("  ").append(target_of(name)).append("\n");
    if (page.more_names)
        text += "  ...\n";
    return text;
}

std::string front_page_html(const FrontPage& page) {
    std::string html =
        "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>Treecast</title>\n"
        "<h1>Treecast</h1>\n<p>" +
        escape_html(summary(page)) + "</p>\n<dl>\n";
    for (const Usage& usage : usages)
        html += "<dt><code>GET " + escape_html(usage.path) + "</code></dt><dd>" +
                escape_html(usage.meaning) + "</dd>\n";
    html += "</dl>\n";
    if (!page.names.empty())
        html += "<h2>The first names</h2>\n<ul>\n";
    for (const std::string& name : page.names)
        html += "<li><a href=\"" + escape_html(target_of(name)) + "\">" +
                escape_html(one_line(name)) + "</a></li>\n";
    if (page.more_names)
        html += "<li>...</li>\n";
    if (!page.names.empty())
        html += "</ul>\n";
    return html + "</html>\n";
}

bool wants_html(std::string_view accept) {
    const Acceptance html = acceptance_of(accept, "text/html");
    return html.by == Acceptance::By::its_name && html.quality > 0;
}

}  // namespace treecast::proxy
